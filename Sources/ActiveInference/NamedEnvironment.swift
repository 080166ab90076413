/// An environment that can be named: `aif simulate tmaze`.
///
/// Its process and the model its default agent holds are both generative models.
public protocol NamedEnvironment: Environment {
  /// What it is called, `tmaze`.
  static var identifier: String { get }
  /// One sentence for `aif environments`.
  static var summary: String { get }
  /// Its parameters with their defaults.
  static var parameters: [EnvironmentParameter] { get }
  /// The environment for given values; a parameter that is not given has its default.
  init(parameters: [String: ParameterValue]) throws(InvalidInput)
  /// The model that the default agent believes.
  var model: GenerativeModel { get }
  /// The default agent.
  var agent: AgentConfiguration { get }
  /// Steps of an episode unless told otherwise.
  var steps: Int { get }
}

/// A parameter of a named environment.
public struct EnvironmentParameter: Hashable, Sendable {
  /// Its name as `--set` takes it.
  public let name: String
  public let defaultValue: ParameterValue
  /// What it does, its unit and range.
  public let summary: String

  public init(_ name: String, _ defaultValue: ParameterValue, _ summary: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.summary = summary
  }
}
