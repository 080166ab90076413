/// What each column of a table sums to, axis 0 being the distribution.
struct ColumnSums {
  /// The number of columns.
  let columns: Int
  private enum Storage {
    case all([Double])
    /// Where there are fewer entries than columns; the rest sum to 0.
    case some([Int: Double])
  }
  private let storage: Storage

  /// The sums of a table whose number of cells fits an `Int`.
  ///
  /// Takes memory for the entries held, never for the declared shape.
  init(_ tensor: Tensor) {
    let columns = tensor.shape.dropFirst().reduce(1, *)
    self.columns = columns
    if columns <= tensor.storedCount {
      var sums = [Double](repeating: 0, count: columns)
      tensor.forEachStored { offset, value in sums[offset % columns] += value }
      storage = .all(sums)
    } else {
      var sums: [Int: Double] = [:]
      tensor.forEachStored { offset, value in sums[offset % columns, default: 0] += value }
      storage = .some(sums)
    }
  }

  /// The sum of a column.
  subscript(column: Int) -> Double {
    switch storage {
    case .all(let sums): sums[column]
    case .some(let sums): sums[column] ?? 0
    }
  }

  /// Calls `body` with the columns that hold an entry and some that do not, ascending, and returns
  /// the number of empty columns passed over.
  func forEach(_ body: (_ column: Int, _ sum: Double) -> Void) -> Int {
    switch storage {
    case .all(let sums):
      for (column, sum) in sums.enumerated() { body(column, sum) }
      return 0
    case .some(let sums):
      // More empty ones than any message shows; there are this many unless `columns` ends first.
      let firstEmpty = (0..<min(columns, sums.count + 16)).filter { sums[$0] == nil }
      for column in (Array(sums.keys) + firstEmpty).sorted() { body(column, sums[column] ?? 0) }
      return columns - sums.count - firstEmpty.count
    }
  }
}
