import ActiveInference
import BeliefTesting

/// Holds traces against what this build makes of the same observations, actions and seeds.
///
/// Traces of one agent in one environment mostly come one after the other: what the last one needed
/// is kept for the next.
struct TraceVerifier {
  /// What was found in an episode.
  struct Finding: Sendable {
    let seed: UInt64
    let episode: Int
    /// The step; the number of steps where it is about the whole trace.
    let step: Int
    /// Nil where the agent could not even go on.
    let explanation: Explanation?
    /// What it is, in a sentence.
    let text: String
  }

  let tolerances: Tolerances
  private var lastAgent: (model: GenerativeModel, blueprint: CompiledAgent)?
  private var lastWorld: (reference: Trace.EnvironmentReference, model: GenerativeModel, World)?

  init(tolerances: Tolerances) { self.tolerances = tolerances }

  /// The first difference; nil where there is none.
  ///
  /// - Throws: ``InvalidInput`` where the trace is not one that could have been recorded.
  mutating func finding(in trace: Trace) throws -> Finding? {
    // Nothing was recorded of an episode without steps: there is nothing to compare.
    if trace.steps.isEmpty { return nil }
    let behaviour = try behaviour(of: trace)
    let blueprint = try blueprint(of: trace)
    let replayed = try finding(trace, "") { try replay(trace, behaviour, blueprint) }
    guard let reference = trace.environment else { return replayed }
    let world = try world(reference, trace.model)
    let simulated = try finding(trace, "simulated again: ") {
      try simulate(trace, world.environment, blueprint)
    }
    // The earlier of the two. Of two in one step the simulation's: it names an observation or an
    // action that was changed, the replay only what follows from it.
    guard let simulated, let replayed else { return simulated ?? replayed }
    return simulated.step <= replayed.step ? simulated : replayed
  }

  /// The trace as this build would record it, at the same level: simulated from its seed where it names
  /// an environment, else from its observations and actions.
  ///
  /// - Throws: ``InvalidInput`` where it could not have been recorded, ``AgentFailure`` where the agent
  ///   stops.
  mutating func renewed(_ trace: Trace) throws -> Trace {
    if trace.steps.isEmpty { return trace }
    let blueprint = try blueprint(of: trace)
    var result =
      if let reference = trace.environment {
        try simulate(trace, world(reference, trace.model).environment, blueprint)
      } else {
        try replay(trace, behaviour(of: trace), blueprint)
      }
    result.build = Build.version
    for (index, step) in zip(result.steps.indices, trace.steps) {
      result.steps[index].keepWhatIsRecorded(in: step)
    }
    return result
  }

  /// What comes of running a trace again: a difference, or that the agent cannot go on.
  private func finding(
    _ trace: Trace, _ prefix: String, _ run: () throws -> Trace
  ) throws -> Finding? {
    do {
      return try explanation(expected: trace, actual: run(), tolerances: tolerances).map {
        Finding(
          seed: trace.seed, episode: trace.episode,
          step: $0.difference.step ?? trace.steps.count, explanation: $0,
          text: "\(prefix)\($0.difference)")
      }
    } catch let failure as AgentFailure {
      return Finding(
        seed: trace.seed, episode: trace.episode, step: failure.step, explanation: nil,
        text: "\(prefix)the agent stops: \(failure)")
    }
  }

  // MARK: - Running it again

  private func level(_ trace: Trace) -> RecordLevel {
    trace.steps.contains { $0.iterates != nil } ? .iterates : .full
  }

  private func replay(
    _ trace: Trace, _ behaviour: BehaviourRecord, _ blueprint: CompiledAgent
  ) throws -> Trace {
    let agent = try ActiveInferenceAgent(blueprint)
    var result = trace
    result.steps = try agent.replay(
      behaviour, seed: trace.seed, episode: UInt64(trace.episode), level: level(trace))
    // The agent does not know the true states; the simulation compares them.
    for index in result.steps.indices { result.steps[index].states = trace.steps[index].states }
    result.final = agent.concentration
    return result
  }

  private func simulate(
    _ trace: Trace, _ environment: some Environment, _ blueprint: CompiledAgent
  ) throws -> Trace {
    let level = level(trace)
    var agent = try ActiveInferenceAgent(blueprint)
    agent.recordsIterates = level >= .iterates
    let simulation = Simulation(
      environment, steps: trace.steps.count, seed: trace.seed, level: level)
    var result = trace
    result.steps = try simulation.run(&agent, episode: UInt64(trace.episode)).steps
    result.final = agent.concentration
    return result
  }

  // MARK: - What a trace needs

  /// What happened to the agent; its last action may be missing, no other.
  private func behaviour(of trace: Trace) throws -> BehaviourRecord {
    let faults = trace.steps.dropLast().filter { $0.action == nil }.map {
      Fault("steps[\($0.t)].action", "is missing")
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
    let behaviour = BehaviourRecord(
      observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
    try behaviour.check(against: trace.model, source: "")
    return behaviour
  }

  private mutating func blueprint(of trace: Trace) throws -> CompiledAgent {
    if let lastAgent, lastAgent.model == trace.model,
      lastAgent.blueprint.configuration == trace.agent
    {
      return lastAgent.blueprint
    }
    let blueprint = try CompiledAgent(trace.model, trace.agent)
    lastAgent = (trace.model, blueprint)
    return blueprint
  }

  private mutating func world(
    _ reference: Trace.EnvironmentReference, _ model: GenerativeModel
  ) throws -> World {
    if let lastWorld, lastWorld.reference == reference, lastWorld.model == model {
      return lastWorld.2
    }
    let world = try World(reference, model: model)
    try world.check(model, source: "")
    lastWorld = (reference, model, world)
    return world
  }
}

extension StepRecord {
  /// Leaves out what another record of the step leaves out.
  fileprivate mutating func keepWhatIsRecorded(in other: StepRecord) {
    if other.states == nil { states = nil }
    if other.beliefs == nil { beliefs = nil }
    if other.smoothed == nil { smoothed = nil }
    if other.freeEnergy == nil { freeEnergy = nil }
    if other.negativeExpectedFreeEnergy == nil { negativeExpectedFreeEnergy = nil }
    if other.terms == nil { terms = nil }
    if other.policyPosterior == nil { policyPosterior = nil }
    if other.actionMarginals == nil { actionMarginals = nil }
    if other.action == nil { action = nil }
    if other.choice == nil { choice = nil }
    if other.search == nil { search = nil }
    if other.policyFreeEnergy == nil { policyFreeEnergy = nil }
    if other.precision == nil { precision = nil }
    if other.precisionUpdates == nil { precisionUpdates = nil }
    if other.iterates == nil { iterates = nil }
  }
}

extension AgentFailure {
  fileprivate var step: Int {
    switch self {
    case .observation(let step, _), .impossible(let step, _, _), .planning(let step, _),
      .part(let step, _), .nothingPerceived(let step), .beyondPolicies(let step, _):
      step
    }
  }
}
