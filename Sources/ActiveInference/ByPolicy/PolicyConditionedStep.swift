import GenerativeModel
import Inference
import Kernels
import PolicySelection

/// A step where states are inferred under each policy over the whole episode: beliefs, scores, precision.
///
/// What an agent does here depends on all observations of the episode and not on its last belief, nor on the
/// actions that were taken: under each policy its own are supposed.
final class PolicyConditionedStep {
  let messages: PolicyMessagePassing
  let precision: PolicyPrecision
  private let scoring: SequenceScoring
  private let engine: AgentStep<SingleArithmetic>
  /// `[step][policy]`: the joint action.
  private let stepActions: FixedBuffer<Int32>
  private let horizon: Int
  private let floor: Double
  /// What has been observed in the episode.
  @exclusivity(unchecked) var history: [[Observation]] = []
  /// The posterior over policies of every step: `[time][policy]`.
  private let posteriors: FixedBuffer<Double>
  /// What the sweeps of the last step found, where that is recorded: `[sweep][policy][time]`.
  @exclusivity(unchecked) private var sweeps: [[PolicySweep]] = []

  /// What one sweep found under one policy.
  private struct PolicySweep {
    let freeEnergy: Double
    let beliefs: [Double]
  }

  /// - Throws: ``InvalidInput`` where messages cannot be passed in the model.
  init(
    _ blueprint: CompiledAgent, _ engine: AgentStep<SingleArithmetic>
  ) throws(InvalidInput) {
    self.engine = engine
    let policies = blueprint.policies
    let planning = blueprint.configuration.planning
    let (count, horizon) = (policies.count, policies.horizon)
    let sequences = policies.sequences
    let factors = blueprint.compiled.factors.count
    let actions = sequences.flatMap { joint in
      (0..<factors).map { policies.factorActions.base[Int(joint) * factors + $0] }
    }
    messages = try PolicyMessagePassing(
      blueprint.space, blueprint.inference, engine.tables, actions: actions, policies: count,
      horizon: horizon)
    scoring = SequenceScoring(
      engine.planner, planning, engine.tables, actions: actions, policies: count,
      horizon: horizon)
    precision = PolicyPrecision(planning.precision, gamma: planning.gamma, policies: count)
    stepActions = FixedBuffer(
      (0..<horizon).flatMap { step in (0..<count).map { sequences[$0 * horizon + step] } })
    self.horizon = horizon
    floor = blueprint.inference.convention == .standard ? 0 : 1e-16
    history.reserveCapacity(horizon + 1)
    posteriors = FixedBuffer(zeros: (horizon + 1) * count)
  }

  /// The parts of each policy's value.
  var terms: [ExpectedFreeEnergyTerms] { scoring.terms }

  /// Begins an episode.
  func begin() {
    messages.begin()
    precision.begin()
    history.removeAll(keepingCapacity: true)
    sweeps = []
  }

  /// Infers the states of all times under every policy.
  ///
  /// - Throws: ``AgentFailure/beyondPolicies(step:horizon:)``; ``ImpossibleObservation``.
  func infer(_ observation: [Observation], step: Int, recordsSweeps: Bool) throws {
    if step > horizon { throw AgentFailure.beyondPolicies(step: step, horizon: horizon) }
    sweeps = []
    let posterior = UnsafePointer(engine.posterior.base)
    guard recordsSweeps else {
      try messages.infer(.observations(observation), posterior: posterior)
      note(observation)
      return
    }
    var found: [[PolicySweep]] = Array(repeating: [], count: messages.policyCount)
    let size = messages.timeCount * messages.stateCount
    try messages.infer(.observations(observation), posterior: posterior) {
      policy, freeEnergy, beliefs in
      found[policy].append(
        PolicySweep(
          freeEnergy: freeEnergy,
          beliefs: Array(UnsafeBufferPointer(start: beliefs, count: size))))
    }
    sweeps = found
    note(observation)
  }

  /// Keeps an observation; what was impossible and is ignored counts as missing.
  private func note(_ observation: [Observation]) {
    history.append(observation)
    for modality in 0..<messages.ignored.count where messages.ignored.base[modality] {
      history[history.count - 1][modality] = .missing
    }
  }

