import ActiveInference

/// Scores of policies with all that they need, one belief at a time.
package final class Planning {
  package let compiled: CompiledModel
  package let policies: PolicySet
  package let scores: ExpectedFreeEnergy<SingleArithmetic>
  package let tables: PlanningTables<Double>
  private let space: BeliefSpace
  private let modelTables: ModelTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>

  /// - Parameter mergesBeliefs: whether what is known of predicted beliefs spares work.
  package init(
    _ model: GenerativeModel, joint: Bool = true, mergesBeliefs: Bool = true,
    _ change: (inout PlanningSettings) -> Void = { _ in }
  ) throws {
    var settings = PlanningSettings()
    change(&settings)
    compiled = try CompiledModel(model)
    modelTables = ModelTables(compiled)
    space = try BeliefSpace(compiled, joint: joint)
    dynamics = BeliefDynamics(space)
    policies = try PolicySet(compiled, horizon: settings.horizon)
    tables = try PlanningTables(compiled, modelTables, settings, policies)
    scores = try ExpectedFreeEnergy(
      space, settings, tables, policies, modelTables, dynamics, mergesBeliefs: mergesBeliefs)
  }

  /// Scores all policies from independent beliefs, `[factor][state]`.
  @discardableResult
  package func score(_ beliefs: [[Double]]) throws -> [Double] {
    let marginals = FixedBuffer(beliefs.flatMap { $0 })
    let belief = BeliefBuffer<Double>(space)
    dynamics.setIndependent(marginals.base, belief.belief)
    try scores.evaluate(belief.belief, tables: modelTables)
    return scores.values.array(0..<policies.count)
  }

  /// The parts of the last scores by policy.
  package var terms: [ExpectedFreeEnergyTerms] { scores.terms() }
}
