import ActiveInference
import BeliefTesting

/// Holds traces against what this build makes of the same observations, actions and seeds.
///
/// Traces of one agent in one environment mostly come one after the other: what the last one needed
/// is kept for the next.
struct TraceVerifier {
  /// What was found in an episode.
  struct Finding {
    let episode: Int
    /// The step; the number of steps where it is about the whole trace.
    let step: Int
    /// Nil where the agent could not even go on.
    let difference: Difference?
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
  mutating func difference(in trace: Trace) throws -> Finding? {
    // Nothing was recorded of an episode without steps: there is nothing to compare.
    if trace.steps.isEmpty { return nil }
    let behaviour = try behaviour(of: trace)
    let blueprint = try blueprint(of: trace)
    let level: RecordLevel = trace.steps.contains { $0.iterates != nil } ? .iterates : .full
    let replayed = try finding(trace) { try replay(trace, behaviour, blueprint, level) }
    guard let reference = trace.environment else { return replayed }
    let world = try world(reference, trace.model)
    let simulated = try finding(trace, "simulated again: ") {
      try simulate(trace, world.environment, blueprint, level)
    }
    // The earlier of the two. Of two in one step the simulation's: it names an observation or an
    // action that was changed, the replay only what follows from it.
    guard let simulated, let replayed else { return simulated ?? replayed }
    return simulated.step <= replayed.step ? simulated : replayed
  }

  /// What comes of running a trace again: a difference, or that the agent cannot go on.
  private func finding(
    _ trace: Trace, _ prefix: String = "", _ run: () throws -> Difference?
  ) throws -> Finding? {
    do {
      return try run().map {
        Finding(
          episode: trace.episode, step: $0.step ?? trace.steps.count, difference: $0,
          text: "\(prefix)\($0)")
      }
    } catch let failure as AgentFailure {
      return Finding(
        episode: trace.episode, step: failure.step, difference: nil,
        text: "\(prefix)the agent stops: \(failure)")
    }
  }

  private func replay(
    _ trace: Trace, _ behaviour: BehaviourRecord, _ blueprint: CompiledAgent, _ level: RecordLevel
  ) throws -> Difference? {
    let agent = try ActiveInferenceAgent(blueprint)
    var steps = try agent.replay(
      behaviour, seed: trace.seed, episode: UInt64(trace.episode), level: level)
    // The agent does not know the true states; the simulation compares them.
    for index in steps.indices { steps[index].states = trace.steps[index].states }
    return compare(trace, steps, agent)
  }

  private func simulate(
    _ trace: Trace, _ environment: some Environment, _ blueprint: CompiledAgent,
    _ level: RecordLevel
  ) throws -> Difference? {
    var agent = try ActiveInferenceAgent(blueprint)
    agent.recordsIterates = level >= .iterates
    let simulation = Simulation(
      environment, steps: trace.steps.count, seed: trace.seed, level: level)
    let episode = try simulation.run(&agent, episode: UInt64(trace.episode))
    return compare(trace, episode.steps, agent)
  }

  private func compare(
    _ expected: Trace, _ steps: [StepRecord], _ agent: ActiveInferenceAgent
  ) -> Difference? {
    var actual = expected
    actual.steps = steps
    actual.final = agent.concentration
    return firstDifference(expected: expected, actual: actual, tolerances: tolerances)
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

extension TraceVerifier.Finding {
  /// The finding for programs.
  var document: DocumentValue {
    guard let difference else {
      return .object([.init("episode", .integer(episode)), .init("text", .string(text))])
    }
    return .object([
      .init("episode", .integer(episode)),
      .init("step", difference.step.map { .integer($0) } ?? .null),
      .init("quantity", .string(difference.quantity)),
      .init("index", .array(difference.index.map { .integer($0) })),
      .init("expected", difference.expected.document),
      .init("actual", difference.actual.document),
      .init("text", .string(text)),
    ])
  }
}

extension AgentFailure {
  fileprivate var step: Int {
    switch self {
    case .observation(let step, _), .impossible(let step, _, _), .planning(let step, _),
      .part(let step, _):
      step
    }
  }
}

extension Difference.Value {
  fileprivate var document: DocumentValue {
    switch self {
    case .number(let value): value.isFinite ? .number(value) : .string("\(value)")
    case .integer(let value): .integer(value)
    case .text(let text): .string(text)
    case .absent: .null
    }
  }
}
