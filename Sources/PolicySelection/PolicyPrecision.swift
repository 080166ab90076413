import Kernels

/// How the precision of the policies is inferred: `planning.precision` of `aif.agent/1`.
public struct PrecisionSettings: Hashable, Sendable {
  /// The rate of the prior over precision (beta): before anything is observed precision is 1 / beta; 0.001 to 1e6.
  public var beta = 1.0
  /// Updates a step, at least 1.
  public var updates = 16

  /// The values of SPM.
  public init() {}
}

/// Finds the posterior over policies where these have free energies of their own, and how precise it is.
///
///     q(pi)   softmax(ln E + gamma * -G - F)        posterior
///     p(pi)   softmax(ln E + gamma * -G)            prior
///     b  <-   b - ((b - beta) + (q - p) . -G) / 2,  gamma = 1 / b
///
/// The rate b goes on from step to step. (Friston, FitzGerald, Rigoli, Schwartenbeck & Pezzulo 2017,
/// doi:10.1162/NECO_a_00912; in every constant as SPM's `spm_MDP_VB_X.m`.) Without settings precision is
/// fixed.
public final class PolicyPrecision {
  private let settings: PrecisionSettings?
  private let gamma: Double
  private let count: Int
  private let prior: FixedBuffer<Double>
  /// The rate b.
  @exclusivity(unchecked) private var rate = 1.0
  /// gamma after every update of the last step; the fixed one where none is made.
  public let updates: FixedBuffer<Double>
  /// The free energy of the last step over states and policies, in nats: KL[q(pi) || p(pi)] + q(pi) . F.
  @exclusivity(unchecked) public private(set) var freeEnergy = 0.0

  /// Precision of so many policies.
  ///
  /// - Parameter gamma: what it is where it is not inferred.
  public init(_ settings: PrecisionSettings?, gamma: Double, policies: Int) {
    self.settings = settings
    self.gamma = gamma
    count = policies
    prior = FixedBuffer(zeros: policies)
    updates = FixedBuffer(zeros: settings?.updates ?? 1)
    begin()
  }

  /// gamma as it is now.
  public var precision: Double { updates.base[updates.count - 1] }

  /// Begins an episode.
  public func begin() {
    rate = settings?.beta ?? 1
    for index in 0..<updates.count { updates.base[index] = settings.map { 1 / $0.beta } ?? gamma }
    freeEnergy = 0
  }

  /// Weighs the policies of a step.
  ///
  /// - Parameters:
  ///   - values: -G, larger is better.
  ///   - freeEnergy: F, less is better.
  ///   - isWeighed: which policies are in question; the others have posterior zero.
  ///   - floor: what SPM adds before it takes the logarithms of `freeEnergy`; 0 where these are exact.
  /// - Complexity: O(updates x policies).
  public func weigh(
    values: UnsafePointer<Double>, freeEnergy: UnsafePointer<Double>,
    logHabit: UnsafePointer<Double>, isWeighed: UnsafePointer<Bool>, floor: Double,
    into posterior: UnsafeMutablePointer<Double>
  ) {
    var gamma = precision
    // Relative to the best, which changes nothing but what is too large for a number.
    var best = -Double.infinity
    for policy in 0..<count where isWeighed[policy] { best = max(best, values[policy]) }
    for update in 0..<updates.count {
      for policy in 0..<count {
        let before =
          isWeighed[policy] ? logHabit[policy] + gamma * (values[policy] - best) : -.infinity
        prior.base[policy] = before
        posterior[policy] = before - (isWeighed[policy] ? freeEnergy[policy] : 0)
      }
      normalize(prior.base, isWeighed)
      normalize(posterior, isWeighed)
      if let settings {
        var gain = 0.0
        for policy in 0..<count where isWeighed[policy] {
          gain += (posterior[policy] - prior.base[policy]) * (values[policy] - best)
        }
        let next = rate - (rate - settings.beta + gain) / 2
        // A rate may become negative, as in SPM, but precision stays a number.
        if next.isFinite && (1 / next).isFinite {
          rate = next
          gamma = 1 / rate
        }
      }
      updates.base[update] = gamma
    }
    findFreeEnergy(freeEnergy, posterior, isWeighed, floor)
  }

  /// Turns log weights into probabilities; where they are too large for that, all that are weighed are
  /// alike.
  private func normalize(
    _ weights: UnsafeMutablePointer<Double>, _ isWeighed: UnsafePointer<Bool>
  ) {
    if softmax(inPlace: weights, count: count) { return }
    var weighed = 0.0
    for policy in 0..<count where isWeighed[policy] { weighed += 1 }
    for policy in 0..<count { weights[policy] = isWeighed[policy] ? 1 / weighed : 0 }
  }

  private func findFreeEnergy(
    _ freeEnergy: UnsafePointer<Double>, _ posterior: UnsafePointer<Double>,
    _ isWeighed: UnsafePointer<Bool>, _ floor: Double
  ) {
    var energy = 0.0
    for policy in 0..<count where isWeighed[policy] && posterior[policy] > 0 {
      let surplus =
        VectorMath.log(posterior[policy] + floor)
        - VectorMath.log(max(prior.base[policy], .leastNormalMagnitude) + floor)
      energy += posterior[policy] * (freeEnergy[policy] + surplus)
    }
    self.freeEnergy = energy
  }
}
