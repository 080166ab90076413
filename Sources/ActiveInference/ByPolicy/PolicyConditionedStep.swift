import GenerativeModel
import Inference
import Kernels
import PolicySelection

/// A step where states are inferred under each policy: beliefs, scores, precision.
final class PolicyConditionedStep {
  let messages: PolicyMessagePassing
  let precision: PolicyPrecision
  /// What is kept of the episode where policies are counted from its beginning; nil where they are from now on.
  let episode: EpisodeByPolicy?
  private let scoring: SequenceScoring
  private let engine: AgentStep<SingleArithmetic>
  /// `[step][policy]`: the joint action.
  private let stepActions: FixedBuffer<Int32>
  private let horizon: Int
  private let floor: Double
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
    episode =
      blueprint.infersEpisodes ? EpisodeByPolicy(engine, messages, horizon: horizon) : nil
    scoring = SequenceScoring(
      engine.planner, planning, engine.tables, actions: actions, policies: count,
      horizon: horizon, beginsAtFirst: blueprint.infersEpisodes)
    precision = PolicyPrecision(planning.precision, gamma: planning.gamma, policies: count)
    stepActions = FixedBuffer(
      (0..<horizon).flatMap { step in (0..<count).map { sequences[$0 * horizon + step] } })
    self.horizon = horizon
    floor = blueprint.inference.convention == .standard ? 0 : 1e-16
  }

  /// The parts of each policy's value.
  var terms: [ExpectedFreeEnergyTerms] { scoring.terms }

  /// Begins an episode.
  func begin() {
    messages.begin()
    precision.begin()
    episode?.begin()
    sweeps = []
  }

  /// Infers the states of all times under every policy.
  ///
  /// - Throws: ``AgentFailure/beyondPolicies(step:horizon:)``; ``ImpossibleObservation``.
  func infer(_ observation: [Observation], step: Int, recordsSweeps: Bool) throws {
    if episode != nil && step > horizon {
      throw AgentFailure.beyondPolicies(step: step, horizon: horizon)
    }
    sweeps = []
    guard recordsSweeps else {
      try pass(observation, step, nil)
      return
    }
    var found: [[PolicySweep]] = Array(repeating: [], count: messages.policyCount)
    try pass(observation, step) { [messages] policy, freeEnergy, beliefs in
      let size = messages.timeCount * messages.stateCount
      found[policy].append(
        PolicySweep(
          freeEnergy: freeEnergy,
          beliefs: Array(UnsafeBufferPointer(start: beliefs, count: size))))
    }
    sweeps = found
  }

  private func pass(
    _ observation: [Observation], _ step: Int,
    _ sweeps: ((Int, Double, UnsafePointer<Double>) -> Void)?
  ) throws(ImpossibleObservation) {
    if let episode {
      try messages.infer(
        .observations(observation), posterior: engine.posterior.base, sweeps: sweeps)
      episode.note(observation)
    } else {
      try messages.infer(
        step: step, observation, taken: engine.actions.base, sweeps: sweeps)
      engine.inference.ignored.base
        .update(from: messages.ignored.base, count: messages.ignored.count)
    }
  }

  /// Scores and weighs the policies, and averages what is believed over them.
  ///
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  func weigh() throws(PlanningFailure) {
    let values = engine.planner.values.base
    let isWeighed = UnsafePointer(messages.isWeighed.base)
    let time = messages.time
    // Of a window policies reach the time that was just observed and those that follow.
    let passed = episode == nil ? 0 : time
    let first = messages.beliefs.base + (time - passed) * messages.stateCount
    try scoring.evaluate(
      first, stride: messages.policyStride, isWeighed: isWeighed, from: passed, into: values)
    precision.weigh(
      values: values, freeEnergy: messages.freeEnergy.base,
      logHabit: engine.planning.logHabit.base, isWeighed: isWeighed, floor: floor,
      into: engine.posterior.base)
    // At the last observation policies say no more: what they did last stands.
    engine.selection.take(stepActions.base + min(passed, horizon - 1) * messages.policyCount)
    engine.selection.fillMarginals(engine.posterior.base)
    episode?.notePosterior()
    engine.swapBeliefs()
    messages.average(time, engine.posterior.base, into: engine.belief.base)
    engine.dynamics.noteSupports(engine.belief.belief)
    messages.keep(engine.posterior.base)
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
