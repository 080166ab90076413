import PolicySelection

/// Going on with a plan: `planning.replanEvery`.
extension ActiveInferenceAgent {
  /// Keeps what follows the first action of the policy that was chosen, as far as the agent goes on with it.
  func keepPlan() {
    let most = blueprint.configuration.planning.replanEvery - 1
    guard most > 0 else { return }
    let policies = blueprint.policies
    let policy = engine.selection.chosenPolicy
    let sequence =
      search.map { $0.sequence(after: policy).map { policies.actions[$0] } }
      ?? policies.policy(policy)
    remainingPlan = Array(sequence.dropFirst().prefix(most))
  }

  /// Chooses what the plan has next.
  func goOnWithPlan() {
    let action = remainingPlan.removeFirst()
    for control in 0..<choice.count { choice.base[control] = action[control] }
  }

  /// Has the next step plan.
  func leavePlan() {
    remainingPlan = []
    followsPlan = false
  }
}
