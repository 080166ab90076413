// Episodes recorded in one call, for tests and notebooks.

extension Trace {
  /// Episodes of an agent in a world, each as if it were the first: what was learned in one is
  /// forgotten in the next.
  ///
  /// ```swift
  /// let traces = try Trace.recorded(of: CompiledAgent(model, agent), in: world, steps: 6)
  /// ```
  ///
  /// - Parameters:
  ///   - agent: the model and the configuration.
  ///   - environment: the world.
  ///   - reference: how the traces name the world; unless given, `model` where the world is a
  ///     ``ModelEnvironment``, else it is not named, and then the world is not simulated again where
  ///     a trace is verified.
  ///   - steps: observations an episode, at least 1.
  ///   - seed: the seed of all chance.
  ///   - episodes: how many, from episode 0 on.
  ///   - level: what is kept of each step.
  /// - Throws: what ``Simulation/run(_:episode:)`` throws.
  public static func recorded(
    of agent: CompiledAgent, in environment: some Environment,
    as reference: EnvironmentReference? = nil, steps: Int, seed: UInt64 = 0, episodes: Int = 1,
    level: RecordLevel = .full
  ) throws -> [Trace] {
    var reference = reference
    if reference == nil, let world = environment as? ModelEnvironment {
      reference = EnvironmentReference(
        id: "model", parameters: [:],
        process: world.process == agent.model ? nil : world.process)
    }
    return try recorded(
      Trace(of: agent, in: reference, seed: seed), ActiveInferenceAgent(agent), in: environment,
      steps, episodes, level)
  }

  /// Episodes of a deep agent in a world, each as if it were the first.
  ///
  /// ```swift
  /// let traces = try Trace.recorded(of: levels, in: world, steps: 24)
  /// ```
  ///
  /// - Parameters:
  ///   - agent: the levels.
  ///   - environment: the world.
  ///   - reference: how the traces name the world; unless given it is not named, and then the world is not
  ///     simulated again where a trace is verified.
  ///   - steps: ticks an episode, at least 1.
  ///   - seed: the seed of all chance.
  ///   - episodes: how many, from episode 0 on.
  ///   - level: what is kept of each step.
  /// - Throws: what ``Simulation/run(_:episode:)`` throws.
  public static func recorded(
    of agent: CompiledDeepAgent, in environment: some Environment,
    as reference: EnvironmentReference? = nil, steps: Int, seed: UInt64 = 0, episodes: Int = 1,
    level: RecordLevel = .full
  ) throws -> [Trace] {
    try recorded(
      Trace(of: agent, in: reference, seed: seed), DeepAgent(agent), in: environment, steps,
      episodes, level)
  }

  private static func recorded(
    _ heading: Trace, _ agent: some RecordedAgent, in environment: some Environment, _ steps: Int,
    _ episodes: Int, _ level: RecordLevel
  ) throws -> [Trace] {
    let faults = FaultList()
    if steps < 1 { faults.add("steps", "is \(steps)", remedy: "1 or more") }
    if episodes < 1 { faults.add("episodes", "is \(episodes)", remedy: "1 or more") }
    try faults.check(source: "recording")
    var living = agent
    living.recordsIterates = level >= .iterates
    let simulation = Simulation(environment, steps: steps, seed: heading.seed, level: level)
    return try (0..<episodes).map { index in
      living.forget()
      let episode = try simulation.run(&living, episode: UInt64(index))
      return heading.of(index, episode.steps, living.concentrations)
    }
  }

  /// Episodes of an agent that believes a model, in a world that follows it.
  ///
  /// ```swift
  /// let traces = try Trace.recorded(of: makeMaze(), steps: 6, seed: 1, episodes: 3)
  /// ```
  ///
  /// - Throws: ``InvalidInput`` where the configuration does not fit the model, and what
  ///   ``Simulation/run(_:episode:)`` throws.
  public static func recorded(
    of model: GenerativeModel, _ configuration: AgentConfiguration = AgentConfiguration(),
    steps: Int, seed: UInt64 = 0, episodes: Int = 1, level: RecordLevel = .full
  ) throws -> [Trace] {
    try recorded(
      of: CompiledAgent(model, configuration), in: ModelEnvironment(model), steps: steps,
      seed: seed, episodes: episodes, level: level)
  }

  /// Episodes in a named environment: what `aif simulate` writes with the same settings.
  ///
  /// ```swift
  /// let traces = try Trace.recorded(in: TMaze.self, ["cueValidity": .number(0.8)], seed: 1)
  /// ```
  ///
  /// - Parameters:
  ///   - type: the environment.
  ///   - parameters: what is not given has its default.
  ///   - configuration: the agent, or of a deep one the lowest level; the environment's own unless given.
  ///   - steps: the environment's own unless given.
  /// - Throws: ``InvalidInput`` where parameters or configuration are at fault, and what
  ///   ``Simulation/run(_:episode:)`` throws.
  public static func recorded<World: NamedEnvironment>(
    in type: World.Type, _ parameters: [String: ParameterValue] = [:],
    agent configuration: AgentConfiguration? = nil, steps: Int? = nil, seed: UInt64 = 0,
    episodes: Int = 1, level: RecordLevel = .full
  ) throws -> [Trace] {
    let world = try World(parameters: parameters)
    let reference = EnvironmentReference(of: type, parameters)
    if let levels = try world.levels {
      let others = levels.levels.dropFirst().map(\.configuration)
      return try recorded(
        of: levels.configured([configuration ?? world.agent] + others), in: world, as: reference,
        steps: steps ?? world.steps, seed: seed, episodes: episodes, level: level)
    }
    return try recorded(
      of: CompiledAgent(world.model, configuration ?? world.agent), in: world,
      as: reference, steps: steps ?? world.steps, seed: seed, episodes: episodes, level: level)
  }
}

extension Trace.EnvironmentReference {
  /// A reference to a named environment, with every parameter: those not given have their defaults.
  public init<World: NamedEnvironment>(
    of type: World.Type, _ parameters: [String: ParameterValue] = [:]
  ) {
    let defaults = World.parameters.map { ($0.name, $0.defaultValue) }
    self.init(
      id: World.identifier,
      parameters: Dictionary(defaults) { $1 }.merging(parameters) { $1 })
  }
}
