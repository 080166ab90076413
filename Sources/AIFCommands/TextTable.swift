/// Rows of text in aligned columns.
struct TextTable {
  private var rows: [[String]]

  /// A table with a heading a column.
  init(_ headings: [String]) { rows = [headings] }

  /// Adds a row; a cell may have several lines.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The table, each line ended; two spaces between columns, none at the end.
  var text: String {
    let lines = rows.map { row in
      row.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(printable) }
    }
    let columns = lines.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      lines.flatMap { $0.indices.contains(column) ? $0[column].map(columnWidth) : [] }.max() ?? 0
    }
    var text = ""
    for row in lines {
      for line in 0..<(row.map(\.count).max() ?? 0) {
        var out = ""
        for (column, cell) in row.enumerated() {
          let part = cell.indices.contains(line) ? cell[line] : ""
          out += part + String(repeating: " ", count: widths[column] - columnWidth(part) + 2)
        }
        while out.last == " " { out.removeLast() }
        text += out + "\n"
      }
    }
    return text
  }
}

/// Text whose lines are one.
func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}

/// Text without what a terminal would obey: control characters become `\u{1B}`, except line ends.
func printable(_ text: some StringProtocol) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    let isLineEnd = scalar == "\n"
    let isControl = scalar.properties.generalCategory == .control
    // Those that turn the direction of writing hide what a text says.
    let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    if (isControl || turns) && !isLineEnd {
      result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The columns that a line takes on a terminal: two for the wide characters of East Asia and for
/// pictures, one for any other.
func columnWidth(_ text: some StringProtocol) -> Int {
  text.reduce(0) { width, character in
    guard let first = character.unicodeScalars.first?.value, first >= 0x1100 else {
      return width + 1
    }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
    return width + (wide.contains { $0.contains(first) } ? 2 : 1)
  }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  // Beyond this, digits after the point would be invented.
  guard value.isFinite, abs(value) * scale < 0x1p53 else { return "\(value)" }
  let rounded = Int((abs(value) * scale).rounded())
  let sign = value < 0 && rounded != 0 ? "-" : ""
  if digits == 0 { return sign + "\(rounded)" }
  let text = String(rounded % Int(scale))
  let zeros = String(repeating: "0", count: digits - text.count)
  return sign + "\(rounded / Int(scale))." + zeros + text
}

/// An integer with its thousands set apart.
func grouped(_ value: Int) -> String {
  var digits = String(value.magnitude)
  var position = digits.count - 3
  while position > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
    position -= 3
  }
  return value < 0 ? "-" + digits : digits
}
