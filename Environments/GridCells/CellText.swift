import ActiveInference

/// A place in a grid as somebody wrote it, not yet known to exist.
package struct WrittenCell: Hashable {
  package let row: Int
  package let column: Int

  /// `(row, column)`.
  package var label: String { "(\(row), \(column))" }

  /// The cells of a text like `(1, 1) (1, 2)` or of a list of pairs; nil where it is neither.
  ///
  /// Blanks, commas and semicolons between the cells mean nothing.
  package static func cells(_ value: ParameterValue) -> [WrittenCell]? {
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

extension Grid {
  /// The cells of a parameter that exist; a fault where it is not cells, and for each that does not.
  package func cells(_ name: String, _ reader: inout ParameterReader) -> [Int] {
    let value = reader[name]
    guard value != .none else { return [] }
    guard let cells = WrittenCell.cells(value) else {
      reader.report(name, "\(value.written) is not cells", "write (row, column) for each")
      return []
    }
    return cells.compactMap { written in
      let cell = cell(row: written.row, column: written.column)
      if cell == nil {
        reader.report(
          name, "\(written.label) is outside of \(rows) rows and \(columns) columns",
          "both count from 0")
      }
      return cell
    }
  }
}
