/// An environment that can be named: `aif simulate tmaze`.
///
/// Its process and the model its default agent holds are both generative models.
public protocol NamedEnvironment: Environment {
  /// What it is called, `tmaze`.
  static var identifier: String { get }
  /// Its version: a change that moves results raises it.
  static var version: Int { get }
  /// One sentence for `aif environments`.
  static var summary: String { get }
  /// What its episodes are about, in words: `the reward`.
  static var goal: String { get }
  /// Its parameters with their defaults.
  static var parameters: [EnvironmentParameter] { get }
  /// The environment for given values; a parameter that is not given has its default.
  init(parameters: [String: ParameterValue]) throws(InvalidInput)
  /// The model that the default agent believes.
  var model: GenerativeModel { get }
  /// The default agent.
  var agent: AgentConfiguration { get }
  /// The default agent where it has several levels, of which ``model`` and ``agent`` are the lowest; nil where it
  /// has one.
  var levels: CompiledDeepAgent? { get throws(InvalidInput) }
  /// Steps of an episode unless told otherwise.
  var steps: Int { get }
}

extension NamedEnvironment {
  /// The first version.
  public static var version: Int { 1 }
  /// Nil: the default agent has one level.
  public var levels: CompiledDeepAgent? {
    get throws(InvalidInput) { nil }
  }
  /// Nothing more particular.
  public static var goal: String { "the goal" }
}

/// A named environment whose process is a generative model: all it has to say is which.
///
/// What it starts with and how it answers is the process's; where something else happens, conform to
/// ``NamedEnvironment`` itself.
public protocol ModelBackedEnvironment: NamedEnvironment where State == [Int] {
  /// The process: the agent's model, or one that differs from it.
  var world: ModelEnvironment { get }
}

// Inlinable, so that each environment's own module reaches into its `world` without copying it:
// a copy would count references that all threads share.
extension ModelBackedEnvironment {
  /// Draws the first states and what is seen of them.
  @inlinable
  public func reset(using random: inout RandomStream) -> (state: [Int], observation: [Observation])
  {
    world.reset(using: &random)
  }

  /// Draws the next states and what is seen of them.
  @inlinable
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    world.step(&state, action: action, using: &random)
  }

  /// Draws the first states and what is seen of them.
  @inlinable
  public func reset(using random: inout RandomStream, observation: inout [Observation]) -> [Int] {
    world.reset(using: &random, observation: &observation)
  }

  /// Draws the next states and what is seen of them.
  @inlinable
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream,
    observation: inout [Observation]
  ) {
    world.step(&state, action: action, using: &random, observation: &observation)
  }

  /// The sizes of the world's controls.
  @inlinable
  public var actionCounts: [Int]? { world.actionCounts }

  /// One a factor.
  @inlinable
  public func hiddenStates(_ state: [Int]) -> [Int] { state }

  /// Whether the world's goal outcome is observed.
  @inlinable
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    world.goalReached(state, observation: observation)
  }
}

/// A parameter of a named environment.
public struct EnvironmentParameter: Hashable, Sendable {
  /// Its name as `--set` takes it.
  public let name: String
  /// Its value unless one is given.
  public let defaultValue: ParameterValue
  /// What it does, its unit and range.
  public let summary: String

  /// A parameter and what it does.
  public init(_ name: String, _ defaultValue: ParameterValue, _ summary: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.summary = summary
  }
}
