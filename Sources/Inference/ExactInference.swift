import GenerativeModel
import Kernels

/// Bayes' rule on the joint states of all factors.
///
///     q(s) = prior(s) prod_m P(o_m | s) / Z,   F = -ln Z
///
/// One modality after the other, so that Z neither underflows nor hides which outcome was impossible.
final class ExactInference {
  private let space: BeliefSpace
  private let settings: InferenceSettings
  private let likelihood: FixedBuffer<Double>
  private let candidate: FixedBuffer<Double>

  init(_ space: BeliefSpace, _ settings: InferenceSettings) {
    self.space = space
    self.settings = settings
    likelihood = FixedBuffer(repeating: 0, count: space.compiled.scopes.map(\.columns).max() ?? 1)
    candidate = FixedBuffer(repeating: 0, count: space.size)
  }

  func infer(
    _ prior: UnsafePointer<Double>, _ observations: [Observation], _ tables: ModelTables,
    _ ignored: FixedBuffer<Bool>, into posterior: UnsafeMutablePointer<Double>
  ) throws(StateInference.ImpossibleObservation) -> StateInference.Outcome {
    let floor = settings.impossible == .floored ? smallestProbability : 0
    for state in 0..<space.size { posterior[state] = max(prior[state], floor) }
    var logEvidence = 0.0
    for modality in 0..<observations.count {
      if case .missing = observations[modality] { continue }
      let plan = space.compiled.modalities.base[modality]
      weigh(observations[modality], plan, tables, floor: floor)
      let mass = multiply(posterior, scope: plan.scope)
      if mass > 0 {
        logEvidence += VectorMath.log(mass)
        for state in 0..<space.size { posterior[state] = candidate.base[state] / mass }
      } else if settings.impossible == .ignore {
        ignored.base[modality] = true
      } else {
        throw StateInference.ImpossibleObservation(modality: modality)
      }
    }
    if floor > 0 { normalize(posterior) }
    let complexity = divergence(posterior, prior, floor: floor)
    return StateInference.Outcome(
      freeEnergy: 0 - logEvidence, complexity: complexity, accuracy: complexity + logEvidence,
      sweeps: 1, converged: true)
  }

  /// Fills `likelihood` with what the observation says of each joint state of its scope.
  private func weigh(
    _ observation: Observation, _ plan: CompiledModel.ModalityPlan, _ tables: ModelTables,
    floor: Double
  ) {
    if case .distribution(let weights) = observation, settings.convention == .pymdp1 {
      // exp sum_o q(o) ln P(o | s)
      for column in 0..<plan.columns { likelihood.base[column] = 0 }
      let rows = tables.likelihoodRows.base + plan.offset
      for outcome in 0..<plan.outcomes where weights[outcome] != 0 {
        for column in 0..<plan.columns {
          likelihood.base[column] +=
            weights[outcome] * settings.convention.logarithm(rows[outcome * plan.columns + column])
        }
      }
      VectorMath.exp(inPlace: likelihood.base, count: plan.columns)
      return
    }
    expectedLikelihood(observation, plan, tables, into: likelihood.base)
    if floor > 0 {
      for column in 0..<plan.columns {
        likelihood.base[column] = max(likelihood.base[column], floor)
      }
    }
  }

  /// Fills `candidate` with the product of the belief and the likelihood and returns its sum.
  private func multiply(_ belief: UnsafePointer<Double>, scope: Int) -> Double {
    if let columns = space.scopeColumns[scope]?.base {
      for state in 0..<space.size {
        candidate.base[state] = belief[state] * likelihood.base[Int(columns[state])]
      }
    } else {
      for state in 0..<space.size { candidate.base[state] = belief[state] * likelihood.base[state] }
    }
    return Contraction.sum(candidate.base, count: space.size)
  }

  private func normalize(_ belief: UnsafeMutablePointer<Double>) {
    let total = Contraction.sum(belief, count: space.size)
    for state in 0..<space.size { belief[state] /= total }
  }

  /// KL[q || prior] in nats; 0 ln 0 is 0.
  private func divergence(
    _ belief: UnsafePointer<Double>, _ prior: UnsafePointer<Double>, floor: Double
  ) -> Double {
    for state in 0..<space.size {
      candidate.base[state] = belief[state] > 0 ? belief[state] / max(prior[state], floor) : 1
    }
    VectorMath.log(inPlace: candidate.base, count: space.size)
    return Contraction.dot(belief, candidate.base, count: space.size)
  }
}