  /// Scores and weighs the policies, and averages what is believed over them.
  ///
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  func weigh() throws(PlanningFailure) {
    let values = engine.planner.values.base
    let isWeighed = UnsafePointer(messages.isWeighed.base)
    let time = messages.time
    try scoring.evaluate(
      messages.beliefs.base, isWeighed: isWeighed, from: time, into: values)
    precision.weigh(
      values: values, freeEnergy: messages.freeEnergy.base,
      logHabit: engine.planning.logHabit.base, isWeighed: isWeighed, floor: floor,
      into: engine.posterior.base)
    // At the last observation policies say no more: what they did last stands.
    engine.selection.take(stepActions.base + min(time, horizon - 1) * messages.policyCount)
    engine.selection.fillMarginals(engine.posterior.base)
    (posteriors.base + time * messages.policyCount)
      .update(from: engine.posterior.base, count: messages.policyCount)
    engine.swapBeliefs()
    messages.average(time, engine.posterior.base, into: engine.belief.base)
    engine.dynamics.noteSupports(engine.belief.belief)
  }

  /// What the last step found of states, averaged over policies.
  var outcome: InferenceOutcome {
    var outcome = InferenceOutcome()
    outcome.freeEnergy = precision.freeEnergy
    outcome.complexity = precision.freeEnergy
    outcome.sweeps = engine.blueprint.inference.iterations
    outcome.converged = messages.converged
    return outcome
  }

  // MARK: - Learning

  /// Whether the last observation that policies reach has been taken in.
  var isAtEnd: Bool { messages.time == horizon }

  /// Learns from the whole episode, each datum once: A and C from all times, D from the first, B from the
  /// transitions that each policy supposes, E from the last posterior.
  func learn(_ learning: AgentLearning<SingleArithmetic>) {
    let policies = messages.policyCount
    let belief = BeliefBuffer<Double>(engine.blueprint.space)
    let nothing = FixedBuffer(repeating: false, count: messages.ignored.count)
    let stride = messages.timeCount * messages.stateCount
    let factors = engine.blueprint.compiled.factors.count
    for time in 0...horizon {
      messages.average(time, engine.posterior.base, into: belief.base)
      engine.dynamics.noteSupports(belief.belief)
      learning.learn(.observations(history[time]), ignored: nothing, belief: belief.belief)
      if time == 0 {
        learning.learnInitialStates(belief.belief)
        continue
      }
      let after = messages.beliefs.base + time * messages.stateCount
      learning.episode.learnTransitions(
        posterior: posteriors.base + time * policies, policies: policies,
        before: after - messages.stateCount, after: after, stride: stride,
        actions: messages.actions.base + (time - 1) * factors, actionStride: horizon * factors,
        tables: engine.tables)
    }
    learning.episode.learnHabit(
      engine.posterior.base, belief: belief.belief, tables: engine.tables)
    learning.refreshEverything()
  }

  // MARK: - Records

  /// Adds what only this scheme has to a record.
  func describe(_ record: inout StepRecord, level: RecordLevel) {
    record.policyFreeEnergy = messages.freeEnergy.array(0..<messages.policyCount)
    record.precision = precision.precision
    guard level >= .iterates, !sweeps.isEmpty else { return }
    record.iterates = iterates
    record.precisionUpdates = precision.updates.array(0..<precision.updates.count)
  }

  private var iterates: Iterates {
    let posterior = engine.posterior.array(0..<messages.policyCount)
    let weighed = sweeps.indices.filter { !sweeps[$0].isEmpty }
    let size = messages.stateCount
    var result = Iterates(freeEnergy: [], beliefs: [], converged: messages.converged)
    var byPolicy: [[[[[Double]]]]] = []
    for sweep in 0..<engine.blueprint.inference.iterations {
      var energy = 0.0
      var belief = [Double](repeating: 0, count: size)
      for policy in weighed where posterior[policy] > 0 {
        let found = sweeps[policy][sweep]
        energy += posterior[policy] * found.freeEnergy
        for state in 0..<size {
          belief[state] += posterior[policy] * found.beliefs[messages.time * size + state]
        }
      }
      result.freeEnergy.append(energy)
      result.beliefs.append(factors(belief[...]))
      byPolicy.append(
        sweeps.map { own in
          own.isEmpty
            ? []
            : (0..<messages.timeCount).map {
              factors(own[sweep].beliefs[$0 * size..<($0 + 1) * size])
            }
        })
    }
    result.policyBeliefs = byPolicy
    return result
  }

  private func factors(_ states: ArraySlice<Double>) -> [[Double]] {
    engine.blueprint.compiled.model.factors.indices.map {
      let plan = engine.blueprint.compiled.factors.base[$0]
      let start = states.startIndex + plan.stateOffset
      return Array(states[start..<start + plan.states])
    }
  }
}
