extension RandomStream {
  /// An index drawn with the probabilities `p`, by the inverse of their running sum in index order.
  ///
  /// Takes one number from the stream. The probabilities need not sum to 1: they are measured
  /// against their actual total. An index of probability 0 is never drawn.
  ///
  /// - Precondition: no entry is negative or NaN, and the total is positive and finite.
  /// - Complexity: O(count).
  @inlinable
  public mutating func categorical(_ p: UnsafeBufferPointer<Double>) -> Int {
    var total = 0.0
    for weight in p { total += weight }
    precondition(total > 0 && total < .infinity, "the probabilities have no positive total")
    let level = nextUnit() * total
    var below = 0.0
    var last = 0
    for i in 0..<p.count {
      below += p[i]
      if level < below { return i }
      if p[i] > 0 { last = i }
    }
    // Only where the product above rounded up to the total.
    return last
  }

  /// An index drawn with the probabilities `p`, by the inverse of their running sum in index order.
  ///
  /// Takes one number from the stream. The probabilities need not sum to 1: they are measured
  /// against their actual total. An index of probability 0 is never drawn.
  ///
  /// - Precondition: no entry is negative or NaN, and the total is positive and finite.
  /// - Complexity: O(count).
  @inlinable
  public mutating func categorical(_ p: [Double]) -> Int {
    p.withUnsafeBufferPointer { categorical($0) }
  }
}
