import Inference
import Kernels

/// How much one more count of each kind would teach about a categorical distribution, in nats.
///
///     exact       ln a0 - ln a + psi(a + 1) - psi(a0 + 1) = KL[Dir(a + e_o) || Dir(a)]
///     heuristic   1/a - 1/a0                              about twice that for large counts
///
/// `a0` is the sum of the counts. A count of zero has weight zero. Source: pymdp 1.x
/// `maths._exact_wnorm`, pymdp 0.0.7 `maths.spm_wnorm`, both with the sign reversed; the exact form
/// here cancels nothing, so it holds from 1e-12 to 1e12 counts.
public func noveltyWeights<Number: StepNumber>(
  _ counts: UnsafePointer<Number>, into weights: UnsafeMutablePointer<Number>, count: Int,
  _ novelty: PlanningSettings.Novelty, _ convention: PlanningConvention = .standard
) {
  // What the originals add to each count, or raise it to, before anything else.
  func conditioned(_ value: Number) -> Number {
    switch convention {
    case .standard: value
    case .pymdp1: .greater(value, Number(broadcast: smallestProbability))
    case .pymdp007: value + Number(broadcast: legacyOffset)
    }
  }
  var total = Number.zero
  for index in 0..<count { total += conditioned(counts[index]) }
  let whole = excess(total, novelty)
  for index in 0..<count {
    weights[index] = .choose(
      Number.isGreater(counts[index], .zero),
      excess(conditioned(counts[index]), novelty) - whole, .zero)
  }
}

/// The part of a weight that one count makes, lane by lane.
private func excess<Number: StepNumber>(
  _ count: Number, _ novelty: PlanningSettings.Novelty
) -> Number {
  guard novelty == .exact else { return Number(broadcast: 1) / count }
  var result = Number.zero
  for lane in 0..<Number.laneCount { result[lane: lane] = digammaExcess(count[lane: lane]) }
  return result
}

/// psi(a + 1) - ln a for a > 0: positive, falling, about 1 / (2a) for large a.
func digammaExcess(_ a: Double) -> Double {
  guard a > 16 else { return digamma(a + 1) - VectorMath.log(a) }
  // psi(a + 1) = psi(a) + 1/a; Abramowitz & Stegun 6.3.18.
  let inverse = 1 / a
  let square = inverse * inverse
  let series =
    1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132)))
  return inverse / 2 - square * series
}
