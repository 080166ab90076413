import ActiveInference

/// Calls `body` with the two numbers of each cell that either of two tables of one shape holds, in
/// row-major order; what a sparse table does not hold is zero.
///
/// - Complexity: O(entries held), not O(cells).
func forEachCell<Failure: Error>(
  _ one: Tensor, _ other: Tensor,
  _ body: (_ offset: Int, _ one: Double, _ other: Double) throws(Failure) -> Void
) throws(Failure) {
  let (first, second) = (HeldCells(one), HeldCells(other))
  var (i, j) = (0, 0)
  while i < first.values.count || j < second.values.count {
    let (here, there) = (first.offset(i), second.offset(j))
    let offset = min(here, there)
    try body(
      offset, here == offset ? first.values[i] : 0, there == offset ? second.values[j] : 0)
    if here == offset { i += 1 }
    if there == offset { j += 1 }
  }
}

/// The cells that a table holds, in order.
private struct HeldCells {
  let values: [Double]
  /// Nil where it holds every one.
  private let offsets: [Int]?

  init(_ table: Tensor) {
    switch table.storage {
    case .dense(let values): (self.values, offsets) = (values, nil)
    case .sparse(let offsets, let values): (self.values, self.offsets) = (values, offsets)
    }
  }

  /// The offset of the n-th; beyond all others where there is none.
  func offset(_ n: Int) -> Int { n < values.count ? offsets?[n] ?? n : Int.max }
}

/// The place of a row-major offset, one entry an axis.
func position(of offset: Int, in shape: [Int]) -> [Int] {
  var rest = offset
  var position: [Int] = []
  for size in shape.reversed() {
    position.append(rest % size)
    rest /= size
  }
  return position.reversed()
}
