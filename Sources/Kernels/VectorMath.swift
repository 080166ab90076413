import CVectorMath

/// Exponential, natural logarithm and digamma function of whole arrays.
///
/// An element's result depends on that element alone: not on its place in the array, the array's
/// length or alignment, nor the processor's instruction set. Errors of `exp` and `log` are below
/// 1 ulp over the whole range, subnormal numbers included. `exp` gives 0 and infinity where the
/// result is out of range, `log` gives -infinity at 0 and NaN below; a NaN stays NaN.
///
/// - Complexity: O(count); about 1 ns an element on a processor with 512-bit registers.
///
/// Source: rational forms of fdlibm's `e_exp.c` and `e_log.c` (Sun Microsystems, 1993).
public enum VectorMath {
  /// Writes the exponential of each of `count` entries of `x` to `y`, which must not overlap `x`.
  @inlinable
  public static func exp(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int
  ) {
    aif_vector_exp(x, y, count)
  }

  /// Writes the natural logarithm of each of `count` entries of `x` to `y`, which must not
  /// overlap `x`.
  @inlinable
  public static func log(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int
  ) {
    aif_vector_log(x, y, count)
  }

  /// The exponential of one number, the same bits as the array forms.
  @inlinable
  public static func exp(_ x: Double) -> Double { aif_exp1(x) }

  /// The natural logarithm of one number, the same bits as the array forms.
  @inlinable
  public static func log(_ x: Double) -> Double { aif_log1(x) }

  // MARK: - Lanes

  /// Replaces each of `count` entries of `x` by its exponential, lane by lane.
  @inlinable @inline(__always)
  public static func exp<Number: StepNumber>(
    inPlace x: UnsafeMutablePointer<Number>, count: Int
  ) {
    aif_vector_exp_in_place(numbers(x), count * Number.laneCount)
  }

  /// Replaces each of `count` entries of `x` by the exponential of its excess over `shift`, lane by lane.
  @inlinable @inline(__always)
  public static func exp<Number: StepNumber>(
    inPlace x: UnsafeMutablePointer<Number>, less shift: Number, count: Int
  ) {
    if Number.laneCount == 1 {
      aif_vector_exp_shifted(numbers(x), shift[lane: 0], count)
    } else {
      for i in 0..<count { x[i] = x[i] - shift }
      exp(inPlace: x, count: count)
    }
  }

  /// Replaces each of `count` entries of `x` by its natural logarithm, lane by lane.
  @inlinable @inline(__always)
  public static func log<Number: StepNumber>(
    inPlace x: UnsafeMutablePointer<Number>, count: Int
  ) {
    aif_vector_log_in_place(numbers(x), count * Number.laneCount)
  }

  /// Writes the natural logarithm of each of `count` entries of `x`, or of `floor` where the entry is
  /// less, to `y`, which must not overlap `x`, lane by lane.
  @inlinable @inline(__always)
  public static func log<Number: StepNumber>(
    _ x: UnsafePointer<Number>, atLeast floor: Double, into y: UnsafeMutablePointer<Number>,
    count: Int
  ) {
    aif_vector_log_floored(numbers(x), floor, numbers(y), count * Number.laneCount)
  }
}
