import Foundation

/// Lines of a table, columns under each other.
struct Table {
  private var rows: [[String]] = []

  mutating func add(_ cells: String...) { rows.append(cells) }

  var text: String {
    guard let columns = rows.map(\.count).max() else { return "" }
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// A number of microseconds with three figures, from nanoseconds.
func microseconds(_ nanoseconds: Double) -> String {
  let value = nanoseconds / 1000
  return String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
}

/// `12.3 (11.9-13.0)`: the median and the quartiles in microseconds.
func microseconds(_ sample: Sample) -> String {
  "\(microseconds(sample.median)) "
    + "(\(microseconds(sample.lowerQuartile))-\(microseconds(sample.upperQuartile)))"
}

/// A ratio with two or three figures.
func times(_ ratio: Double) -> String { String(format: ratio < 10 ? "%.1f" : "%.0f", ratio) }

/// Mebibytes, from bytes; a dash where they are not known.
func mebibytes(_ bytes: Int?) -> String { bytes.map { "\(($0 + (1 << 19)) >> 20)" } ?? "-" }
