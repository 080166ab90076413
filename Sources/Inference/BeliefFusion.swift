import GenerativeModel
import Kernels

/// What several agents believe together of states that they share.
///
///     q(s) ~ p(s)^(1 - n) prod_i q_i(s) = p(s) prod_i q_i(s) / p(s),   0 where p(s) is 0
///
/// That is the posterior of one who has seen what all of them have, exactly, where the n agents began with
/// the same prior p and their outcomes are independent given the states. Multiplying posteriors without
/// p^(1 - n) would count the prior n times. Agents that have learned nothing change nothing.
///
/// ```swift
/// let prior = [0.5, 0.5]
/// let fused = try BeliefFusion.fuse([[0.8, 0.2], [0.6, 0.4]], prior: prior)
/// ```
public enum BeliefFusion {
  /// A reason why beliefs cannot be fused.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The agent's prior is not that of the first.
    case differentPriors(agent: Int, state: Int)
    /// An agent believes in a state that the prior rules out.
    case outsideThePrior(agent: Int, state: Int)
    /// No state is left that every agent thinks possible.
    case contradiction

    /// What is wrong, in a sentence.
    public var description: String {
      switch self {
      case .differentPriors(let agent, let state):
        "agent \(agent) began with another prior than agent 0, at state \(state);"
          + " beliefs are fused from one prior that all share"
      case .outsideThePrior(let agent, let state):
        "agent \(agent) believes in state \(state), which the common prior rules out"
      case .contradiction: "no state is possible for every agent"
      }
    }
  }

  /// By how much two priors that are the same may differ, for they are found by different sums.
  public static let tolerance = 1e-9

  /// Fuses beliefs of agents that began with a common prior.
  ///
  /// - Parameters:
  ///   - beliefs: a posterior an agent, each over the same states; at least one.
  ///   - prior: what each of them believed before it saw anything that the others have not.
  /// - Throws: ``Failure``; ``InvalidInput`` where something is no distribution over the states.
  /// - Complexity: O(agents x states).
  public static func fuse(_ beliefs: [[Double]], prior: [Double]) throws -> [Double] {
    try check(beliefs + [prior])
    var total = [Double](repeating: 0, count: prior.count)
    for state in prior.indices {
      for (agent, belief) in beliefs.enumerated() where prior[state] == 0 && belief[state] > 0 {
        throw Failure.outsideThePrior(agent: agent, state: state)
      }
      // In logarithms, so that neither many agents nor small numbers underflow.
      let own = VectorMath.log(prior[state])
      total[state] = own
      for belief in beliefs where prior[state] > 0 {
        total[state] += VectorMath.log(belief[state]) - own
      }
    }
    guard softmax(inPlace: &total, count: total.count) else { throw Failure.contradiction }
    return total
  }

  /// Fuses beliefs of agents that each say what they began with.
  ///
  /// - Parameter reports: an agent's prior and posterior.
  /// - Throws: ``Failure``, also where priors differ by more than ``tolerance``; ``InvalidInput`` where
  ///   something is no distribution over the same states.
  public static func fuse(
    _ reports: [(prior: [Double], belief: [Double])]
  ) throws -> [Double] {
    try check(reports.flatMap { [$0.prior, $0.belief] })
    for (agent, report) in reports.enumerated() {
      let differing = report.prior.indices.first {
        abs(report.prior[$0] - reports[0].prior[$0]) > tolerance
          || (report.prior[$0] == 0) != (reports[0].prior[$0] == 0)
      }
      if let differing { throw Failure.differentPriors(agent: agent, state: differing) }
    }
    return try fuse(reports.map(\.belief), prior: reports[0].prior)
  }

  private static func check(_ distributions: [[Double]]) throws(InvalidInput) {
    var faults: [Fault] = []
    let count = distributions.first?.count ?? 0
    if distributions.count < 2 || count == 0 {
      faults.append(Fault("beliefs", "are none", remedy: "give one an agent"))
    }
    for (index, values) in distributions.enumerated() {
      let isDistribution =
        values.count == count && values.allSatisfy { $0 >= 0 && $0.isFinite }
        && abs(values.reduce(0, +) - 1) <= 1e-6
      if isDistribution { continue }
      faults.append(
        Fault(
          "beliefs[\(index)]", "is not a distribution over \(count) states",
          remedy: "probabilities from 0 that sum to 1, and the prior's too"))
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
  }
}
