import GenerativeModel
import Inference
import Kernels

/// Scores policies by what is believed, under each of them, of the times that they reach.
///
///     -G(policy) = sum over times from now on of utility, information gain and novelty of A
///       + novelty of B between them [+ novelty of D]
///
/// The terms of a time are those of ``ExpectedFreeEnergy``; the time that has just been observed counts too,
/// as in SPM's `spm_MDP_VB_X.m` and pymdp 0.0.7's `update_posterior_policies_full`. C may have one row for
/// all times or one a time.
package final class SequenceScoring {
  private let space: BeliefSpace
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let tables: PlanningTables<Double>
  private let model: ModelTables<Double>
  private let settings: PlanningSettings
  private let dynamics: BeliefDynamics<Lanes8>
  private let block: BeliefBuffer<Lanes>
  private let next: BeliefBuffer<Lanes>
  private let nodeTerms = NodeTerms(blocks: 1)
  private let policies: Int
  private let times: Int
  /// `[policy][step][factor]`.
  private let actions: FixedBuffer<Int>
  private let action: FixedBuffer<Int>
  /// By factor and state: what a count more of the first state would teach; empty where it does not count.
  private let initialWeights: FixedBuffer<Double>
  /// The parts of each policy's value as last evaluated.
  private let parts: FixedBuffer<ExpectedFreeEnergyTerms>
  /// The policies in the block.
  private let lanes = FixedBuffer(repeating: 0, count: Lanes.laneCount)

  private typealias Lanes8 = SingleArithmetic.Nodes

  /// - Parameters:
  ///   - actions: the joint action of each factor's controls, `[policy][step][factor]`.
  ///   - beginsAtFirst: whether the first time is that of the first states.
  package init(
    _ planner: ExpectedFreeEnergy<SingleArithmetic>, _ settings: PlanningSettings,
    _ model: ModelTables<Double>, actions: [Int], policies: Int, horizon: Int, beginsAtFirst: Bool
  ) {
    space = planner.space
    evaluator = planner.evaluator
    tables = planner.tables
    self.model = model
    self.settings = settings
    dynamics = planner.nodeDynamics
    block = BeliefBuffer(space)
    next = BeliefBuffer(space)
    self.policies = policies
    times = horizon + 1
    self.actions = FixedBuffer(actions)
    action = FixedBuffer(repeating: 0, count: space.compiled.factors.count)
    let explores =
      beginsAtFirst && settings.parameterInformationGain && settings.convention == .spm
      && model.initialStateCounts != nil
    initialWeights = FixedBuffer(zeros: explores ? space.compiled.stateCount : 0)
    parts = FixedBuffer(repeating: ExpectedFreeEnergyTerms(), count: policies)
  }

  /// Scores the policies that are weighed; the others are worth nothing.
  ///
  /// - Parameters:
  ///   - beliefs: `[policy][time][factor, state]`, from the first time that policies reach.
  ///   - stride: how far the beliefs of two policies are apart.
  ///   - time: the time that has just been observed, at most the last: a step beyond it is refused where it
  ///     is inferred, before it comes here.
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  package func evaluate(
    _ beliefs: UnsafePointer<Double>, stride: Int, isWeighed: UnsafePointer<Bool>,
    from time: Int, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    for policy in 0..<policies { parts.base[policy] = ExpectedFreeEnergyTerms() }
    addInitialNovelty(beliefs, stride, isWeighed)
    for now in time..<times {
      var count = 0
      for policy in 0..<policies where isWeighed[policy] {
        fill(block, count, beliefs + policy * stride + now * space.size)
        lanes.base[count] = policy
        count += 1
        if count == Lanes.laneCount {
          try value(count, now)
          count = 0
        }
      }
      if count > 0 { try value(count, now) }
      if tables.hasTransitionNovelty && now < times - 1 {
        addTransitionNovelty(beliefs, stride, isWeighed, now)
      }
    }
    for policy in 0..<policies { values[policy] = parts.base[policy].total }
  }

  /// The parts of every policy's value as last evaluated.
  package var terms: [ExpectedFreeEnergyTerms] { parts.array(0..<policies) }

  private func fill(
    _ buffer: BeliefBuffer<Lanes>, _ lane: Int, _ belief: UnsafePointer<Double>
  ) {
    for state in 0..<space.size { buffer.base[state][lane] = belief[state] }
  }

  private func value(_ count: Int, _ now: Int) throws(PlanningFailure) {
    dynamics.noteSupports(block.belief)
    try evaluator.evaluate(
      block.belief, nodes: count, planningStep: now, UnsafePointer(model.likelihoodColumns.base),
      inductive: nil, into: nodeTerms, at: 0)
    for lane in 0..<count {
      parts.base[lanes.base[lane]] += nodeTerms.terms(block: 0, lane: lane)
    }
  }

  /// Adds what each policy would teach about the transitions from a time on.
  private func addTransitionNovelty(
    _ beliefs: UnsafePointer<Double>, _ stride: Int, _ isWeighed: UnsafePointer<Bool>, _ now: Int
  ) {
    let factors = space.compiled.factors
    for policy in 0..<policies where isWeighed[policy] {
      let belief = beliefs + policy * stride + now * space.size
      fill(block, 0, belief)
      fill(next, 0, belief + space.size)
      dynamics.noteSupports(block.belief)
      dynamics.noteSupports(next.belief)
      for factor in 0..<factors.count {
        var action = actions.base[(policy * (times - 1) + now) * factors.count + factor]
        var (before, after) = (block.belief, next.belief)
        if settings.convention == .spm {
          // SPM reads the weights of the action that has the policy's own number, and none where there
          // are not so many; and of states before and after one for the other.
          if policy >= factors.base[factor].actions { continue }
          action = policy
          swap(&before, &after)
        }
        var sum = Lanes.zero
        evaluator.addTransitionNovelty(
          of: factor, before, action: action, marginals: after, to: &sum)
        parts.base[policy].parameterInformationGain += sum[0]
      }
    }
  }

  /// Adds what each policy's belief about the first states would teach about D.
  private func addInitialNovelty(
    _ beliefs: UnsafePointer<Double>, _ stride: Int, _ isWeighed: UnsafePointer<Bool>
  ) {
    guard initialWeights.count > 0, let counts = model.initialStateCounts else { return }
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      noveltyWeights(
        counts.base + plan.stateOffset, into: initialWeights.base + plan.stateOffset,
        count: plan.states, settings.novelty, settings.convention, scratch: tables.scratch.base)
    }
    for policy in 0..<policies where isWeighed[policy] {
      parts.base[policy].parameterInformationGain += Double.dot(
        initialWeights.base, beliefs + policy * stride, count: space.size)
    }
  }
}
