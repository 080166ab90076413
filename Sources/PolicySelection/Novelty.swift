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
public func noveltyWeights(
  _ counts: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>, count: Int,
  _ novelty: PlanningSettings.Novelty, _ convention: PlanningConvention = .standard
) {
  // What the originals add to each count, or raise it to, before anything else.
  func conditioned(_ value: Double) -> Double {
    switch convention {
    case .standard: value
    case .pymdp1: max(value, smallestProbability)
    case .pymdp007: value + legacyOffset
    }
  }
  var total = 0.0
  for index in 0..<count { total += conditioned(counts[index]) }
  for index in 0..<count {
    guard counts[index] > 0 else {
      weights[index] = 0
      continue
    }
    let a = conditioned(counts[index])
    weights[index] =
      novelty == .exact
      ? digammaExcess(a) - digammaExcess(total) : 1 / a - 1 / total
  }
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
