import ActiveInference

/// The value of a belief if the state became known after one action: max over u of E[Q(s, u)].
///
/// An upper bound of the optimum, for nobody knows more than that, and a way to act that never does
/// anything to find out. The lower bound is what the best single action gains if it is done for ever.
///
/// Littman, Cassandra and Kaelbling 1995, doi:10.1016/B978-1-55860-377-6.50052-9.
public struct QMDP: BeliefValueFunction {
  /// The process that was solved.
  public let process: DecisionProcess
  /// The solution where the state is seen.
  public let solution: ValueIteration
  private let lower: BlindLowerBound

  /// Solves the process as if its state were seen.
  ///
  /// - Throws: ``InvalidInput`` where that has no finite values, or the discount is 1.
  public init(_ process: DecisionProcess, tolerance: Double = 1e-9) throws(InvalidInput) {
    self.process = process
    lower = try BlindLowerBound(process)
    solution = try ValueIteration(process, tolerance: tolerance)
  }

  /// E[Q(s, u)] by action.
  public func actionValues(of belief: [Double]) -> [Double] {
    let states = process.stateCount
    return (0..<process.actionCount).map { action in
      var value = 0.0
      for state in 0..<states {
        value += belief[state] * solution.actionValues[action * states + state]
      }
      return value
    }
  }

  /// The best action if the state became known after it; the lowest index wins a tie.
  public func action(for belief: [Double]) -> Int { greatestIndex(actionValues(of: belief)) }

  /// At least what the best single action gains for ever, at most what QMDP hopes for.
  public func value(of belief: [Double]) -> ValueBounds {
    let hoped = actionValues(of: belief).max() ?? 0
    return ValueBounds(lower: lower.value(of: belief), upper: hoped + solution.errorBound)
  }
}

/// The index of the greatest number; the lowest wins a tie.
func greatestIndex(_ values: [Double]) -> Int {
  var best = 0
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}

/// What the best single action gains, done for ever.
struct BlindLowerBound: Sendable {
  let belief: BeliefProcess
  private let values: [[Double]]

  init(_ process: DecisionProcess) throws(InvalidInput) {
    if process.discount == 1 {
      throw InvalidInput(
        source: "decision process",
        [
          Fault(
            "discount", "is 1, at which beliefs have no bounded value for ever",
            remedy: "give one below 1, or a horizon, or a process whose states are seen")
        ])
    }
    belief = try BeliefProcess(process)
    values = belief.blindValues()
  }

  func value(of belief: [Double]) -> Double {
    let reduced = self.belief.reduced(belief)
    return values.map { dot($0, reduced) }.max() ?? 0
  }
}
