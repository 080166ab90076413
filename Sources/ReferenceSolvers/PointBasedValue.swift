import ActiveInference

/// The optimal value of beliefs of a partially observed process that is too large for ``ExactValue``, between
/// two bounds that are brought together by heuristic search (HSVI).
///
/// From below, linear functions, each what some way to act gains; from above, values of some beliefs, between
/// which the optimum, being convex, cannot be higher than a straight line. Both begin with the bounds of
/// ``FastInformedBound`` and are improved at beliefs that the hoped-for best actions lead to from the first
/// ones, where the gap is widest. At any other belief they hold as well, but may be wide.
///
/// ```swift
/// let solution = try PointBasedValue(process, tolerance: 0.01)
/// solution.initialValue.gap  // at most 0.01, unless it stopped after so many improvements
/// ```
///
/// Smith and Simmons 2005, arXiv:1207.1412.
public struct PointBasedValue: BeliefValueFunction {
  /// The process that was solved.
  public let process: DecisionProcess
  /// At how many beliefs the bounds were improved.
  public private(set) var improvements = 0
  /// How many linear functions the lower bound consists of.
  public var vectorCount: Int { lower.count }
  private let belief: BeliefProcess
  private let informed: FastInformedBound
  private var lower: [[Double]]
  private var upper: Sawtooth
  /// What rounding may have done to either bound.
  private let rounding: Double

  /// Searches until the value from the start is known to the tolerance, or so many beliefs were improved.
  ///
  /// - Throws: ``InvalidInput`` where the discount is 1 or the process is too large.
  public init(
    _ process: DecisionProcess, tolerance: Double = 1e-3, improvements most: Int = 50_000
  ) throws(InvalidInput) {
    self.process = process
    let blind = try BlindLowerBound(process)
    belief = blind.belief
    let hoped = try QMDP(process, tolerance: tolerance / 100)
    let informed = FastInformedBound(hoped, blind, tolerance / 100, 1000)
    self.informed = informed
    let lower = blind.belief.blindValues()
    self.lower = lower
    upper = Sawtooth(
      (0..<blind.belief.size).map { state in
        informed.vectors.reduce(-.infinity) { max($0, $1[state]) }
      })
    let greatest = (lower + informed.vectors).joined().reduce(0) { max($0, $1.magnitude) }
    rounding = 1e-14 * greatest / (1 - process.discount)
    let roots = process.firstBeliefs().map {
      (weight: $0.probability, belief: belief.reduced($0.belief))
    }
    while improvements < most {
      let gaps = roots.map { $0.weight * gap($0.belief) }
      if gaps.reduce(0, +) + 2 * rounding <= tolerance { break }
      let before = improvements
      explore(roots[greatestIndex(gaps)].belief, tolerance / 2, most)
      if improvements == before { break }
    }
  }

  /// What the best agent gains from a belief.
  public func value(of belief: [Double]) -> ValueBounds {
    let reduced = self.belief.reduced(belief)
    return ValueBounds(
      lower: lowerValue(reduced) - rounding, upper: upperValue(reduced) + rounding)
  }

  /// The action that the lower bound promises most for; the lowest index wins a tie. Who acts by it gains at
  /// least the lower bound.
  public func action(for belief: [Double]) -> Int {
    let reduced = self.belief.reduced(belief)
    return greatestIndex(actionValues(reduced, lowerValue))
  }

  // MARK: - Search

  private func lowerValue(_ belief: [Double]) -> Double {
    lower.reduce(-.infinity) { max($0, dot($1, belief)) }
  }

  private func upperValue(_ belief: [Double]) -> Double {
    min(
      upper.value(of: belief), informed.vectors.reduce(-.infinity) { max($0, dot($1, belief)) })
  }

  private func gap(_ belief: [Double]) -> Double { upperValue(belief) - lowerValue(belief) }

  private func actionValues(_ belief: [Double], _ value: ([Double]) -> Double) -> [Double] {
    self.belief.rewards.indices.map { action in
      self.belief.branches[action].reduce(dot(self.belief.rewards[action], belief)) {
        let next = self.belief.next(belief, $1)
        return next.allSatisfy { $0 == 0 } ? $0 : $0 + process.discount * value(next)
      }
    }
  }

