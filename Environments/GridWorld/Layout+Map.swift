import ActiveInference
import GridCells

extension Layout {
  /// The grid that a text draws: rows separated by `|` or line breaks, `#` a wall, `S` the start,
  /// `G` a goal, `.` any other cell.
  static func map(
    _ reader: inout ParameterReader, _ actions: Int
  ) -> (grid: Grid, start: Int?, goals: [Int])? {
    let before = reader.faults.count
    guard case .text(let text) = reader["map"] else {
      reader.report("map", "\(reader["map"].written) is not text", "draw it like S.#|..G")
      return nil
    }
    let rows = text.split(omittingEmptySubsequences: false) { $0 == "|" || $0.isNewline }
    let columns = rows.first?.count ?? 0
    guard columns > 0, fits(rows.count, columns, actions, &reader, place: "map") else {
      if columns == 0 { reader.report("map", "the first row is empty", "draw it like S.#|..G") }
      return nil
    }
    var isWall: [Bool] = []
    var starts: [Int] = []
    var goals: [Int] = []
    for (row, line) in rows.enumerated() {
      if line.count != columns {
        reader.report(
          "map", "row \(row) has \(line.count) cells, row 0 has \(columns)",
          "draw as many in every row")
      }
      for (column, character) in line.enumerated() {
        switch character {
        case "S": starts.append(isWall.count)
        case "G": goals.append(isWall.count)
        case ".", "#": break
        default:
          reader.report(
            "map", "\"\(character)\" in row \(row), column \(column) is no cell",
            "draw . free, # wall, S start, G goal")
        }
        isWall.append(character == "#")
      }
    }
    if starts.count > 1 {
      reader.report("map", "has \(starts.count) starts", "draw one S, or none for any free cell")
    }
    guard reader.faults.count == before else { return nil }
    return (Grid(rows: rows.count, columns: columns, isWall: isWall), starts.first, goals)
  }
}
