import CVectorMath

/// The digamma function, ψ(x) = d ln Γ(x) / dx, for x > 0, the same bits as
/// ``VectorMath/digamma(_:into:count:)``.
///
/// The error is below 2.5 ulps, on both sides of the root at 1.4616... too. It is -infinity at 0,
/// +infinity at +infinity, and NaN for a negative or NaN argument.
///
/// - Complexity: O(1); about 15 ns.
///
/// Source: Abramowitz & Stegun 6.3.5 and 6.3.18, with rational functions fitted for this package.
@inlinable
public func digamma(_ x: Double) -> Double { aif_digamma1(x) }

extension VectorMath {
  /// Writes the digamma function ψ of each of `count` entries of `x` to `y`, which must not
  /// overlap `x`.
  ///
  /// The error is below 2.5 ulps, on both sides of the root at 1.4616... too. It is -infinity at 0,
  /// +infinity at +infinity, and NaN for a negative or NaN entry.
  ///
  /// - Complexity: O(count); about 4 ns an entry on a processor with 512-bit registers.
  @inlinable
  public static func digamma(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int
  ) {
    aif_vector_digamma(x, y, count)
  }

  /// Replaces each of `count` entries of `x` by its digamma function ψ.
  ///
  /// See ``digamma(_:into:count:)``.
  @inlinable
  public static func digamma(inPlace x: UnsafeMutablePointer<Double>, count: Int) {
    aif_vector_digamma_in_place(x, count)
  }

  /// Writes ψ(a + 1) - ln a of each of `count` entries `a` to `y`, which must not overlap them, lane by
  /// lane.
  ///
  /// In nats: positive, falling, -ln a - 0.577... near 0 and 1 / 2a for large `a`. The divergence
  /// that one more count makes, KL[Dir(a + e) || Dir(a)], is the excess of that count less the one
  /// of their sum.
  ///
  /// The error is below 2.5 ulps from the least number to the greatest. It is
  /// +infinity at 0, 0 at +infinity, and NaN for a negative or NaN entry.
  ///
  /// - Complexity: O(count); about 5 ns an entry on a processor with 512-bit registers.
  @inlinable @inline(__always)
  public static func digammaExcess<Number: StepNumber>(
    _ a: UnsafePointer<Number>, into y: UnsafeMutablePointer<Number>, count: Int
  ) {
    aif_vector_digamma_excess(numbers(a), numbers(y), count * Number.laneCount)
  }

  /// ψ(a + 1) - ln a of one number, the same bits as ``digammaExcess(_:into:count:)``.
  @inlinable
  public static func digammaExcess(_ a: Double) -> Double { aif_digamma_excess1(a) }
}
