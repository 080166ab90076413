import CVectorMath

/// Turns log weights into probabilities, x[i] = exp(x[i]) / sum over j of exp(x[j]), in place.
///
/// An entry of -infinity becomes exactly 0, and a common shift of the entries changes nothing but
/// rounding: the greatest is subtracted first. The sum runs in index order.
///
/// Returns `false` and leaves `x` as it was when the result is not defined: no entry is finite, or
/// one is NaN or +infinity.
///
/// - Complexity: O(count), one exponential an entry.
@inlinable
@discardableResult
public func softmax(inPlace x: UnsafeMutablePointer<Double>, count: Int) -> Bool {
  let greatest = greatestEntry(x, count: count)
  guard greatest.isFinite else { return false }
  aif_vector_exp_shifted(x, greatest, count)
  var total = 0.0
  for i in 0..<count { total += x[i] }
  for i in 0..<count { x[i] /= total }
  return true
}

/// The logarithm of a sum of exponentials, ln(sum over i of exp(x[i])), without overflow.
///
/// It is -infinity when every entry is (or there is none), +infinity when one is, and NaN only when
/// an entry is.
///
/// - Complexity: O(count), one exponential an entry; allocates nothing.
@inlinable
public func logSumExp(_ x: UnsafePointer<Double>, count: Int) -> Double {
  let greatest = greatestEntry(x, count: count)
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

/// The greatest entry, -infinity if there is none, NaN if one is.
@inlinable
internal func greatestEntry(_ x: UnsafePointer<Double>, count: Int) -> Double {
  var greatest = -Double.infinity
  var isOrdered = true
  for i in 0..<count {
    let entry = x[i]
    greatest = entry > greatest ? entry : greatest
    isOrdered = isOrdered && entry == entry
  }
  return isOrdered ? greatest : .nan
}
