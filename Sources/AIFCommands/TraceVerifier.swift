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
  private var lastAgent: (trace: Trace, blueprint: Blueprint)?
  private var lastWorld: (reference: Trace.EnvironmentReference, model: GenerativeModel, World)?

  /// An agent of one level or of several, laid out.
  private enum Blueprint {
    case single(CompiledAgent)
    case deep(CompiledDeepAgent)

    func makeAgent() throws -> any RecordedAgent {
      switch self {
      case .single(let blueprint): try ActiveInferenceAgent(blueprint)
      case .deep(let blueprint): try DeepAgent(blueprint)
      }
    }
  }

  init(tolerances: Tolerances) { self.tolerances = tolerances }

  /// The first difference; nil where there is none.
  ///
  /// - Throws: ``InvalidInput`` where the trace is not one that could have been recorded.
  mutating func finding(in trace: Trace) throws -> Finding? {
    // Nothing was recorded of an episode without steps: there is nothing to compare.
    if trace.steps.isEmpty { return nil }
    let behaviour = try behaviour(of: trace)
    let blueprint = try blueprint(of: trace)
    let replayed = try finding(trace, "") {
      try replay(trace, behaviour, blueprint.makeAgent())
    }
    guard let reference = trace.environment else { return replayed }
    let world = try world(reference, trace)
    let simulated = try finding(trace, "simulated again: ") {
      try simulate(trace, world.environment, blueprint.makeAgent())
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
        try simulate(trace, world(reference, trace).environment, blueprint.makeAgent())
      } else {
        try replay(trace, behaviour(of: trace), blueprint.makeAgent())
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
    trace.steps.contains { step in
      ([step] + (step.levels ?? [])).contains { $0.iterates != nil }
    } ? .iterates : .full
  }

  private func replay(
    _ trace: Trace, _ behaviour: BehaviourRecord, _ agent: some RecordedAgent
  ) throws -> Trace {
    var steps = try agent.follow(
      behaviour, seed: trace.seed, episode: UInt64(trace.episode), level: level(trace))
    // The agent does not know the true states; the simulation compares them.
    for index in steps.indices { steps[index].states = trace.steps[index].states }
    return trace.of(trace.episode, steps, agent.concentrations)
  }

  private func simulate(
    _ trace: Trace, _ environment: some Environment, _ agent: some RecordedAgent
  ) throws -> Trace {
    let level = level(trace)
    var agent = agent
    agent.recordsIterates = level >= .iterates
    let simulation = Simulation(
      environment, steps: trace.steps.count, seed: trace.seed, level: level)
    let episode = try simulation.run(&agent, episode: UInt64(trace.episode))
    return trace.of(trace.episode, episode.steps, agent.concentrations)
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
    try behaviour.check(against: trace.outline.interface, source: "")
    return behaviour
  }

  private mutating func blueprint(of trace: Trace) throws -> Blueprint {
    if let lastAgent, lastAgent.trace.model == trace.model, lastAgent.trace.agent == trace.agent,
      lastAgent.trace.levels == trace.levels
    {
      return lastAgent.blueprint
    }
    let blueprint: Blueprint =
      if let levels = try trace.deepAgent() {
        .deep(levels)
      } else {
        .single(try CompiledAgent(trace.model, trace.agent))
      }
    lastAgent = (trace.of(trace.episode, [], [trace.final] + trace.finalAbove), blueprint)
    return blueprint
  }

  private mutating func world(
    _ reference: Trace.EnvironmentReference, _ trace: Trace
  ) throws -> World {
    let interface = trace.outline.interface
    if let lastWorld, lastWorld.reference == reference, lastWorld.model == trace.model {
      try lastWorld.2.check(interface, source: "")
      return lastWorld.2
    }
    let world = try World(reference, model: trace.model)
    try world.check(interface, source: "")
    lastWorld = (reference, trace.model, world)
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
    guard var levels else { return }
    for index in levels.indices {
      // Of a level that did not step then, what was recorded of the lowest says which level that was.
      let known = other.levels.flatMap { index < $0.count ? $0[index] : nil } ?? other
      levels[index].keepWhatIsRecorded(in: known)
    }
    self.levels = levels
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
