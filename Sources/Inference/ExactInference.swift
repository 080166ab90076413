import GenerativeModel
import Kernels

/// Bayes' rule on the joint states of all factors.
///
///     q(s) = prior(s) prod_m P(o_m | s) / Z,   F = -ln Z
///
/// One modality after the other, so that Z neither underflows nor hides which outcome was impossible.
final class ExactInference<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  private let space: BeliefSpace
  private let settings: InferenceSettings
  private let size: Int
  private let modalities: UnsafePointer<CompiledModel.ModalityPlan>
  private let modalityCount: Int
  private let likelihood: FixedBuffer<Number>
  private let candidate: FixedBuffer<Number>
  private let mass: FixedBuffer<Number>

  init(_ space: BeliefSpace, _ settings: InferenceSettings) {
    self.space = space
    self.settings = settings
    size = space.size
    modalities = UnsafePointer(space.compiled.modalities.base)
    modalityCount = space.compiled.modalities.count
    likelihood = FixedBuffer(zeros: space.compiled.scopes.map(\.columns).max() ?? 1)
    candidate = FixedBuffer(zeros: space.size)
    mass = FixedBuffer(zeros: 1)
  }

  func infer(
    _ prior: UnsafePointer<Number>, _ evidence: Evidence,
    _ tables: ModelTables<Arithmetic.Parameter>, _ ignored: FixedBuffer<Bool>,
    into posterior: UnsafeMutablePointer<Number>
  ) throws(ImpossibleObservation) -> LaneOutcome<Number> {
    let floor = Number(broadcast: settings.impossible == .floored ? smallestProbability : 0)
    for state in 0..<size { posterior[state] = .greater(prior[state], floor) }
    var logEvidence = Number.zero
    var isWeighed = false
    for modality in 0..<modalityCount where evidence.isObserved(modality) {
      weigh(evidence, modality, tables, floor)
      let total = multiply(posterior, scope: modalities[modality].scope)
      if Number.isGreater(total, .zero).all {
        mass.base[0] = total
        VectorMath.log(inPlace: mass.base, count: 1)
        logEvidence += mass.base[0]
        isWeighed = true
        for state in 0..<size { posterior[state] = candidate.base[state] / total }
      } else if settings.impossible == .ignore && Number.laneCount == 1 {
        ignored.base[modality] = true
      } else {
        throw ImpossibleObservation(modality: modality)
      }
    }
    if settings.impossible == .floored {
      normalize(posterior)
    } else if !isWeighed {
      normalizeDrift(posterior)
    }
    var outcome = LaneOutcome<Number>()
    outcome.complexity = divergence(posterior, prior, floor)
    outcome.freeEnergy = Number.zero - logEvidence
    outcome.accuracy = outcome.complexity + logEvidence
    outcome.sweeps = Number(broadcast: 1)
    outcome.converged = Number.Mask(broadcast: true)
    return outcome
  }

  /// Fills `likelihood` with what the observation says of each joint state of its scope.
  private func weigh(
    _ evidence: Evidence, _ modality: Int, _ tables: ModelTables<Arithmetic.Parameter>,
    _ floor: Number
  ) {
    let rows = tables.likelihoodRows.base[modality]
    if settings.convention == .pymdp1, let weights = evidence.weights(modality) {
      Arithmetic.geometricLikelihood(
        weights, rows, settings.convention, into: likelihood.base, scratch: candidate.base)
      return
    }
    Arithmetic.expectedLikelihood(evidence, modality, rows, into: likelihood.base)
    if settings.impossible == .floored {
      for column in 0..<rows.length {
        likelihood.base[column] = .greater(likelihood.base[column], floor)
      }
    }
  }

  /// Fills `candidate` with the product of the belief and the likelihood and returns its sum.
  private func multiply(_ belief: UnsafePointer<Number>, scope: Int) -> Number {
    if let columns = space.scopeColumns[scope]?.base {
      for state in 0..<size {
        candidate.base[state] = belief[state] * likelihood.base[Int(columns[state])]
      }
    } else {
      for state in 0..<size { candidate.base[state] = belief[state] * likelihood.base[state] }
    }
    return Number.sum(candidate.base, count: size)
  }

  /// Has a belief that nothing was observed for sum to 1 again, where more than rounding keeps it from
  /// that: a model's probabilities do within tolerance alone, and steps add up.
  private func normalizeDrift(_ belief: UnsafeMutablePointer<Number>) {
    let total = Number.sum(belief, count: size)
    let one = Number(broadcast: 1)
    let rounding = Number(broadcast: 1e-13)
    let isOff = Number.isGreater(.greater(total - one, one - total), rounding)
    let divisor = Number.choose(isOff, total, one)
    for state in 0..<size { belief[state] = belief[state] / divisor }
  }

  private func normalize(_ belief: UnsafeMutablePointer<Number>) {
    let total = Number.sum(belief, count: size)
    for state in 0..<size { belief[state] = belief[state] / total }
  }

  /// KL[q || prior] in nats; 0 ln 0 is 0.
  private func divergence(
    _ belief: UnsafePointer<Number>, _ prior: UnsafePointer<Number>, _ floor: Number
  ) -> Number {
    let one = Number(broadcast: 1)
    for state in 0..<size {
      candidate.base[state] = .choose(
        Number.isGreater(belief[state], .zero), belief[state] / .greater(prior[state], floor), one)
    }
    VectorMath.log(inPlace: candidate.base, count: size)
    return Number.dot(belief, candidate.base, count: size)
  }
}
