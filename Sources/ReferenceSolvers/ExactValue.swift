import ActiveInference

/// The optimal value of every belief of a small partially observed process, by incremental pruning.
///
/// The value over so many actions is the greatest of finitely many linear functions of the belief. Each
/// improvement makes those of one more action out of the last, outcome by outcome, and leaves out at once
/// what is nowhere best. Over a horizon the value is exact up to rounding; for ever it comes with bounds
/// from the last change.
///
/// ```swift
/// let solution = try ExactValue(process, tolerance: 1e-6)
/// solution.initialValue.lower  // no agent can be certain of more than .upper
/// ```
///
/// Cassandra, Littman and Zhang 1997, arXiv:1302.1525.
public struct ExactValue: BeliefValueFunction {
  /// The process that was solved.
  public let process: DecisionProcess
  /// By how much no belief's value is less than what the vectors say, and by how much it may be more.
  private let below: Double
  private let above: Double
  /// How many actions were looked ahead.
  public let horizon: Int
  /// How many linear functions the value consists of.
  public var vectorCount: Int { functions.vectors.count }
  private let functions: VectorSet
  private let belief: BeliefProcess

  /// The most linear functions that are held at once.
  public static let largestCount = 20_000

  /// Looks ahead until no belief's value can be off by more than the tolerance, or so many actions.
  ///
  /// - Throws: ``InvalidInput`` where the discount is 1, or there are too many linear functions.
  public init(
    _ process: DecisionProcess, tolerance: Double = 1e-6, improvements most: Int = 100_000
  ) throws(InvalidInput) {
    let lower = try BlindLowerBound(process)
    let rest = 1 - process.discount
    var state = IncrementalPruning(
      lower.belief, startingFrom: lower.belief.blindValues(), error: tolerance * rest / 8)
    var above = Double.infinity
    var below = 0.0
    var count = 0
    while count < most {
      let last = state.functions
      try state.improve()
      count += 1
      // A bound from below stays one, but for what pruning and rounding take away in each improvement.
      below = state.error / rest
      above = (process.discount * max(state.functions.excess(over: last), 0) + state.error) / rest
      if above <= tolerance || above <= 2 * below { break }
    }
    self.init(process, state, below: below, above: above, horizon: count)
  }

  /// Looks exactly so many actions ahead; nothing is gained after them.
  ///
  /// - Throws: ``InvalidInput`` where there are too many linear functions.
  public init(_ process: DecisionProcess, horizon: Int) throws(InvalidInput) {
    let belief = try BeliefProcess(process)
    var state = IncrementalPruning(
      belief, startingFrom: [[Double](repeating: 0, count: belief.size)])
    var error = 0.0
    for _ in 0..<horizon {
      try state.improve()
      error = process.discount * error + state.error
    }
    self.init(process, state, below: error, above: error, horizon: horizon)
  }

  private init(
    _ process: DecisionProcess, _ state: IncrementalPruning, below: Double, above: Double,
    horizon: Int
  ) {
    self.process = process
    belief = state.belief
    functions = state.functions
    self.below = below
    self.above = above
    self.horizon = horizon
  }

  /// What the best agent gains from a belief.
  public func value(of belief: [Double]) -> ValueBounds {
    let value = functions.value(of: self.belief.reduced(belief))
    return ValueBounds(lower: value - below, upper: value + above)
  }

  /// The best action at a belief, looking one more action ahead; the lowest index wins a tie.
  public func action(for belief: [Double]) -> Int {
    let reduced = self.belief.reduced(belief)
    return greatestIndex(
      self.belief.rewards.indices.map { action in
        self.belief.branches[action].reduce(dot(self.belief.rewards[action], reduced)) {
          $0 + process.discount * functions.value(of: self.belief.next(reduced, $1))
        }
      })
  }
}

/// One action more at a time.
private struct IncrementalPruning {
  let belief: BeliefProcess
  private(set) var functions: VectorSet
  /// What the last improvement may have lost or gained by pruning and rounding.
  private(set) var error = 0.0
  /// What all pruning of an improvement may lose.
  private let allowed: Double

  /// - Parameter error: what an improvement may lose; it may lose what rounding does in any case.
  init(_ belief: BeliefProcess, startingFrom vectors: [[Double]], error: Double = 0) {
    self.belief = belief
    allowed = error
    functions = VectorSet(vectors)
    functions.prune(tolerance: 0)
  }

  mutating func improve() throws(InvalidInput) {
    let greatest = (functions.vectors + belief.rewards).joined().reduce(0) { max($0, $1.magnitude) }
    // Each outcome prunes twice, and so do all actions together once.
    let prunings = 1 + 2 * (belief.branches.map(\.count).max() ?? 0)
    let tolerance = max(1e-14 * greatest, allowed / Double(prunings))
    var all: [[Double]] = []
    for action in belief.rewards.indices {
      var sum = VectorSet([belief.rewards[action]])
      for branch in belief.branches[action] {
        var futures = VectorSet(functions.vectors.map { belief.previous($0, branch) })
        futures.prune(tolerance: tolerance)
        guard sum.vectors.count * futures.vectors.count <= ExactValue.largestCount else {
          throw IncrementalPruning.tooMany
        }
        sum = VectorSet(
          sum.vectors.flatMap { one in
            futures.vectors.map { other in zip(one, other).map { $0 + $1 } }
          })
        sum.prune(tolerance: tolerance)
      }
      all += sum.vectors
    }
    functions = VectorSet(all)
    functions.prune(tolerance: tolerance)
    error =
      Double(prunings) * tolerance + Double(belief.size + prunings + 4) * 0x1p-52 * 2 * greatest
  }

  private static var tooMany: InvalidInput {
    InvalidInput(
      source: "decision process",
      [
        Fault(
          "states", "make more than \(ExactValue.largestCount) linear functions of the belief",
          remedy: "use a shorter horizon, or bounds (PointBasedValue, FastInformedBound)")
      ])
  }
}
