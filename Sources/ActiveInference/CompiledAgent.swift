import GenerativeModel
import Inference
import PolicySelection

/// A model and a configuration that fit each other, laid out for stepping; immutable and shared.
///
/// Compile once, then make as many agents as there are threads.
public final class CompiledAgent: Sendable {
  /// The model.
  public let model: GenerativeModel
  /// The configuration.
  public let configuration: AgentConfiguration
  /// What stands in for the library's parts.
  public let parts: AgentParts
  let compiled: CompiledModel
  let tables: ModelTables
  let space: BeliefSpace
  let logs: LogLikelihoodTables?
  /// The policies that are weighed at each step.
  public let policies: PolicySet
  let planning: PlanningTables
  let inference: InferenceSettings

  /// Checks that the configuration fits the model and lays both out.
  ///
  /// - Throws: ``InvalidInput`` with every reason why the configuration does not fit.
  public init(
    _ model: GenerativeModel, _ configuration: AgentConfiguration = AgentConfiguration(),
    parts: AgentParts = AgentParts()
  ) throws(InvalidInput) {
    try configuration.check()
    self.model = model
    self.configuration = configuration
    self.parts = parts
    compiled = try CompiledModel(model)
    tables = ModelTables(compiled)
    var inference = configuration.inference
    inference.algorithm = StateInference.algorithm(inference, for: compiled)
    self.inference = inference
    try StateInference.check(inference, for: compiled)
    space = try BeliefSpace(
      compiled, joint: inference.algorithm == .exact && parts.beliefs == nil, tables: tables)
    logs =
      inference.algorithm == .exact
      ? nil : LogLikelihoodTables(compiled, tables, inference.convention)
    policies = try PolicySet(compiled, horizon: configuration.planning.horizon)
    planning = try PlanningTables(compiled, tables, configuration.planning, policies)
    // What only an agent would find out is found out here.
    _ = try ExpectedFreeEnergy(space, configuration.planning, planning, policies, tables)
    _ = try ParameterLearning(space, configuration.learning, original: tables)
  }

  /// The scheme that infers states; `auto` has been resolved.
  public var algorithm: InferenceSettings.Algorithm { inference.algorithm }

  /// Whether anything is learned.
  public var learns: Bool { configuration.learning != LearningSettings() }
}
