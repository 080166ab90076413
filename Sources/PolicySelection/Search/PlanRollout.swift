import GenerativeModel
import Inference
import Kernels

/// Follows every joint action from a belief, and a plan after it, eight actions at a time: what each is worth
/// by the terms of one step ahead.
final class PlanRollout {
  private typealias Nodes = SingleArithmetic.Nodes

  /// The parts of the values of a block of beliefs.
  private struct Terms {
    var utility = Lanes.zero
    var stateInformationGain = Lanes.zero
    var parameterInformationGain = Lanes.zero
    var inductive = Lanes.zero

    mutating func add(_ weight: Double, _ other: Terms) {
      let weight = Lanes(repeating: weight)
      utility += weight * other.utility
      stateInformationGain += weight * other.stateInformationGain
      parameterInformationGain += weight * other.parameterInformationGain
      inductive += weight * other.inductive
    }
  }

  private let model: ModelTables<Double>
  private let planning: PlanningTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let nodeDynamics: BeliefDynamics<Nodes>
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let inductive: InductivePreference<SingleArithmetic>?
  private let actionCount: Int
  private let factorCount: Int
  private let factorActions: UnsafePointer<Int>
  private let size: Int
  private let policies: PolicySet
  /// One belief: where the actions begin, in all lanes of a block, and where one of them leads.
  private let source: BeliefBuffer<Lanes>
  private let arrived: BeliefBuffer<Double>
  /// Where each action leads, eight a block.
  private let arrivals: [BeliefBuffer<Lanes>]
  /// Where a block is, where an action leads it, and what is expected under the plan.
  @exclusivity(unchecked) private var current: BeliefBuffer<Lanes>
  @exclusivity(unchecked) private var mixture: BeliefBuffer<Lanes>
  private let candidate: BeliefBuffer<Lanes>
  private let nodeTerms = NodeTerms(blocks: 1)
  private let values: FixedBuffer<ExpectedFreeEnergyTerms>

  init(
    _ context: PlannerContext, _ dynamics: BeliefDynamics<SingleArithmetic>
  ) throws(InvalidInput) {
    let space = context.space
    model = context.tables
    planning = context.planning
    self.dynamics = dynamics
    nodeDynamics = BeliefDynamics(space)
    inductive = context.settings.inductive.map {
      InductivePreference(space, $0, context.tables)
    }
    evaluator = try NodeEvaluation(space, context.settings, context.planning, nodeDynamics)
    policies = context.policies
    actionCount = policies.actions.count
    factorCount = space.compiled.factors.count
    factorActions = UnsafePointer(policies.factorActions.base)
    size = space.size
    source = BeliefBuffer(space)
    arrived = BeliefBuffer(space)
    let blocks = (actionCount + Lanes.laneCount - 1) / Lanes.laneCount
    arrivals = (0..<blocks).map { _ in BeliefBuffer(space) }
    current = BeliefBuffer(space)
    mixture = BeliefBuffer(space)
    candidate = BeliefBuffer(space)
    values = FixedBuffer(repeating: ExpectedFreeEnergyTerms(), count: actionCount)
  }

  /// Anchors what depends on the belief that a plan begins with.
  func begin(_ belief: Belief<Double>) { inductive?.begin(dynamics.marginals(of: belief)) }

  /// Follows transitions that have changed.
  func refresh() { inductive?.refresh(model) }

  // MARK: - Where actions lead

  /// Finds where each action leads from a belief.
  func arrive(from belief: Belief<Double>) {
    if planning.hasTransitionNovelty {
      for state in 0..<size { source.base[state] = Lanes(repeating: belief.base[state]) }
      nodeDynamics.noteSupports(source.belief)
    }
    for action in 0..<actionCount {
      let block = arrivals[action / Lanes.laneCount]
      let lane = action % Lanes.laneCount
      dynamics.predict(
        belief, action: factorActions + action * factorCount, model, into: arrived.belief)
      for state in 0..<size { block.base[state][lane] = arrived.base[state] }
    }
    for block in arrivals { nodeDynamics.noteSupports(block.belief) }
  }

  /// Writes where the actions lead together, each by its probability.
  func mix(by q: UnsafePointer<Double>, into belief: UnsafeMutablePointer<Double>) {
    for state in 0..<size { belief[state] = 0 }
    for action in 0..<actionCount where q[action] > 0 {
      let block = arrivals[action / Lanes.laneCount].base
      let lane = action % Lanes.laneCount
      for state in 0..<size { belief[state] += q[action] * block[state][lane] }
    }
  }

  // MARK: - What they are worth

  /// The parts of an action's value, as last found.
  func terms(of action: Int) -> ExpectedFreeEnergyTerms { values.base[action] }

  /// Values every action of a planning step and the plan `[step][action]` after it.
  func value(
    step: Int, horizon: Int, following plan: UnsafePointer<Double>
  ) throws(PlanningFailure) {
    for index in arrivals.indices {
      let first = index * Lanes.laneCount
      let nodes = min(Lanes.laneCount, actionCount - first)
      let block = arrivals[index].belief
      var sum = try terms(of: block, nodes, step)
      if planning.hasTransitionNovelty {
        for lane in 0..<nodes {
          sum.parameterInformationGain[lane] +=
            evaluator.transitionNovelty(
              source.belief, action: factorActions + (first + lane) * factorCount, next: block)[
              lane]
        }
      }
      current.base.update(from: block.base, count: size)
      nodeDynamics.noteSupports(current.belief)
      for later in step + 1..<max(horizon, step + 1) {
        try follow(plan + later * actionCount, nodes, later, &sum)
      }
      for lane in 0..<nodes {
        var terms = ExpectedFreeEnergyTerms()
        terms.utility = sum.utility[lane]
        terms.stateInformationGain = sum.stateInformationGain[lane]
        terms.parameterInformationGain = sum.parameterInformationGain[lane]
        terms.inductive = sum.inductive[lane]
        values.base[first + lane] = terms
      }
    }
  }

  /// Carries a block one step of the plan forward and adds what that is worth.
  private func follow(
    _ q: UnsafePointer<Double>, _ nodes: Int, _ step: Int, _ sum: inout Terms
  ) throws(PlanningFailure) {
    for state in 0..<size { mixture.base[state] = .zero }
    for action in 0..<actionCount where q[action] > 0 {
      let joint = factorActions + action * factorCount
      nodeDynamics.predict(current.belief, action: joint, model, into: candidate.belief)
      var terms = try terms(of: candidate.belief, nodes, step)
      if planning.hasTransitionNovelty {
        terms.parameterInformationGain += evaluator.transitionNovelty(
          current.belief, action: joint, next: candidate.belief)
      }
      sum.add(q[action], terms)
      let weight = Lanes(repeating: q[action])
      for state in 0..<size { mixture.base[state] += weight * candidate.base[state] }
    }
    nodeDynamics.noteSupports(mixture.belief)
    swap(&current, &mixture)
  }

  private func terms(
    of block: Belief<Lanes>, _ nodes: Int, _ step: Int
  ) throws(PlanningFailure) -> Terms {
    try evaluator.evaluate(
      block, nodes: nodes, planningStep: step, UnsafePointer(model.likelihoodColumns.base),
      inductive: inductive, into: nodeTerms, at: 0)
    return Terms(
      utility: nodeTerms.utility.base[0],
      stateInformationGain: nodeTerms.stateInformationGain.base[0],
      parameterInformationGain: nodeTerms.parameterInformationGain.base[0],
      inductive: nodeTerms.inductive.base[0])
  }
}
