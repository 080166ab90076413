/// Vectors whose greatest product with a belief is its value: a convex piecewise linear function.
struct VectorSet {
  private(set) var vectors: [[Double]]

  init(_ vectors: [[Double]]) { self.vectors = vectors }

  /// The greatest product.
  func value(of belief: [Double]) -> Double {
    vectors.reduce(-.infinity) { max($0, dot($1, belief)) }
  }

  /// Leaves out every vector that nowhere adds more than the tolerance to the value (Lark, White).
  mutating func prune(tolerance: Double) {
    var rest = VectorSet.undominated(vectors)
    guard let size = rest.first?.count, rest.count > 1 else {
      vectors = rest
      return
    }
    var kept: [[Double]] = []
    // What is best where a state is certain is kept in any case.
    for state in 0..<size {
      var corner = [Double](repeating: 0, count: size)
      corner[state] = 1
      let best = VectorSet.best(rest, at: corner)
      if dot(corner, rest[best]) > kept.reduce(-.infinity, { max($0, $1[state]) }) {
        kept.append(rest.remove(at: best))
        if rest.isEmpty { break }
      }
    }
    while let candidate = rest.last {
      let game = VectorSet.advantage(of: candidate, over: kept)
      if game.bounds.upper <= tolerance {
        rest.removeLast()
      } else {
        // Where rounding hides at which belief it is better, it is kept all the same.
        let isFound = game.bounds.lower > 0
        let best = isFound ? VectorSet.best(rest, at: game.rows) : rest.count - 1
        kept.append(rest.remove(at: best))
      }
    }
    vectors = kept
  }

  /// By how much the value is greater than another's, at most, at any belief.
  func excess(over other: VectorSet) -> Double {
    vectors.reduce(-.infinity) {
      max($0, VectorSet.advantage(of: $1, over: other.vectors).bounds.upper)
    }
  }

  /// The game for a belief at which a vector is worth more than all others.
  private static func advantage(of vector: [Double], over others: [[Double]]) -> MatrixGame {
    MatrixGame(vector.indices.map { state in others.map { vector[state] - $0[state] } })
  }

  /// The vector that is best at a belief; of equals the one that is greater at the first states.
  private static func best(_ vectors: [[Double]], at belief: [Double]) -> Int {
    var best = 0
    var greatest = dot(vectors[0], belief)
    for index in vectors.indices.dropFirst() {
      let value = dot(vectors[index], belief)
      if value > greatest
        || (value == greatest && vectors[best].lexicographicallyPrecedes(vectors[index]))
      {
        greatest = value
        best = index
      }
    }
    return best
  }

  /// Without those that another is nowhere less than; of equals one.
  private static func undominated(_ vectors: [[Double]]) -> [[Double]] {
    var kept: [[Double]] = []
    for vector in vectors {
      func isCovered(_ one: [Double], by other: [Double]) -> Bool {
        for state in one.indices where one[state] > other[state] { return false }
        return true
      }
      if kept.contains(where: { isCovered(vector, by: $0) }) { continue }
      kept.removeAll { isCovered($0, by: vector) }
      kept.append(vector)
    }
    return kept
  }
}
