import ActiveInference

/// State inference with all that it needs, one observation at a time.
package final class Inferring {
  package let compiled: CompiledModel
  package let tables: ModelTables
  package let space: BeliefSpace
  package let logs: LogLikelihoodTables
  package let inference: StateInference
  private let prior: FixedBuffer<Double>
  private let posterior: FixedBuffer<Double>
  private let marginals: FixedBuffer<Double>
  private let scratch: FixedBuffer<Double>

  package init(_ model: GenerativeModel, _ settings: InferenceSettings) throws {
    compiled = try CompiledModel(model)
    tables = ModelTables(compiled)
    space = try BeliefSpace(compiled, joint: settings.algorithm == .exact, tables: tables)
    logs = LogLikelihoodTables(compiled, tables, settings.convention)
    inference = StateInference(space, settings)
    prior = FixedBuffer(repeating: 0, count: space.size)
    posterior = FixedBuffer(repeating: 0, count: space.size)
    marginals = FixedBuffer(repeating: 0, count: compiled.stateCount)
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    space.independent(tables.initialStates.base, into: prior.base)
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
  package var belief: [Double] { posterior.array(0..<space.size) }

  /// Makes the prior the last belief after an action of each control.
  package func advance(_ action: [Int]) {
    let joint = FixedBuffer(
      compiled.model.factors.indices.map { compiled.jointAction(of: $0, action) })
    space.predict(
      posterior.base, action: joint.base, tables: tables, into: prior.base, scratch: scratch.base)
  }

  /// The prior of the next inference, `[factor][state]`.
  package var prediction: [[Double]] {
    space.marginals(of: prior.base, into: marginals.base)
    return factors(marginals.base)
  }

  /// What an observation makes of the prior: beliefs, `[factor][state]`.
  package func infer(
    _ observations: [Observation],
    iterates: ((_ belief: UnsafePointer<Double>, _ freeEnergy: Double) -> Void)? = nil
  ) throws -> [[Double]] {
    try inference.infer(
      prior: prior.base, observations, tables: tables, logs: logs, into: posterior.base,
      iterates: iterates)
    space.marginals(of: posterior.base, into: marginals.base)
    return factors(marginals.base)
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
