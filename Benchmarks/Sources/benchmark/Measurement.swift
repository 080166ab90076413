import Foundation

/// What a piece of work took, over many repetitions.
struct Measurement {
  /// Nanoseconds a unit of work.
  let median: Double
  let best: Double

  /// Repeats work for about a second and a half, after a warm-up.
  ///
  /// - Parameter units: how many units of work one call of `work` does.
  init(units: Int, seconds: Double = 1.5, _ work: () throws -> Void) rethrows {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    for _ in 0..<3 { try work() }
    var times: [Double] = []
    repeat {
      times.append(try clock.measure(work) / .nanoseconds(1))
    } while clock.now < deadline || times.count < 9
    times.sort()
    median = times[times.count / 2] / Double(units)
    best = times[0] / Double(units)
  }
}

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
