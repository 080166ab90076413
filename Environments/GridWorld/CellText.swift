import ActiveInference

/// A place in a grid as somebody wrote it, not yet known to exist.
struct WrittenCell: Hashable {
  let row: Int
  let column: Int

  /// `(row, column)`.
  var label: String { "(\(row), \(column))" }

  /// The cells of a text like `(1, 1) (1, 2)` or of a list of pairs; nil where it is neither.
  ///
  /// Blanks, commas and semicolons between the cells mean nothing.
  static func cells(_ value: ParameterValue) -> [WrittenCell]? {
    switch value {
    case .text(let text): cells(text)
    // One pair of numbers is a cell as well.
    case .list(let values): pair(values).map { [$0] } ?? all(values.map(pair))
    default: nil
    }
  }

  private static func pair(_ value: ParameterValue) -> WrittenCell? {
    if case .list(let values) = value { pair(values) } else { nil }
  }

  private static func pair(_ values: [ParameterValue]) -> WrittenCell? {
    guard values.count == 2, case .integer(let row) = values[0],
      case .integer(let column) = values[1]
    else { return nil }
    return WrittenCell(row: row, column: column)
  }

  private static func cells(_ text: String) -> [WrittenCell]? {
    var rest = text[...]
    var cells: [WrittenCell] = []
    while let opening = rest.firstIndex(where: { !" ,;\n\t".contains($0) }) {
      guard rest[opening] == "(", let closing = rest[opening...].firstIndex(of: ")") else {
        return nil
      }
      let inside = rest[rest.index(after: opening)..<closing].filter { $0 != " " }
      let numbers = inside.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let row = numbers[0], let column = numbers[1] else { return nil }
      cells.append(WrittenCell(row: row, column: column))
      rest = rest[rest.index(after: closing)...]
    }
    return cells
  }

  private static func all(_ cells: [WrittenCell?]) -> [WrittenCell]? {
    cells.contains(nil) ? nil : cells.compactMap { $0 }
  }
}
