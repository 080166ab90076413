import COpenBLAS

/// A square matrix that has been factorised once, so that each system with it is solved by two triangles.
///
/// The diagonal is to dominate: in each row it is larger than all else together, so that no rows need be
/// exchanged. From 128 rows on LAPACK does it (dgetrf and dgetrs, on one thread), whose bits are those of one
/// type of processor, like those of every large contraction; below, bits are the same everywhere.
package final class FactorizedMatrix {
  /// Rows and columns.
  package let order: Int
  /// The matrix, column after column; after ``factorize()`` its triangles.
  package let cells: FixedBuffer<Double>
  /// The rows that LAPACK exchanged; empty where it has no part.
  private let pivots: FixedBuffer<Int32>
  private var usesLAPACK: Bool { pivots.count > 0 }

  /// Memory for a matrix, all zero.
  package init(order: Int) {
    self.order = order
    cells = FixedBuffer(zeros: order * order)
    pivots = FixedBuffer(zeros: Contraction.usesBLAS(rows: order, columns: order) ? order : 0)
  }

  /// Puts the triangles in the place of the matrix.
  ///
  /// - Returns: whether the matrix has an inverse.
  /// - Complexity: O(order^3).
  package func factorize() -> Bool {
    guard usesLAPACK else { return eliminate() }
    BLAS.isSingleThreaded
    var order = Int32(self.order)
    var info: Int32 = 0
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
    guard usesLAPACK else {
      for column in 0..<count {
        if transposed {
          substituteTransposed(x + column * order)
        } else {
          substitute(x + column * order)
        }
      }
      return
    }
    BLAS.isSingleThreaded
    var order = Int32(self.order)
    var columns = Int32(count)
    var info: Int32 = 0
    var form = CChar(transposed ? UInt8(ascii: "T") : UInt8(ascii: "N"))
    withUnsafePointer(to: &order) {
      dgetrs_(&form, $0, &columns, cells.base, $0, pivots.base, x, $0, &info, 1)
    }
  }

  // MARK: - Small matrices

  private func eliminate() -> Bool {
    for pivot in 0..<order {
      let column = cells.base + pivot * order
      let divisor = column[pivot]
      if divisor == 0 { return false }
      for row in (pivot + 1)..<order { column[row] /= divisor }
      for other in (pivot + 1)..<order {
        let target = cells.base + other * order
        let factor = target[pivot]
        if factor == 0 { continue }
        for row in (pivot + 1)..<order { target[row] -= factor * column[row] }
      }
    }
    return true
  }

  private func substitute(_ x: UnsafeMutablePointer<Double>) {
    for place in 0..<order {
      let column = cells.base + place * order
      let value = x[place]
      for row in (place + 1)..<order { x[row] -= column[row] * value }
    }
    for place in (0..<order).reversed() {
      let column = cells.base + place * order
      x[place] /= column[place]
      let value = x[place]
      for row in 0..<place { x[row] -= column[row] * value }
    }
  }

  private func substituteTransposed(_ x: UnsafeMutablePointer<Double>) {
    for place in 0..<order {
      let column = cells.base + place * order
      var value = x[place]
      for row in 0..<place { value -= column[row] * x[row] }
      x[place] = value / column[place]
    }
    for place in (0..<order).reversed() {
      let column = cells.base + place * order
      var value = x[place]
      for row in (place + 1)..<order { value -= column[row] * x[row] }
      x[place] = value
    }
  }
}
