import GenerativeModel
import Inference
import Kernels

/// Values each joint action by what its next states lead to under the base policy:
///
///     value(u) = sum over s' of (B_u b)[s'] V[s'],   V = r + discount P V
///
/// (Millidge & Buckley 2022, https://arxiv.org/abs/2207.09897.) Values that differ by less than both may be
/// wrong by are the same, so that rounding breaks no tie.
final class SuccessorPlanner: ActionPlanner {
  private let context: PlannerContext
  private let settings: SuccessorSettings
  private let states: JointStates
  private let solver: SuccessorSolver
  private let contextual: ContextualReward?
  /// What being in a state is worth, and what is worth going there: the utility, the information, and where
  /// both count for the policy their sum.
  private let rewards: Parts
  private let values: Parts
  /// Which joint actions E allows, how likely it makes them, and what is done in each state where the base
  /// policy is improved.
  private let isAllowed: FixedBuffer<Bool>
  private let habit: FixedBuffer<Double>
  private let choice: FixedBuffer<Int32>
  /// By how much the values of two actions that are the same may differ.
  @exclusivity(unchecked) private var tolerance = 0.0
  /// Whether tables have changed since values were found.
  @exclusivity(unchecked) private var isStale = true
  @exclusivity(unchecked) private var follows = false
  @exclusivity(unchecked) private(set) var terms: [ExpectedFreeEnergyTerms]

  let isFunctionOfBelief = true
  /// Nothing is searched.
  let report: SearchReport? = nil

  /// A number a joint state for each part of the expected free energy.
  private struct Parts {
    let utility: FixedBuffer<Double>
    let information: FixedBuffer<Double>
    let sum: FixedBuffer<Double>

    init(_ count: Int) {
      utility = FixedBuffer(zeros: count)
      information = FixedBuffer(zeros: count)
      sum = FixedBuffer(zeros: count)
    }
  }

  /// - Throws: ``InvalidInput`` where the settings do not fit the model.
  init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    settings = context.settings.successor
    let compiled = context.space.compiled
    try settings.check(compiled.model)
    states = JointStates(context.space, try settings.factors(of: compiled.model))
    let transition = try JointTransition(compiled, context.tables, factors: states.factors)
    solver = SuccessorSolver(
      transition, discount: settings.discount,
      isFactorized: states.count <= SuccessorSolver.automaticOrder)
    contextual =
      settings.reward == .contextual
      ? try ContextualReward(context.space, states, context.settings, context.planning) : nil
    rewards = Parts(states.count)
    values = Parts(states.count)
    let actions = transition.actions.count
    isAllowed = FixedBuffer(repeating: true, count: actions)
    habit = FixedBuffer(zeros: actions)
    choice = FixedBuffer(zeros: settings.basePolicy == .improved ? states.count : 0)
    terms = [ExpectedFreeEnergyTerms](repeating: .init(), count: actions)
  }

  func begin() {}

  func refresh() { isStale = true }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into scores: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    if context.space.compiled.model.controls.isEmpty {
      // Without controls there is one empty policy, worth nothing.
      scores[0] = 0
      return
    }
    if isStale { readTables() }
    if let contextual {
      let differs = try contextual.fill(
        belief, context.tables, utility: rewards.utility.base,
        information: rewards.information.base)
      if differs { findValues() }
    } else if isStale {
      readRewards()
      findValues()
    }
    isStale = false
    states.read(belief)
    score(scores)
  }

  // MARK: - Tables

  /// Follows dynamics and habits that have changed.
  private func readTables() {
    let isFirst = !follows
    follows = true
    contextual?.forget()
    let changesHabit = readHabit()
    var changesDynamics = false
    let counts = context.space.compiled.model.concentration.transition
    if !isFirst && states.factors.contains(where: { counts[$0] != nil }) {
      // Learning makes nothing possible that was not, so what could be held still can.
      let transition = try? JointTransition(
        context.space.compiled, context.tables, factors: states.factors)
      if let transition, transition != solver.transition {
        solver.replace(transition)
        changesDynamics = true
      }
    }
    guard isFirst || changesHabit || changesDynamics else { return }
    switch settings.basePolicy {
    case .uniform: solver.follow { action, _ in isAllowed.base[action] ? 1 : 0 }
    case .habit: solver.follow { action, _ in habit.base[action] }
    case .improved: break
    }
  }

  /// - Returns: whether E is another.
  private func readHabit() -> Bool {
    let logHabit = context.planning.logHabit
    var changes = false
    for action in 0..<habit.count {
      let weight = VectorMath.exp(logHabit.base[action])
      changes = changes || weight != habit.base[action]
      habit.base[action] = weight
      isAllowed.base[action] = weight > 0
    }
    return changes
  }

  /// Finds what states are worth where that depends on the model alone.
  private func readRewards() {
    context.planning.fillRewards(
      ofStatesOf: states.factors, count: states.count, utility: rewards.utility.base,
      ambiguity: rewards.information.base)
    let sign: Double =
      switch settings.reward {
      case .utilityMinusAmbiguity where context.settings.stateInformationGain: -1
      case .utilityPlusEntropy where context.settings.stateInformationGain: 1
      default: 0
      }
    for state in 0..<states.count {
      if !context.settings.utility { rewards.utility.base[state] = 0 }
      rewards.information.base[state] *= sign
    }
  }

  // MARK: - Values

  /// Finds what going to each state is worth.
  private func findValues() {
    if settings.basePolicy == .improved {
      for state in 0..<states.count {
        rewards.sum.base[state] = rewards.utility.base[state] + rewards.information.base[state]
      }
      _ = solver.improve(
        rewards.sum.base, isAllowed: isAllowed, into: values.sum.base, choice: choice.base)
    }
    // From nothing, so that what is found depends on the belief alone.
    tolerance = 0
    for (reward, value) in [
      (rewards.utility, values.utility), (rewards.information, values.information),
    ] {
      for state in 0..<states.count { value.base[state] = 0 }
      let isWorthless = (0..<states.count).allSatisfy { reward.base[$0] == 0 }
      if !isWorthless { tolerance += 2 * solver.solve(reward.base, into: value.base) }
    }
  }

  /// Values every joint action from the states that a belief leaves possible.
  private func score(_ scores: UnsafeMutablePointer<Double>) {
    let transition = solver.transition
    var best = -Double.infinity
    for action in terms.indices {
      var term = ExpectedFreeEnergyTerms()
      for index in 0..<states.supportCount {
        let state = Int(states.support.base[index])
        let weight = states.weights.base[index]
        term.utility +=
          weight
          * transition.expectation(of: values.utility.base, after: state, action: action)
        term.stateInformationGain +=
          weight
          * transition.expectation(of: values.information.base, after: state, action: action)
      }
      terms[action] = term
      scores[action] = term.total
      best = max(best, term.total)
    }
    for action in terms.indices where scores[action] != best && best - scores[action] <= tolerance {
      terms[action].utility += best - scores[action]
      scores[action] = best
    }
  }
}
