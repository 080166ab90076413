import ActiveInference
import GridCells

/// A maze of cells, with sets of a cue and two cells each.
///
/// Written as numbers like pymdp's matrix: 0 free, 1 the start, 2 a wall, 3 + 3i the cue of set i, 4 + 3i and
/// 5 + 3i its two cells.
struct Maze: Hashable, Sendable {
  struct CueSet: Hashable, Sendable {
    let cue: Int
    let first: Int
    let second: Int
  }

  /// The most cells there may be: tables hold their square.
  static let mostCells = 256
  /// The most sets: joint states double with each.
  static let mostSets = 8

  let grid: Grid
  let start: Int
  let sets: [CueSet]

  private static let drawn = [
    "small": "4 0 8|5 0 7|3 1 6",
    "large": "4 0 0 0 8|5 0 0 0 7|0 3 1 6 0|0 0 9 0 0|0 10 0 11 0",
  ]

  /// The maze that the parameters ask for; nil where `reader` has noted a fault.
  init?(_ reader: inout ParameterReader) {
    guard case .none = reader["map"] else {
      if reader.isChanged("maze") {
        reader.report("maze", "the map says it already", "leave out maze or map")
      }
      guard case .text(let text) = reader["map"] else {
        reader.report(
          "map", "\(reader["map"].written) is not text", "write it like 4 2 5|0 1 0|2 3 2")
        return nil
      }
      self.init(text, &reader)
      return
    }
    let names = ["small", "large"]
    guard let name = reader.choice("maze", of: names), let text = Maze.drawn[names[name]] else {
      return nil
    }
    self.init(text, &reader)
  }

  /// The maze that a text draws: rows separated by `|` or line breaks, numbers by blanks.
  private init?(_ text: String, _ reader: inout ParameterReader) {
    let before = reader.faults.count
    let rows = text.split(omittingEmptySubsequences: false) { $0 == "|" || $0.isNewline }
      .map { $0.split { " ,;\t".contains($0) } }
    let columns = rows.first?.count ?? 0
    guard columns > 0, rows.count * columns <= Maze.mostCells else {
      reader.report(
        "map",
        columns == 0 ? "the first row is empty" : "\(rows.count) x \(columns) cells are too many",
        columns == 0 ? "write it like 4 2 5|0 1 0|2 3 2" : "use at most \(Maze.mostCells) cells")
      return nil
    }
    var codes: [Int] = []
    for (row, numbers) in rows.enumerated() {
      if numbers.count != columns {
        reader.report(
          "map", "row \(row) has \(numbers.count) cells, row 0 has \(columns)",
          "write as many in every row")
      }
      for (column, number) in numbers.enumerated() {
        let code = Int(number).flatMap { (0...Maze.mostSets * 3 + 2).contains($0) ? $0 : nil }
        if code == nil {
          reader.report(
            "map", "\"\(number)\" in row \(row), column \(column) is no cell",
            "write 0 free, 1 start, 2 wall, then 3 a cue and 4, 5 its cells, at most"
              + " \(Maze.mostSets) sets")
        }
        codes.append(code ?? 0)
      }
    }
    guard reader.faults.count == before else { return nil }
    grid = Grid(rows: rows.count, columns: columns, isWall: codes.map { $0 == 2 })
    func cell(_ code: Int, _ what: String) -> Int {
      let cells = codes.indices.filter { codes[$0] == code }
      if cells.count != 1 {
        reader.report("map", "has \(cells.count) cells \(code), \(what)", "write \(code) once")
      }
      return cells.first ?? 0
    }
    start = cell(1, "the start")
    let count = (codes.max() ?? 0) / 3
    if count < 1 { reader.report("map", "has no cue", "write 3 for a cue and 4, 5 for its cells") }
    sets = (0..<count).map { set in
      CueSet(
        cue: cell(3 + 3 * set, "the cue of set \(set + 1)"),
        first: cell(4 + 3 * set, "the first of set \(set + 1)"),
        second: cell(5 + 3 * set, "the second of set \(set + 1)"))
    }
    if reader.faults.count > before { return nil }
  }
}
