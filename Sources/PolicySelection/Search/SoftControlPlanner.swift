import GenerativeModel
import Inference
import Kernels

/// Control as inference over states, used on beliefs as QMDP uses a Markov decision process: the value of an
/// action is the mean over the belief of its value where the state is known.
///
/// It takes the state to become known after the action, so it never acts to find out; its values are all
/// utility. With alpha = 1 / gamma the posterior softmax(gamma Q + ln E) is pi where the belief is certain.
final class SoftControlPlanner: ActionPlanner {
  let isFunctionOfBelief = true
  let report: SearchReport? = nil
  private(set) var terms: [ExpectedFreeEnergyTerms]
  private let context: PlannerContext
  /// alpha Q_0 as `[joint action][joint state]`.
  private var actionValues: [Double] = []
  /// Whether the tables have changed since then.
  private var isStale = false
  /// The belief over joint states, where it is held by factor.
  private let joint: FixedBuffer<Double>?

  /// - Throws: ``InvalidInput`` where there are too many joint states or transitions.
  init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    terms = [ExpectedFreeEnergyTerms](
      repeating: ExpectedFreeEnergyTerms(), count: context.policies.count)
    joint =
      context.space.isJoint ? nil : FixedBuffer(zeros: context.space.compiled.jointStateCount)
    try solve()
  }

  private func solve() throws(InvalidInput) {
    let (compiled, planning) = (context.space.compiled, context.planning)
    let transition = try JointTransition(compiled, context.tables)
    let states = transition.stateCount
    let backup = SoftBackup(
      transition: transition, prior: planning.habit, precision: context.settings.gamma,
      mode: context.settings.softControl.mode)
    let rewards = (0..<planning.preferenceRows).map { row in
      context.settings.utility
        ? JointUtility(
          compiled, context.tables,
          preferences: planning.preferences.base + row * compiled.outcomeCount
        ).values : [Double](repeating: 0, count: states)
    }
    var values = [Double](repeating: 0, count: states)
    actionValues = [Double](repeating: 0, count: transition.actions.count * states)
    for step in (0..<(context.settings.horizon ?? 1)).reversed() {
      backup.carry(rewards[min(step, rewards.count - 1)], &values, &actionValues)
    }
    isStale = false
  }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    // The sizes are those that were solved before.
    if isStale { try? solve() }
    let states = context.space.compiled.jointStateCount
    let weights = joint.map { product(of: belief, into: $0) } ?? UnsafePointer(belief.base)
    for action in terms.indices {
      var value = 0.0
      for state in 0..<states where weights[state] != 0 {
        value += weights[state] * actionValues[action * states + state]
      }
      values[action] = value
      terms[action].utility = value
    }
  }

  /// The probability of each joint state where factors are independent.
  private func product(
    of belief: Belief<Double>, into joint: FixedBuffer<Double>
  ) -> UnsafePointer<Double> {
    joint.base[0] = 1
    var count = 1
    for factor in 0..<context.space.compiled.factors.count {
      let plan = context.space.compiled.factors.base[factor]
      count = outerProduct(joint.base, count, belief.base + plan.stateOffset, plan.states)
    }
    return UnsafePointer(joint.base)
  }

  func begin() {}

  func refresh() { isStale = true }
}

extension PlanningTables where Parameter == Double {
  /// E as it is now, summing to 1.
  fileprivate var habit: [Double] {
    let logs = (0..<logHabit.count).map { logHabit.base[$0] }
    let greatest = logs.reduce(-.infinity) { max($0, $1) }
    let weights = logs.map { VectorMath.exp($0 - greatest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

extension PlanningSettings {
  /// What is set and control as inference would ignore.
  func softControlFaults() -> [Fault] {
    var faults: [Fault] = []
    if parameterInformationGain {
      faults.append(
        Fault(
          "planning.parameterInformationGain", "soft-control seeks no information",
          remedy: "leave it out, or plan by another method"))
    }
    if inductive != nil {
      faults.append(
        Fault(
          "planning.inductive", "soft-control knows preferences (C) alone",
          remedy: "leave it out, or plan by another method"))
    }
    return faults
  }

  /// Refuses what has more joint transitions than are held, before memory is taken.
  func checkJointStates(_ compiled: CompiledModel) throws(InvalidInput) {
    let cells = jointCells(compiled)
    if cells <= Double(JointTransition.largestCount) { return }
    throw InvalidInput(
      source: compiled.model.name,
      [
        Fault(
          "planning.method",
          "soft-control would go through some \(cells) transitions of joint states, more than"
            + " \(JointTransition.largestCount)",
          remedy: "plan by another method")
      ])
  }

  /// Joint states times joint actions.
  private func jointRuns(_ compiled: CompiledModel) -> Double {
    compiled.model.controls.reduce(Double(compiled.jointStateCount)) { $0 * Double($1.size) }
  }

  /// Joint transitions, taken for as dense as those of the factors.
  private func jointCells(_ compiled: CompiledModel) -> Double {
    (0..<compiled.factors.count).reduce(jointRuns(compiled)) { cells, factor in
      let plan = compiled.factors.base[factor]
      return cells * Double(compiled.transitionCells[factor])
        / Double(max(plan.columns * plan.actions, 1))
    }
  }

  /// Bytes that control as inference takes for one agent.
  package func softControlBytes(_ compiled: CompiledModel) -> Double {
    let (cells, runs) = (jointCells(compiled), jointRuns(compiled))
    let states = Double(compiled.jointStateCount)
    // Cells with the place each leads to, where they begin; action values; rewards, values and beliefs.
    return 12 * cells + 16 * runs + 32 * states
  }
}
