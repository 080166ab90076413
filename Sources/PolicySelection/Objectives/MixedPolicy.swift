import GenerativeModel
import Kernels

/// A distribution over policies whose outcomes together are as often as they are preferred.
///
/// An agent that maximises evidence takes the one policy with the best outcomes. One that minimises the
/// divergence of q(o) from p~(o) has to mix policies (Millidge, Tschantz, Seth & Buckley 2021,
/// arXiv:2103.06859):
///
///     minimise over w   KL[sum_u w_u q(o | u) || c(o)],   c = softmax(C)
///
/// which is convex. It is found by exponentiated gradient, w_u <- w_u exp(-eta g_u) normalised, with
/// g_u = sum_o q(o | u) ln(q_w(o) / c(o)). A step with eta = 1 never makes the divergence larger; longer
/// ones are tried and kept where they keep what eta = 1 promises. Where policies lead to much the same
/// outcomes it takes many steps; ``gap`` says how far it has come.
///
/// ```swift
/// let mixed = try MixedPolicy(outcomes: [[1, 0], [0, 1]], logPreferences: [0, 1])
/// mixed.weights          // softmax of [0, 1]
/// ```
public struct MixedPolicy: Hashable, Sendable {
  /// w: a probability a policy.
  public let weights: [Double]
  /// q_w(o), a probability an outcome.
  public let outcomes: [Double]
  /// KL[q_w(o) || c(o)] in nats.
  public let divergence: Double
  /// E_q_w(o)[ln c(o)] in nats.
  public let expectedLogPreference: Double
  /// The divergence is at most so many nats above the least there is.
  ///
  /// The duality gap sum_u w_u g_u - min_u g_u.
  public let gap: Double
  /// The steps that were taken.
  public let iterations: Int
  /// Whether the gap came down to the tolerance.
  public let isConverged: Bool

  /// The policy that maximises evidence, E_q(o | u)[ln c(o)]; the first of several.
  public static func mostEvidence(outcomes: [[Double]], logPreferences: [Double])
    throws(InvalidInput)
    -> Int
  {
    try check(outcomes, logPreferences, tolerance: 0, iterations: 1)
    let c = logSoftmax(logPreferences)
    let evidence = outcomes[0].indices.map { policy in
      outcomes.indices.reduce(0) { $0 + outcomes[$1][policy] * c[$1] }
    }
    return evidence.indices.reduce(0) { evidence[$1] > evidence[$0] ? $1 : $0 }
  }

  /// Finds the mixture of policies from one where all are as probable.
  ///
  /// - Parameters:
  ///   - predicted: q(o | u) as `[outcome][policy]`, each column summing to 1.
  ///   - logPreferences: C by outcome in nats, finite.
  ///   - tolerance: the gap in nats at which to end, 0 or more.
  ///   - limit: the most steps, at least 1.
  /// - Throws: ``InvalidInput`` where the numbers are none such.
  /// - Complexity: O(outcomes x policies) a step; the gap is at most of the order of ln(policies) / steps.
  public init(
    outcomes predicted: [[Double]], logPreferences: [Double], tolerance: Double = 1e-12,
    iterations limit: Int = 10_000
  ) throws(InvalidInput) {
    try MixedPolicy.check(predicted, logPreferences, tolerance: tolerance, iterations: limit)
    let target = logSoftmax(logPreferences)
    let count = predicted[0].count
    var point = Point(
      [Double](repeating: -VectorMath.log(Double(count)), count: count), predicted, target)
    var rate = 1.0
    var steps = 0
    while point.gap > tolerance && steps < limit {
      let next = point.moved(by: rate, predicted, target)
      steps += 1
      // The divergence is 1-smooth relative to KL between weights, so that this holds for a rate of 1.
      if rate > 1 && next.divergence > point.bound(at: next, rate) {
        rate = max(1, rate / 2)
        continue
      }
      point = next
      rate = min(rate * 2, 1e6)
    }
    weights = point.weights
    outcomes = point.outcomes
    divergence = max(0, point.divergence)
    expectedLogPreference = zip(point.outcomes, target).reduce(0) { $0 + $1.0 * $1.1 }
    gap = max(0, point.gap)
    iterations = steps
    isConverged = point.gap <= tolerance
  }

  /// Weights and what follows from them.
  private struct Point {
    let logWeights: [Double]
    let weights: [Double]
    let outcomes: [Double]
    let gradient: [Double]
    let divergence: Double
    let gap: Double

    init(_ logWeights: [Double], _ predicted: [[Double]], _ target: [Double]) {
      self.logWeights = logSoftmax(logWeights)
      let weights = self.logWeights.map { VectorMath.exp($0) }
      let outcomes = predicted.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
      let excess = zip(outcomes, target).map { max(VectorMath.log($0), -745) - $1 }
      gradient = weights.indices.map { policy in
        predicted.indices.reduce(0) { $0 + predicted[$1][policy] * excess[$1] }
      }
      let mean = zip(weights, gradient).reduce(0) { $0 + $1.0 * $1.1 }
      divergence = zip(outcomes, excess).reduce(0) { $0 + $1.0 * $1.1 }
      gap = mean - (gradient.min() ?? 0)
      self.weights = weights
      self.outcomes = outcomes
    }

    func moved(by rate: Double, _ predicted: [[Double]], _ target: [Double]) -> Point {
      Point(zip(logWeights, gradient).map { $0 - rate * $1 }, predicted, target)
    }

    /// What the divergence of another point is at most where the rate is one that may be taken.
    func bound(at other: Point, _ rate: Double) -> Double {
      var bound = divergence
      for policy in weights.indices {
        let w = other.weights[policy]
        bound += gradient[policy] * (w - weights[policy])
        bound += w * (other.logWeights[policy] - logWeights[policy]) / rate
      }
      return bound
    }
  }

  private static func check(
    _ outcomes: [[Double]], _ preferences: [Double], tolerance: Double, iterations: Int
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    let count = outcomes.first?.count ?? 0
    if count == 0 || outcomes.contains(where: { $0.count != count }) {
      faults.append(
        Fault("outcomes", "has rows of unequal length, or none", remedy: "give [outcome][policy]"))
    } else {
      for policy in 0..<count where !isDistribution(outcomes.map { $0[policy] }) {
        faults.append(
          Fault(
            "outcomes, policy \(policy)", "is not a distribution",
            remedy: "probabilities from 0 that sum to 1"))
      }
    }
    if preferences.count != outcomes.count || !preferences.allSatisfy(\.isFinite) {
      faults.append(Fault("logPreferences", "is not \(outcomes.count) finite numbers"))
    }
    if !(tolerance >= 0 && tolerance.isFinite) {
      faults.append(Fault("tolerance", "is \(tolerance)", remedy: "give 0 or more nats"))
    }
    if iterations < 1 {
      faults.append(Fault("iterations", "is \(iterations)", remedy: "give 1 or more"))
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
  }
}
