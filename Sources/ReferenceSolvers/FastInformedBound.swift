import ActiveInference

/// The value of a belief if after each action its outcome and then the state before were known: an upper
/// bound that is never above that of ``QMDP``.
///
/// a_u(s) = r(s, u) + discount * sum over o of max over u' of sum over s' of P(s', o | s, u) a_u'(s'), and the
/// value of a belief is the greatest E[a_u(s)]. The lower bound is that of ``QMDP``.
///
/// Hauskrecht 2000, doi:10.1613/jair.678.
public struct FastInformedBound: BeliefValueFunction {
  /// The process that was solved.
  public let process: DecisionProcess
  /// By action, over the states that differ: no belief is worth more than the greatest of them says.
  let vectors: [[Double]]
  /// How often the vectors were improved.
  public let sweeps: Int
  private let lower: BlindLowerBound
  private let belief: BeliefProcess

  /// Improves the bound of ``QMDP`` until it changes by less than the tolerance, or so many times.
  ///
  /// - Throws: ``InvalidInput`` where ``QMDP`` would.
  /// - Complexity: O(actions squared times outcomes times states squared) a sweep.
  public init(
    _ process: DecisionProcess, tolerance: Double = 1e-9, sweeps most: Int = 10_000
  ) throws(InvalidInput) {
    try self.init(QMDP(process, tolerance: tolerance), BlindLowerBound(process), tolerance, most)
  }

  init(_ hoped: QMDP, _ lower: BlindLowerBound, _ tolerance: Double, _ most: Int) {
    process = hoped.process
    self.lower = lower
    belief = lower.belief
    let states = process.stateCount
    let solution = hoped.solution
    var vectors = (0..<process.actionCount).map { action in
      var vector = [Double](repeating: 0, count: lower.belief.size)
      for state in 0..<states {
        guard let index = lower.belief.member[state] else { continue }
        vector[index] = solution.actionValues[action * states + state] + solution.errorBound
      }
      return vector
    }
    var count = 0
    while count < most {
      let next = FastInformedBound.improved(vectors, lower.belief)
      count += 1
      // Every one of them is a bound, so the lesser of two is.
      var change = 0.0
      for action in vectors.indices {
        for state in vectors[action].indices where next[action][state] < vectors[action][state] {
          change = max(change, vectors[action][state] - next[action][state])
          vectors[action][state] = next[action][state]
        }
      }
      if change <= tolerance * (1 - process.discount) { break }
    }
    self.vectors = vectors
    sweeps = count
  }

  private static func improved(_ vectors: [[Double]], _ belief: BeliefProcess) -> [[Double]] {
    belief.rewards.indices.map { action in
      var result = belief.rewards[action]
      for branch in belief.branches[action] {
        let futures = vectors.map { belief.previous($0, branch) }
        for state in result.indices {
          result[state] += futures.reduce(-.infinity) { max($0, $1[state]) }
        }
      }
      return result
    }
  }

  /// E[a_u(s)] by action.
  public func actionValues(of belief: [Double]) -> [Double] {
    let reduced = self.belief.reduced(belief)
    return vectors.map { dot($0, reduced) }
  }

  /// The action whose bound is greatest; the lowest index wins a tie.
  public func action(for belief: [Double]) -> Int { greatestIndex(actionValues(of: belief)) }

  /// At least what the best single action gains for ever, at most what the fast informed bound says.
  public func value(of belief: [Double]) -> ValueBounds {
    ValueBounds(
      lower: lower.value(of: belief), upper: actionValues(of: belief).max() ?? 0)
  }
}
