import GenerativeModel
import Inference
import PolicySelection

extension CompiledAgent {
  /// Checks that a configuration fits a model as ``init(_:_:parts:savings:)`` does, without laying either
  /// out.
  ///
  /// Whether this machine has the memory is not asked: ``StepCost`` says that.
  ///
  /// - Throws: ``InvalidInput`` with the reasons why the configuration does not fit.
  public static func check(
    _ model: GenerativeModel, _ configuration: AgentConfiguration, parts: AgentParts = AgentParts()
  ) throws(InvalidInput) {
    try configuration.check()
    let compiled = try CompiledModel(model)
    let inference = configuration.inference.resolved(for: compiled)
    try inference.check(for: compiled)
    try configuration.checkPolicyMessages(model, parts, inference)
    let space = try BeliefSpace(
      compiled, joint: inference.algorithm == .exact && parts.beliefs == nil)
    let policies = try PolicySet(compiled, configuration.planning)
    try configuration.planning.check(model, policies)
    try configuration.planning.check(space)
    _ = try LearnedTables(configuration.learning, model)
    _ = try configuration.smoother(of: model, nil)
  }
}
