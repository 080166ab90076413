import GenerativeModel
import Kernels

/// Control of a Markov chain whose cost is how far it is driven from how it goes by itself (Todorov 2009,
/// doi:10.1073/pnas.0710743106).
///
/// Of all ways u(s' | s) to drive the chain, the one that maximises
///
///     E_u [sum_t r(s_t) - KL[u(. | s_t) || p(. | s_t)]]
///
/// over states s_0 ... s_T. With the desirability z = exp(value) the Bellman equation is linear:
///
///     z_T = exp(r),   z_t = exp(r) * P^T z_{t+1},   u*(s' | s) = p(s' | s) z_{t+1}(s') / sum over s' of the same
///
/// so that exp(value) is the exponential of the reward averaged over what the chain does by itself.
///
/// ```swift
/// let chain = [[0.5, 0.5], [0.5, 0.5]]
/// let control = try KLControl(passive: chain, reward: [0, 1], horizon: 3)
/// control.nextStates(from: 0, at: 0)
/// ```
public struct KLControl: Hashable, Sendable {
  /// p(s' | s) as `[next][state]`.
  public let passive: [[Double]]
  /// r(s) in nats.
  public let reward: [Double]
  /// The value of each state, ln z in nats, as `[step][state]` with `horizon + 1` steps.
  public let values: [[Double]]

  /// The number of transitions, T.
  public var horizon: Int { values.count - 1 }

  /// Solves the control problem backward from its end.
  ///
  /// - Parameters:
  ///   - passive: what the chain does by itself, `[next][state]`, each column summing to 1.
  ///   - reward: r(s) in nats, finite.
  ///   - horizon: the number of transitions, at least 0.
  /// - Throws: ``InvalidInput`` where the chain is none, or the reward does not fit it.
  /// - Complexity: O(horizon x states x states).
  public init(passive: [[Double]], reward: [Double], horizon: Int) throws(InvalidInput) {
    try KLControl.check(passive, reward, horizon)
    self.passive = passive
    self.reward = reward
    let logPassive = passive.map { $0.map { VectorMath.log($0) } }
    var backward = [reward]
    for _ in 0..<horizon {
      let later = backward[backward.count - 1]
      backward.append(
        reward.indices.map { state in
          let ways = later.indices.map { logPassive[$0][state] + later[$0] }
          return reward[state] + logSumExp(ways, count: ways.count)
        })
    }
    values = backward.reversed()
  }

  /// u*(s' | s): where the chain is best driven from a state, a distribution over the next one.
  ///
  /// - Precondition: the step is below the horizon.
  public func nextStates(from state: Int, at step: Int) -> [Double] {
    precondition(0..<horizon ~= step, "there is a transition from steps below the horizon")
    let later = values[step + 1]
    var weights = later.indices.map { VectorMath.log(passive[$0][state]) + later[$0] }
    softmax(inPlace: &weights, count: weights.count)
    return weights
  }

  private static func check(
    _ passive: [[Double]], _ reward: [Double], _ horizon: Int
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    let count = passive.count
    if count == 0 || passive.contains(where: { $0.count != count }) {
      faults.append(
        Fault("passive", "is not square", remedy: "give [next][state] over the same states"))
    } else {
      for state in 0..<count where !isDistribution(passive.map { $0[state] }) {
        faults.append(
          Fault(
            "passive, state \(state)", "is not a distribution over next states",
            remedy: "probabilities from 0 that sum to 1"))
      }
    }
    if reward.count != count || !reward.allSatisfy(\.isFinite) {
      faults.append(Fault("reward", "is not \(count) finite numbers"))
    }
    if horizon < 0 { faults.append(Fault("horizon", "is \(horizon)", remedy: "give 0 or more")) }
    if !faults.isEmpty { throw InvalidInput(faults) }
  }
}

/// Whether numbers are probabilities that sum to 1 within 1e-6.
func isDistribution(_ values: [Double]) -> Bool {
  values.allSatisfy { $0 >= 0 && $0.isFinite } && abs(values.reduce(0, +) - 1) <= 1e-6
}
