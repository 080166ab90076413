import COpenBLAS

/// A square matrix that has been factorised once, so that each system with it is solved by two triangles.
///
/// LU with partial pivoting (LAPACK's dgetrf and dgetrs, on one thread): bits are those of one type of
/// processor, like those of every large contraction.
package final class FactorizedMatrix {
  /// Rows and columns.
  package let order: Int
  /// The matrix, column after column; after ``factorize()`` its triangles.
  package let cells: FixedBuffer<Double>
  private let pivots: FixedBuffer<Int32>

  /// Memory for a matrix, all zero.
  package init(order: Int) {
    self.order = order
    cells = FixedBuffer(zeros: order * order)
    pivots = FixedBuffer(zeros: order)
  }

  /// Puts the triangles in the place of the matrix.
  ///
  /// - Returns: whether the matrix has an inverse.
  /// - Complexity: O(order^3).
  package func factorize() -> Bool {
    BLAS.isSingleThreaded
    var order = Int32(self.order)
    var info: Int32 = 0
    if order == 0 { return true }
    withUnsafePointer(to: &order) { dgetrf_($0, $0, cells.base, $0, pivots.base, &info) }
    return info == 0
  }

  /// Solves A x = b, or transposed(A) x = b, where x has b at first.
  ///
  /// - Parameter count: how many right sides stand one after the other.
  /// - Complexity: O(order^2 x count).
  package func solve(
    _ x: UnsafeMutablePointer<Double>, count: Int = 1, transposed: Bool = false
  ) {
    BLAS.isSingleThreaded
    var order = Int32(self.order)
    var columns = Int32(count)
    var info: Int32 = 0
    if order == 0 || columns == 0 { return }
    var form = CChar(transposed ? UInt8(ascii: "T") : UInt8(ascii: "N"))
    withUnsafePointer(to: &order) {
      dgetrs_(&form, $0, &columns, cells.base, $0, pivots.base, x, $0, &info, 1)
    }
  }
}
