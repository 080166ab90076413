import ActiveInference
import Foundation

/// What one more count would teach.
extension BruteForce {
  /// KL[Dir(a + e) || Dir(a)] for one more count in each cell, or 1/a - 1/a0; 0 where a is 0.
  ///
  /// pymdp raises each count to 2^-52, pymdp 0.0.7 adds 1e-16.
  func noveltyWeights(_ counts: [Double]) -> [Double] {
    let raised = counts.map { count in
      switch configuration.planning.convention {
      case .standard: count
      case .pymdp1: max(count, 0x1p-52)
      case .pymdp007, .spm: count + 1e-16
      }
    }
    let total = raised.reduce(0, +)
    return zip(counts, raised).map { $0 == 0 ? 0 : noveltyWeight($1, of: total) }
  }

  private func noveltyWeight(_ count: Double, of total: Double) -> Double {
    if configuration.planning.novelty == .heuristic { return 1 / count - 1 / total }
    return log(total) - log(count) + BruteForce.digamma(count + 1) - BruteForce.digamma(total + 1)
  }

  /// E_q(s) E_P(o | s)[weight] over all modalities with counts; under pymdp outcome and state are
  /// averaged apart.
  func noveltyOfLikelihoods(_ belief: [Double]) -> Double {
    var sum = 0.0
    for (modality, counts) in counts.likelihood.enumerated() {
      guard let counts = counts.map(Table.init) else { continue }
      let weights = states.map { state in
        let given = model.likelihoods[modality].given.map { state[$0] }
        return noveltyWeights((0..<counts.shape[0]).map { counts[[$0] + given] })
      }
      for outcome in 0..<counts.shape[0] {
        let given = likelihoods(of: outcome, modality)
        sum += expectation(belief, of: given, times: weights.map { $0[outcome] })
      }
    }
    return sum
  }

  /// E_q(s) E_P(s' | s, u)[weight] over all factors with counts; under pymdp next state and last are
  /// averaged apart.
  func noveltyOfTransitions(_ belief: [Double], _ action: [Int]) -> Double {
    var sum = 0.0
    for (factor, counts) in counts.transition.enumerated() {
      guard let counts = counts.map(Table.init) else { continue }
      let table = model.transitions[factor]
      let weights = states.map { state in
        let given = table.given.map { state[$0] } + table.controls.map { action[$0] }
        return noveltyWeights((0..<counts.shape[0]).map { counts[[$0] + given] })
      }
      for next in 0..<counts.shape[0] {
        let given = states.map { probability(of: next, factor, after: $0, action) }
        sum += expectation(belief, of: given, times: weights.map { $0[next] })
      }
    }
    return sum
  }

  /// sum_s q(s) p(s) w(s), or under pymdp (sum_s q(s) p(s)) (sum_s q(s) w(s)).
  private func expectation(
    _ belief: [Double], of given: [Double], times weights: [Double]
  ) -> Double {
    func mean(_ values: [Double]) -> Double {
      zip(belief, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    if configuration.planning.convention == .standard { return mean(zip(given, weights).map(*)) }
    return mean(given) * mean(weights)
  }

  /// By recurrence to 40, then the asymptotic series.
  static func digamma(_ x: Double) -> Double {
    if x < 40 { return digamma(x + 1) - 1 / x }
    let y = 1 / (x * x)
    return log(x) - 1 / (2 * x) - y * (1 / 12.0 - y * (1 / 120.0 - y / 252))
  }
}
