import ActiveInference

/// The optimal value of every state of a process whose state is seen, with a bound on the error.
///
/// V(s) = max over u of r(s, u) + discount * sum over s' of P(s' | s, u) V(s'), swept through in turn until
/// the bound is as small as asked or rounding lets it be. Below discount 1 the bound is that of the last
/// change, discount / (1 - discount) times; at discount 1 a band around the values is sought that the
/// equation leaves in neither direction, as wide as the longest way to an end asks for. (Where equally good
/// actions may wander for ever, the bound is that of rounding on the shortest way.)
///
/// ```swift
/// let solution = try ValueIteration(process, tolerance: 1e-9)
/// solution.values[0]  // within solution.errorBound of the optimum
/// ```
///
/// Bertsekas, Dynamic Programming and Optimal Control, 4th edition, volume II, chapters 1 to 3.
public struct ValueIteration: Sendable {
  /// The process that was solved.
  public let process: DecisionProcess
  /// V by state.
  public let values: [Double]
  /// Q as `[action][state]`.
  public let actionValues: [Double]
  /// The best action by state; the lowest index wins a tie, at discount 1 among those that end soonest.
  public let policy: [Int]
  /// No value, of V or of Q, is farther than this from the optimum; infinity where nothing is proven.
  public let errorBound: Double
  /// How often all states were gone through.
  public let sweeps: Int

  /// Solves a process over as many actions as an episode may have.
  ///
  /// At discount 1 the optimum is that of all ways to act that end with certainty; states that nothing is
  /// gained in for ever count as ends.
  ///
  /// - Parameters:
  ///   - tolerance: the error that is good enough, at least 0.
  ///   - sweeps: the most that is done, at least 1.
  /// - Throws: ``InvalidInput`` where the values grow without end.
  /// - Complexity: O(transitions) a sweep.
  public init(
    _ process: DecisionProcess, tolerance: Double = 1e-9, sweeps most: Int = 100_000
  ) throws(InvalidInput) {
    var sweep = BellmanSweep(process)
    var small = tolerance / 1024
    var bound = Double.infinity
    while sweep.count < most {
      for _ in 0..<8 { sweep.improveInPlace() }
      let change = sweep.improve()
      let rounding = sweep.rounding
      if !sweep.isFinite { throw ValueIteration.unbounded }
      if process.discount < 1 {
        bound = (process.discount * change + rounding) / (1 - process.discount)
        if bound <= tolerance || change <= rounding || change == 0 { break }
      } else if change <= max(small, rounding) {
        bound = sweep.undiscountedBound(change: change + rounding)
        if bound <= tolerance || change <= rounding { break }
        small /= 1024
      }
    }
    if process.discount == 1 && bound == .infinity && sweep.isDrifting {
      throw ValueIteration.unbounded
    }
    self.init(sweep, sweep.values, ends: process.discount == 1, errorBound: bound)
  }

  /// Solves a process that ends after so many actions, whatever state it is in.
  ///
  /// - Parameter horizon: actions, at least 1; ``policy`` is that of the first.
  public init(_ process: DecisionProcess, horizon: Int) {
    var sweep = BellmanSweep(process)
    var bound = 0.0
    for _ in 0..<max(horizon, 1) {
      _ = sweep.improve()
      bound = process.discount * bound + sweep.rounding
    }
    self.init(sweep, sweep.previous, errorBound: bound)
  }

  /// - Parameters:
  ///   - source: the values of what an action leads to.
  ///   - ends: whether of equal actions those come first that lead to an end.
  private init(
    _ sweep: BellmanSweep, _ source: [Double], ends: Bool = false, errorBound: Double
  ) {
    process = sweep.process
    values = sweep.values
    let states = process.stateCount
    var all = [Double](repeating: 0, count: process.actionCount * states)
    var policy = [Int](repeating: 0, count: states)
    for state in 0..<states where !process.isTerminal[state] {
      for action in 0..<process.actionCount {
        let value = process.actionValue(action, state, source)
        all[action * states + state] = value
        if value > all[policy[state] * states + state] { policy[state] = action }
      }
    }
    actionValues = all
    self.policy = ends ? sweep.policyThatEnds() : policy
    self.errorBound = errorBound
    sweeps = sweep.count
  }

  /// What the best agent gains from P(first state), where it always sees the state.
  public var initialValue: ValueBounds {
    let value = zip(process.initialBelief, values).reduce(0) { $0 + $1.0 * $1.1 }
    return ValueBounds(lower: value - errorBound, upper: value + errorBound)
  }

  private static var unbounded: InvalidInput {
    InvalidInput(
      source: "decision process",
      [
        Fault(
          "discount", "leaves the values without a limit",
          remedy: "give a discount below 1, or end the process in a terminal state")
      ])
  }
}
