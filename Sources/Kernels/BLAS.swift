import COpenBLAS

/// The OpenBLAS calls, on one thread: the callers share out the work themselves, and a result must
/// not depend on the number of threads.
@usableFromInline
internal enum BLAS {
  // A static is initialised once, however many threads come first.
  static let isSingleThreaded: Void = openblas_set_num_threads(1)

  /// y = Mᵀ x.
  @usableFromInline
  static func transposedMatrixVector(
    _ m: UnsafePointer<Double>, rows: Int, columns: Int,
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    isSingleThreaded
    // A factor of 0 makes BLAS write y without reading it.
    cblas_dgemv(
      CblasRowMajor, CblasTrans, Int32(rows), Int32(columns), 1, m, Int32(columns), x, 1, 0, y, 1)
  }

  /// Y = Mᵀ X for eight lanes: X and Y have a row of eight numbers for each row and column of M. The
  /// shape depends on M alone.
  @usableFromInline
  static func transposedMatrixLanes(
    _ m: UnsafePointer<Double>, rows: Int, columns: Int,
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    isSingleThreaded
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(columns), 8, Int32(rows), 1, m,
      Int32(columns), x, 8, 0, y, 8)
  }
}
