import GenerativeModel
import Inference
import Kernels

/// Plans by refining habit: one distribution over joint actions for each step ahead, a mean-field plan.
///
///     q_t(u)  starts as  E(u | b_t)
///     q_t(u)  becomes    E(u | b_t) exp(gamma Q_t(u)) / Z      for t = 0, 1, ..., sweep after sweep
///
/// b_0 is the belief, b_{t+1} = sum_u q_t(u) P_u b_t what is expected under the plan so far, and Q_t(u) the
/// negative expected free energy, by the terms of one step ahead, of doing u in step t and following the
/// plan's distributions after it. A sweep is the last where sum_t KL[q_t || q_t before] is within the
/// tolerance: the plan is then a fixed point, and a habit that is one already ends the first sweep. (Tschantz,
/// Millidge, Seth & Buckley 2020, "Control as hybrid inference", for tables; with E learned from q_0 the
/// habit is what they amortise.)
///
/// Where the terms of a step are linear in the belief, beliefs are joint and E does not depend on states, a
/// step of a sweep is the exact minimum over q_t of
///
///     F[q] = -E_q[sum_t value of step t] + sum_t KL[q_t || E] / gamma
///
/// which so never rises. Information gain is concave in the belief, and neither it nor an E of states
/// is carried back through the mixtures: with them the sweeps are a heuristic that need not descend.
final class HybridPlanner: ActionPlanner {
  private let settings: PlanningSettings
  private let tables: PlanningTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let rollout: PlanRollout
  private let habit: ConditionalHabit<SingleArithmetic>?
  private let actionCount: Int
  private let horizon: Int
  /// The belief that a step of the plan begins with, and the next.
  @exclusivity(unchecked) private var here: BeliefBuffer<Double>
  @exclusivity(unchecked) private var next: BeliefBuffer<Double>
  /// `[step][action]`.
  private let plan: FixedBuffer<Double>
  /// The value of each action in the step that is being refined, and its new distribution.
  private let values: FixedBuffer<Double>
  private let refined: FixedBuffer<Double>
  /// The parts of the values of the first step.
  private let rootTerms: FixedBuffer<ExpectedFreeEnergyTerms>

  /// What was found last.
  @exclusivity(unchecked) private(set) var report: SearchReport?
  let isFunctionOfBelief = true

  init(_ context: PlannerContext) throws(InvalidInput) {
    settings = context.settings
    tables = context.planning
    dynamics = BeliefDynamics(context.space)
    habit = ConditionalHabit(tables, dynamics)
    actionCount = context.policies.actions.count
    horizon = actionCount == 0 ? 0 : settings.horizon ?? 1
    rollout = try PlanRollout(context, dynamics)
    here = BeliefBuffer(context.space)
    next = BeliefBuffer(context.space)
    plan = FixedBuffer(zeros: horizon * actionCount)
    values = FixedBuffer(zeros: max(actionCount, 1))
    refined = FixedBuffer(zeros: actionCount)
    rootTerms = FixedBuffer(repeating: ExpectedFreeEnergyTerms(), count: max(actionCount, 1))
  }

  func begin() {}

  func refresh() { rollout.refresh() }

  var terms: [ExpectedFreeEnergyTerms] { rootTerms.array(0..<rootTerms.count) }

  /// The plan as it was left: P(joint action) by step.
  var distributions: [[Double]] {
    (0..<horizon).map { plan.array($0 * actionCount..<($0 + 1) * actionCount) }
  }

  // MARK: - Planning

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    for action in 0..<rootTerms.count {
      rootTerms.base[action] = ExpectedFreeEnergyTerms()
      values[action] = 0
    }
    var report = SearchReport(nodes: 0, gap: nil, prunedMass: 0, sweeps: 0)
    self.report = report
    // Without controls there is nothing to be planned.
    if horizon == 0 { return }
    rollout.begin(belief)
    followHabit(from: belief)
    var sweeps = 0
    while sweeps < settings.hybrid.sweeps {
      let change = try sweep(from: belief, into: values)
      sweeps += 1
      if change <= settings.hybrid.tolerance { break }
    }
    report.sweeps = sweeps
    report.nodes = sweeps * (horizon + actionCount * (horizon * (horizon - 1) / 2))
    self.report = report
  }

  /// Makes every distribution of the plan the habit.
  private func followHabit(from belief: Belief<Double>) {
    start(from: belief)
    for action in 0..<actionCount { values.base[action] = 0 }
    for step in 0..<horizon {
      let q = plan.base + step * actionCount
      weigh(gamma: 0, into: q)
      if step + 1 < horizon {
        rollout.arrive(from: here.belief)
        advance(by: q)
      }
    }
  }

  /// Refines every distribution of the plan in turn, and returns by how much they have changed: the sum of
  /// KL[new || old] over the steps, in nats.
  private func sweep(
    from belief: Belief<Double>, into first: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) -> Double {
    start(from: belief)
    var change = 0.0
    for step in 0..<horizon {
      let q = plan.base + step * actionCount
      rollout.arrive(from: here.belief)
      try rollout.value(step: step, horizon: horizon, following: plan.base)
      for action in 0..<actionCount {
        let terms = rollout.terms(of: action)
        values.base[action] = terms.total
        guard step == 0 else { continue }
        rootTerms.base[action] = terms
        first[action] = terms.total
      }
      weigh(gamma: settings.gamma, into: refined.base)
      change += divergence(refined.base, from: q)
      q.update(from: refined.base, count: actionCount)
      if step + 1 < horizon { advance(by: q) }
    }
    return change
  }

  private func start(from belief: Belief<Double>) {
    here.base.update(from: belief.base, count: here.count)
    dynamics.noteSupports(here.belief)
  }

  /// Goes on to what is expected after a step of the plan.
  private func advance(by q: UnsafePointer<Double>) {
    rollout.mix(by: q, into: next.base)
    dynamics.noteSupports(next.belief)
    swap(&here, &next)
  }

  /// Writes softmax(gamma value + ln E) at the belief that the step begins with.
  private func weigh(gamma: Double, into posterior: UnsafeMutablePointer<Double>) {
    habit?.read(here.belief)
    let logs = habit?.logs.base ?? tables.logHabit.base
    fillPolicyPosterior(
      values.base, count: actionCount, logHabit: { logs[$0] },
      hasImpossiblePolicies: habit?.hasImpossiblePolicies ?? tables.hasImpossiblePolicies,
      gamma: gamma, into: posterior)
  }

  /// KL[q || p] in nats.
  private func divergence(_ q: UnsafePointer<Double>, from p: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for action in 0..<actionCount where q[action] > 0 && q[action] != p[action] {
      sum += q[action] * (VectorMath.log(q[action]) - VectorMath.log(p[action]))
    }
    return sum
  }
}
