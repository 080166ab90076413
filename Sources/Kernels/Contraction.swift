import CVectorMath

/// Sums of products over contiguous arrays, each in one fixed order.
///
/// A result depends on the operands' values and shape alone, not on alignment, threads or the
/// processor; only the shapes for which ``usesBLAS(rows:columns:)`` holds are left to OpenBLAS,
/// whose bits are the same on one type of processor and within about 1e-12 across types.
public enum Contraction {
  /// The sum over i of x[i] y[i].
  ///
  /// Eight running sums over whole blocks of eight, added in pairs, then the last `count % 8`
  /// products in order.
  ///
  /// - Complexity: O(count).
  @inlinable
  public static func dot(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
  ) -> Double {
    let whole = count & ~7
    var total = 0.0
    if whole > 0 {
      var sums = SIMD8<Double>.zero
      var i = 0
      while i < whole {
        sums += eight(x + i) * eight(y + i)
        i += 8
      }
      total = pairwise(sums)
    }
    for i in whole..<count { total += x[i] * y[i] }
    return total
  }

  /// The sum of `count` entries of `x`, in the order of ``dot(_:_:count:)``.
  ///
  /// - Complexity: O(count).
  @inlinable
  public static func sum(_ x: UnsafePointer<Double>, count: Int) -> Double {
    let whole = count & ~7
    var total = 0.0
    if whole > 0 {
      var sums = SIMD8<Double>.zero
      var i = 0
      while i < whole {
        sums += eight(x + i)
        i += 8
      }
      total = pairwise(sums)
    }
    for i in whole..<count { total += x[i] }
    return total
  }

  /// Adds `scale` x[i] to each y[i]; the arrays must not overlap.
  ///
  /// - Complexity: O(count).
  @inlinable
  public static func addScaled(
    _ scale: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int
  ) {
    for i in 0..<count { y[i] += scale * x[i] }
  }

  /// y = Mᵀ x for a row-major matrix; `y` must not overlap the operands and need not be
  /// initialised.
  ///
  /// Each sum runs over the rows in order, unless the shape is one for OpenBLAS.
  ///
  /// - Complexity: O(rows columns).
  @inlinable
  public static func transposedMatrixVector(
    _ m: UnsafePointer<Double>, rows: Int, columns: Int,
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    if usesBLAS(rows: rows, columns: columns) {
      BLAS.transposedMatrixVector(m, rows: rows, columns: columns, x, into: y)
    } else if columns < 4 && rows < 8 {
      // Less work than a call.
      for j in 0..<columns {
        var total = 0.0
        for i in 0..<rows { total += m[i * columns + j] * x[i] }
        y[j] = total
      }
    } else {
      aif_transposed_matrix_vector(m, rows, columns, x, y)
    }
  }

  /// Whether OpenBLAS multiplies a matrix of this shape: both extents are at least 128, where it
  /// starts to beat our loops, and small enough for its 32-bit indices.
  @inlinable
  public static func usesBLAS(rows: Int, columns: Int) -> Bool {
    Swift.min(rows, columns) >= 128 && Swift.max(rows, columns) <= Int(Int32.max)
  }

  @inlinable
  internal static func eight(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inlinable
  internal static func pairwise(_ sums: SIMD8<Double>) -> Double {
    let four = sums.lowHalf + sums.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
