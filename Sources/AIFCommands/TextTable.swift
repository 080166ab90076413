/// Rows of text in aligned columns.
struct TextTable {
  private var rows: [[String]]

  /// A table with a heading a column.
  init(_ headings: [String]) { rows = [headings] }

  /// Adds a row; a cell may have several lines.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The table, each line ended; two spaces between columns, none at the end.
  var text: String {
    let lines = rows.map { $0.map { $0.split(separator: "\n", omittingEmptySubsequences: false) } }
    let columns = lines.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      lines.flatMap { $0.indices.contains(column) ? $0[column].map(\.count) : [] }.max() ?? 0
    }
    var text = ""
    for row in lines {
      for line in 0..<(row.map(\.count).max() ?? 0) {
        var out = ""
        for (column, cell) in row.enumerated() {
          let part = cell.indices.contains(line) ? String(cell[line]) : ""
          out += part + String(repeating: " ", count: widths[column] - part.count + 2)
        }
        while out.last == " " { out.removeLast() }
        text += out + "\n"
      }
    }
    return text
  }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let rounded = (abs(value) * scale).rounded()
  let whole = (rounded / scale).rounded(.down)
  let fraction = Int(rounded - whole * scale)
  let sign = value < 0 && rounded != 0 ? "-" : ""
  if digits == 0 { return sign + "\(Int(whole))" }
  let text = String(fraction)
  return sign + "\(Int(whole))." + String(repeating: "0", count: digits - text.count) + text
}
