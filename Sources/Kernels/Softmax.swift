import CVectorMath

/// Turns log weights into probabilities, x[i] = exp(x[i]) / sum over j of exp(x[j]), in place and lane
/// by lane.
///
/// An entry of -infinity becomes exactly 0, and a common shift of the entries changes nothing but
/// rounding: the greatest is subtracted first. The sum runs in the order of
/// ``Contraction/sum(_:count:)``.
///
/// Returns `false` and leaves `x` as it was when the result is not defined in some lane: no entry is
/// finite, or one is NaN or +infinity.
///
/// - Complexity: O(count), one exponential an entry.
@inlinable
@discardableResult
public func softmax<Number: StepNumber>(
  inPlace x: UnsafeMutablePointer<Number>, count: Int
) -> Bool {
  let greatest = Number.greatest(x, count: count)
  for lane in 0..<Number.laneCount where !greatest[lane: lane].isFinite { return false }
  VectorMath.exp(inPlace: x, less: greatest, count: count)
  let total = Number.sum(x, count: count)
  for i in 0..<count { x[i] = x[i] / total }
  return true
}

/// Writes the probabilities that several runs of log weights stand for to `y`, each run's by themselves: for runs
/// that are short and few, what a softmax of each gives, to the bit.
///
/// A run is NaN where an entry of it is NaN or infinity, or none is finite.
///
/// - Precondition: the runs follow one another and hold at most 8 entries together, and less than 8 each.
/// - Returns: whether no bit of `y` has changed.
/// - Complexity: O(1).
@inlinable @inline(__always)
public func softmax(
  runs sizes: UnsafePointer<Int>, count: Int, _ x: UnsafePointer<Double>,
  into y: UnsafeMutablePointer<Double>
) -> Bool {
  aif_softmax_runs(x, sizes, count, y) != 0
}

/// The logarithm of a sum of exponentials, ln(sum over i of exp(x[i])), without overflow.
///
/// It is -infinity when every entry is (or there is none), +infinity when one is, and NaN only when
/// an entry is.
///
/// - Complexity: O(count), one exponential an entry; allocates nothing.
@inlinable
public func logSumExp(_ x: UnsafePointer<Double>, count: Int) -> Double {
  let greatest = Double.greatest(x, count: count)
  guard greatest.isFinite else { return greatest }
  // Blocks small enough for the stack.
  let capacity = 64
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { block in
    guard let weights = block.baseAddress else { return greatest }
    var total = 0.0
    var start = 0
    while start < count {
      let length = Swift.min(capacity, count - start)
      weights.initialize(from: x + start, count: length)
      aif_vector_exp_shifted(weights, greatest, length)
      for i in 0..<length { total += weights[i] }
      start += length
    }
    return greatest + VectorMath.log(total)
  }
}
