import GenerativeModel
import Inference
import Kernels
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
  /// What may be saved; results do not depend on it.
  public let savings: Savings
  let compiled: CompiledModel
  let tables: ModelTables<Double>
  let space: BeliefSpace
  let logs: LogLikelihoodTables<Double>?
  /// The policies that are weighed at each step.
  public let policies: PolicySet
  let planning: PlanningTables<Double>
  let inference: InferenceSettings
  /// What smooths whole episodes, where that is asked for.
  let smoother: Smoother?
  private let laidOut: LaidOutModel

  /// Checks that the configuration fits the model and lays both out.
  ///
  /// - Throws: ``InvalidInput`` with every reason why the configuration does not fit, and where it would
  ///   take more memory than there is.
  public init(
    _ model: GenerativeModel, _ configuration: AgentConfiguration = AgentConfiguration(),
    parts: AgentParts = AgentParts(), savings: Savings = .all
  ) throws(InvalidInput) {
    try configuration.check()
    self.model = model
    self.configuration = configuration
    self.parts = parts
    self.savings = savings
    try CompiledAgent.checkPlans(configuration.planning, parts)
    // Before memory is taken.
    try StepCost(of: model, configuration, parts: parts).checkFits()
    laidOut = try model.laidOut()
    compiled = laidOut.compiled
    tables = laidOut.tables
    inference = configuration.inference.resolved(for: compiled)
    space = try BeliefSpace(
      compiled, joint: inference.algorithm == .exact && parts.beliefs == nil)
    logs =
      space.isJoint || inference.algorithm.isByPolicy
      ? nil : LogLikelihoodTables(tables, inference.convention)
    policies = try PolicySet(compiled, configuration.planning)
    planning = try PlanningTables(compiled, tables, configuration.planning, policies)
    // What only an agent would find out is found out here.
    try configuration.checkPolicyMessages(model, parts, inference)
    try configuration.planning.check(space)
    _ = try LearnedTables(configuration.learning, model)
    smoother = try configuration.smoother(of: model, laidOut)
  }

  /// Refuses plans to go on with where a part of the user's own making has none.
  private static func checkPlans(
    _ planning: PlanningSettings, _ parts: AgentParts
  ) throws(InvalidInput) {
    if planning.replanEvery == 1 { return }
    let part =
      parts.actions != nil
      ? "parts.actions"
      : parts.scores != nil && planning.method != .enumerate ? "parts.scores" : nil
    guard let part else { return }
    throw InvalidInput(
      source: "agent",
      [
        Fault(
          "planning.replanEvery",
          "needs a policy to go on with, but \(part) chooses single actions",
          remedy: "leave one of them out")
      ])
  }

  /// What scores the actions of an agent where policies are not enumerated.
  func planner(
    for engine: AgentStep<SingleArithmetic>
  ) throws(InvalidInput) -> (any ActionPlanner)? {
    try configuration.planning.planner(
      PlannerContext(
        space: space, inference: inference, settings: configuration.planning,
        tables: engine.tables, logs: engine.logs, planning: engine.planning, policies: policies))
  }

  /// Whether states are inferred under each policy.
  var infersByPolicy: Bool { inference.algorithm.isByPolicy }

  /// Whether they are so over whole episodes.
  var infersEpisodes: Bool { inference.algorithm == .policyMessages }

  /// The scheme that infers states; `auto` has been resolved.
  public var algorithm: InferenceSettings.Algorithm { inference.algorithm }

  /// Whether anything is learned.
  public var learns: Bool { configuration.learning != LearningSettings() }
}

/// What spares work without changing a bit of any result; each does so only where it pays.
public struct Savings: OptionSet, Hashable, Sendable {
  /// One bit a way to save.
  public let rawValue: Int

  /// The ways whose bits are set.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// An agent that does not learn is remembered as the automaton it is: a step that has been taken once
  /// from the same belief under the same outcomes is looked up.
  public static let rememberedSteps = Savings(rawValue: 1)
  /// Agents of a population step side by side, one in each lane of a vector.
  public static let lanes = Savings(rawValue: 2)
  /// Predicted beliefs of one depth that are equal bit for bit are evaluated once.
  public static let mergedBeliefs = Savings(rawValue: 4)
  /// A sweep of fixed-point iteration that changes no bit is the last.
  public static let endedIterations = Savings(rawValue: 8)
  /// Whatever can be saved.
  public static let all: Savings = [.rememberedSteps, .lanes, .mergedBeliefs, .endedIterations]
}
