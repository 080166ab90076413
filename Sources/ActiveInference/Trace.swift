/// One episode: `aif.trace/1`.
public struct Trace: Hashable, Sendable {
  /// Where the observations of a simulation came from.
  public struct EnvironmentReference: Hashable, Sendable {
    /// A registered environment's identifier, or `model` for a model used as a process.
    public var id: String
    /// Every parameter by name.
    public var parameters: [String: ParameterValue]
    /// The process, where the environment is a model other than the agent's.
    public var process: GenerativeModel?

    /// A reference to an environment.
    public init(
      id: String, parameters: [String: ParameterValue], process: GenerativeModel? = nil
    ) {
      self.id = id
      self.parameters = parameters
      self.process = process
    }
  }

  /// A level above the lowest of a deep agent.
  public struct Level: Hashable, Sendable {
    /// Its model as it was at the first step, counts included.
    public var model: GenerativeModel
    /// Its configuration.
    public var agent: AgentConfiguration
    /// The most steps of an episode of the level below, each a step of this one.
    public var steps: Int
    /// What comes down to the level below.
    public var links: [DeepAgent.Link]

    /// A level above another.
    public init(
      model: GenerativeModel, agent: AgentConfiguration, steps: Int, links: [DeepAgent.Link]
    ) {
      self.model = model
      self.agent = agent
      self.steps = steps
      self.links = links
    }
  }

  /// The version of the library that wrote it.
  public var build: String
  /// The agent's model as it was at the first step, counts included; of a deep agent that of its lowest level.
  public var model: GenerativeModel
  /// The agent's configuration; of a deep agent that of its lowest level.
  public var agent: AgentConfiguration
  /// Of a deep agent the levels above the lowest, from the second up; else empty.
  public var levels: [Level]
  /// Nil in a replay.
  public var environment: EnvironmentReference?
  /// The seed of all chance, 0...2^63-1.
  public var seed: UInt64
  /// The number of the episode.
  public var episode: Int
  /// What was recorded, in order.
  public var steps: [StepRecord]
  /// The counts after the last step, in the model's shape.
  public var final: GenerativeModel.Concentration
  /// The same of each of the ``levels``.
  public var finalAbove: [GenerativeModel.Concentration]

  /// A trace of one episode.
  public init(
    build: String = Build.version, model: GenerativeModel, agent: AgentConfiguration,
    levels: [Level] = [], environment: EnvironmentReference? = nil, seed: UInt64 = 0,
    episode: Int = 0,
    steps: [StepRecord], final: GenerativeModel.Concentration,
    finalAbove: [GenerativeModel.Concentration] = []
  ) {
    self.build = build
    self.model = model
    self.agent = agent
    self.levels = levels
    self.environment = environment
    self.seed = seed
    self.episode = episode
    self.steps = steps
    self.final = final
    self.finalAbove = finalAbove
  }
}
