import ActiveInference

/// State inference with all that it needs, one observation at a time.
package final class Inferring {
  package let compiled: CompiledModel
  package let tables: ModelTables<Double>
  package let space: BeliefSpace
  package let logs: LogLikelihoodTables<Double>
  package let inference: StateInference<SingleArithmetic>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let prior: BeliefBuffer<Double>
  private let posterior: BeliefBuffer<Double>

  package init(_ model: GenerativeModel, _ settings: InferenceSettings) throws {
    compiled = try CompiledModel(model)
    tables = ModelTables(compiled)
    space = try BeliefSpace(compiled, joint: settings.algorithm == .exact)
    logs = LogLikelihoodTables(tables, settings.convention)
    dynamics = BeliefDynamics(space)
    inference = StateInference(space, settings, dynamics)
    prior = BeliefBuffer(space)
    posterior = BeliefBuffer(space)
    dynamics.setIndependent(tables.initialStates.base, prior.belief)
  }

  package convenience init(
    _ model: GenerativeModel, _ algorithm: InferenceSettings.Algorithm,
    _ change: (inout InferenceSettings) -> Void = { _ in }
  ) throws {
    var settings = InferenceSettings()
    settings.algorithm = algorithm
    change(&settings)
    try self.init(model, settings)
  }

  /// The belief before any observation, `[factor][state]`.
  package var initialBelief: [[Double]] { factors(tables.initialStates.base) }

  /// The belief of the last inference as the space holds it.
  package var belief: [Double] {
    Array(UnsafeBufferPointer(start: posterior.base, count: posterior.count))
  }

  /// By factor the number of states that the prior and the belief touch; nil where no factor is wide.
  package var supportCounts: (prior: [Int], belief: [Int])? {
    guard let before = prior.belief.supports, let after = posterior.belief.supports else {
      return nil
    }
    let factors = compiled.model.factors.indices
    return (factors.map { before[$0].count }, factors.map { after[$0].count })
  }

  /// Makes the prior the last belief after an action of each control.
  package func advance(_ action: [Int]) {
    let joint = FixedBuffer(
      compiled.model.factors.indices.map { compiled.jointAction(of: $0, action) })
    dynamics.predict(posterior.belief, action: joint.base, tables, into: prior.belief)
  }

  /// The prior of the next inference, `[factor][state]`.
  package var prediction: [[Double]] {
    factors(dynamics.marginals(of: prior.belief).base)
  }

  /// What an observation makes of the prior: beliefs, `[factor][state]`.
  package func infer(
    _ observations: [Observation],
    iterates: ((_ belief: Belief<Double>, _ freeEnergy: Double) -> Void)? = nil
  ) throws -> [[Double]] {
    try inference.infer(
      prior: prior.belief, .observations(observations), tables, logs, into: posterior.belief,
      iterates: iterates)
    return factors(dynamics.marginals(of: posterior.belief).base)
  }

  package var freeEnergy: Double { inference.outcome.freeEnergy }

  private func factors(_ values: UnsafePointer<Double>) -> [[Double]] {
    compiled.model.factors.indices.map { factor in
      let plan = compiled.factors.base[factor]
      return (0..<plan.states).map { values[plan.stateOffset + $0] }
    }
  }
}

/// -ln P(o) under an exact filter, found by inferring with it.
package func surprise(
  _ model: GenerativeModel, _ observations: [Observation]
) throws -> Double {
  let exact = try Inferring(model, .exact)
  _ = try exact.infer(observations)
  return exact.freeEnergy
}
