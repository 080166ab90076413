/// The columns of a table as what is not zero, axis 0 being the distribution.
///
/// Two columns are equal where they hold the same entries, to the bit.
struct ColumnTable {
  /// The number of values of the distribution.
  let values: Int
  /// The sizes of the axes that a column is given by; the last varies fastest.
  let parents: [Int]
  /// The number of columns.
  let columns: Int
  private var starts: [Int]
  private var rows: [Int32]
  private var entries: [Double]

  /// - Complexity: O(entries held + columns).
  init(_ tensor: Tensor) {
    values = tensor.shape[0]
    parents = Array(tensor.shape.dropFirst())
    let columns = parents.reduce(1, *)
    self.columns = columns
    var starts = [Int](repeating: 0, count: columns + 1)
    tensor.forEachStored { offset, value in
      if value != 0 { starts[offset % columns + 1] += 1 }
    }
    for column in 0..<columns { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [Int32](repeating: 0, count: starts[columns])
    var entries = [Double](repeating: 0, count: starts[columns])
    tensor.forEachStored { offset, value in
      if value == 0 { return }
      let (row, column) = offset.quotientAndRemainder(dividingBy: columns)
      rows[next[column]] = Int32(row)
      entries[next[column]] = value
      next[column] += 1
    }
    (self.starts, self.rows, self.entries) = (starts, rows, entries)
  }

  /// The number of entries that are not zero.
  var count: Int { entries.count }

  /// The values that a column makes possible, ascending.
  func support(_ column: Int) -> ArraySlice<Int32> { rows[starts[column]..<starts[column + 1]] }

  /// Their probabilities.
  func probabilities(_ column: Int) -> ArraySlice<Double> {
    entries[starts[column]..<starts[column + 1]]
  }

  /// Whether two columns are the same distribution.
  func isEqual(_ one: Int, _ other: Int) -> Bool {
    one == other
      || support(one).elementsEqual(support(other))
        && probabilities(one).elementsEqual(probabilities(other))
  }

  /// How far columns lie apart that differ by one along an axis.
  func stride(_ axis: Int) -> Int { parents[(axis + 1)...].reduce(1, *) }

  /// The value that a column has along an axis.
  func coordinate(_ column: Int, _ axis: Int) -> Int { column / stride(axis) % parents[axis] }

  /// Whether some column depends on its value along an axis.
  ///
  /// - Complexity: O(entries).
  func varies(along axis: Int) -> Bool {
    let stride = stride(axis)
    let size = parents[axis]
    return (0..<columns).contains { column in
      let value = column / stride % size
      return value > 0 && !isEqual(column, column - value * stride)
    }
  }

  /// Whether two values along an axis give the same columns, whatever the other axes.
  func isSame(_ one: Int, _ other: Int, along axis: Int) -> Bool {
    let stride = stride(axis)
    let size = parents[axis]
    return (0..<columns).allSatisfy { column in
      column / stride % size != one || isEqual(column, column + (other - one) * stride)
    }
  }

  /// What tells one value along an axis from others: its columns, with what is not zero of each.
  ///
  /// - Parameter map: what a value of the distribution counts as; the probabilities of values that count
  ///   as the same are added up.
  func signature(_ value: Int, along axis: Int, _ map: (Int) -> Int = { $0 }) -> [UInt64] {
    let stride = stride(axis)
    let block = stride * parents[axis]
    var words: [UInt64] = []
    for first in Swift.stride(from: value * stride, to: columns, by: block) {
      for column in first..<first + stride {
        var sums: [Int: Double] = [:]
        for (row, entry) in zip(support(column), probabilities(column)) {
          sums[map(Int(row)), default: 0] += entry
        }
        words.append(UInt64(sums.count))
        for (row, sum) in sums.sorted(by: { $0.key < $1.key }) {
          words.append(UInt64(row))
          words.append(sum.bitPattern)
        }
      }
    }
    return words
  }
}
