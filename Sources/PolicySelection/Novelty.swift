import Inference
import Kernels

/// How much one more count of each kind would teach about a categorical distribution, in nats.
///
///     exact       ln a0 - ln a + psi(a + 1) - psi(a0 + 1) = KL[Dir(a + e_o) || Dir(a)]
///     heuristic   1/a - 1/a0                              about twice that for large counts
///     spm         half of that
///
/// `a0` is the sum of the counts. A count of zero has weight zero. Source: pymdp 1.x
/// `maths._exact_wnorm`, pymdp 0.0.7 `maths.spm_wnorm`, both with the sign reversed; the exact form
/// here cancels nothing, so it holds from 1e-12 to 1e12 counts.
///
/// - Parameter scratch: room for `count` numbers.
public func noveltyWeights<Number: StepNumber>(
  _ counts: UnsafePointer<Number>, into weights: UnsafeMutablePointer<Number>, count: Int,
  _ novelty: PlanningSettings.Novelty, _ convention: PlanningConvention = .standard,
  scratch: UnsafeMutablePointer<Number>
) {
  // What the originals add to each count, or raise it to, before anything else.
  func conditioned(_ value: Number) -> Number {
    switch convention {
    case .standard: value
    case .pymdp1: .greater(value, Number(broadcast: smallestProbability))
    case .pymdp007, .spm: value + Number(broadcast: legacyOffset)
    }
  }
  var total = Number.zero
  for index in 0..<count { total += conditioned(counts[index]) }
  guard novelty == .exact else {
    let one = Number(broadcast: novelty == .spm ? 0.5 : 1)
    for index in 0..<count {
      weights[index] = .choose(
        Number.isGreater(counts[index], .zero), one / conditioned(counts[index]) - one / total,
        .zero)
    }
    return
  }
  // psi(a + 1) - ln a, the part that one count makes, for all counts at once.
  var excess = Number.zero
  for lane in 0..<Number.laneCount {
    excess[lane: lane] = VectorMath.digammaExcess(total[lane: lane])
  }
  switch convention {
  case .standard: VectorMath.digammaExcess(counts, into: weights, count: count)
  case .pymdp1, .pymdp007, .spm:
    for index in 0..<count { scratch[index] = conditioned(counts[index]) }
    VectorMath.digammaExcess(UnsafePointer(scratch), into: weights, count: count)
  }
  for index in 0..<count {
    weights[index] = .choose(
      Number.isGreater(counts[index], .zero), weights[index] - excess, .zero)
  }
}