  /// Goes where the gap is, as deep as it matters, and improves both bounds on the way back.
  private mutating func explore(_ root: [Double], _ tolerance: Double, _ most: Int) {
    var path: [[Double]] = []
    var current = root
    var allowed = tolerance
    // A belief is held times its probability and discount, so that gaps weigh what they weigh at the root.
    while gap(current) > allowed, path.count < 1000, improvements + path.count < most {
      path.append(current)
      let action = greatestIndex(actionValues(current, upperValue))
      let branches = belief.branches[action]
      let next = branches.map { belief.next(current, $0).map { $0 * process.discount } }
      guard !next.isEmpty else { break }
      // The allowance is shared by probability alone: what comes later may be known less well.
      let total = current.reduce(0, +) * process.discount
      guard total > 0 else { break }
      let shares = next.map { allowed * ($0.reduce(0, +) / total) }
      let widest = greatestIndex(zip(next, shares).map { gap($0) - $1 })
      allowed = shares[widest]
      current = next[widest]
    }
    for belief in path.reversed() {
      improve(belief)
      improvements += 1
    }
    // No belief that is searched may ever be certain, and all the others hang on those that are.
    for state in 0..<belief.size where !path.isEmpty {
      var corner = [Double](repeating: 0, count: belief.size)
      corner[state] = 1
      let hoped = actionValues(corner, upperValue)
      upper.lower(corner: state, to: hoped[greatestIndex(hoped)])
    }
  }

  private mutating func improve(_ point: [Double]) {
    let hoped = actionValues(point, upperValue)
    upper.add(point, value: hoped[greatestIndex(hoped)])
    let vector = backup(point)
    // A vector is kept where it improves the bound, and takes the place of those it covers.
    if dot(vector, point) > lowerValue(point) {
      lower.removeAll { old in zip(old, vector).allSatisfy { $0 <= $1 } }
      lower.append(vector)
    }
  }

  /// The linear function that one more action makes of the lower bound at a belief.
  private func backup(_ point: [Double]) -> [Double] {
    var best: [Double] = []
    var greatest = -Double.infinity
    for action in belief.rewards.indices {
      var vector = belief.rewards[action]
      for branch in belief.branches[action] {
        let next = belief.next(point, branch)
        var chosen = 0
        var value = -Double.infinity
        for (index, candidate) in lower.enumerated() {
          let product = dot(candidate, next)
          if product > value { (chosen, value) = (index, product) }
        }
        for (state, part) in belief.previous(lower[chosen], branch).enumerated() {
          vector[state] += part
        }
      }
      let value = dot(vector, point)
      if value > greatest { (best, greatest) = (vector, value) }
    }
    return best
  }
}

/// An upper bound of a convex function that is known at the corners and at some beliefs.
struct Sawtooth: Sendable {
  private var corners: [Double]
  /// Beliefs that sum to 1, and how far below the corners' plane the function is there.
  private var points: [(belief: [Double], depth: Double)] = []

  init(_ corners: [Double]) { self.corners = corners }

  /// The bound at a belief, times whatever the belief is multiplied by.
  func value(of belief: [Double]) -> Double {
    var deepest = 0.0
    for point in points {
      var share = Double.infinity
      for state in belief.indices where point.belief[state] > 0 {
        share = min(share, belief[state] / point.belief[state])
        if share == 0 { break }
      }
      deepest = min(deepest, share * point.depth)
    }
    return dot(corners, belief) + deepest
  }

  /// Takes the value of a certain state in where it is lower.
  mutating func lower(corner state: Int, to value: Double) {
    let fall = corners[state] - value
    guard fall > 0 else { return }
    corners[state] = value
    for index in points.indices { points[index].depth += fall * points[index].belief[state] }
    points.removeAll { $0.depth >= 0 }
  }

  /// Takes a value in where it improves the bound.
  mutating func add(_ belief: [Double], value: Double) {
    let total = belief.reduce(0, +)
    guard total > 0, value < self.value(of: belief) else { return }
    let point = belief.map { $0 / total }
    let depth = value / total - dot(corners, point)
    // What the new one says is not to be said again.
    points.removeAll { old in
      var share = Double.infinity
      for state in point.indices where point[state] > 0 {
        share = min(share, old.belief[state] / point[state])
      }
      return share * depth <= old.depth
    }
    points.append((point, depth))
  }
}
