import ActiveInference
import GridCells

/// A grid with the cells that matter in it, free of contradictions.
struct Layout: Hashable, Sendable {
  let grid: Grid
  /// Where an episode starts; nil is any free cell.
  let start: Int?
  /// Where the agent wants to be, ascending and never empty.
  let goals: [Int]
  /// The fewest moves from each cell to the nearest goal; nil where no way leads there.
  let distances: [Int?]

  /// The layout that the parameters ask for; nil where `reader` has noted a fault.
  init?(_ reader: inout ParameterReader, actions: Int) {
    let before = reader.faults.count
    if reader["map"] != .none {
      for name in ["rows", "columns", "walls", "start", "goals"] where reader.isChanged(name) {
        reader.report(name, "the map says it already", "leave out \(name) or map")
      }
      guard let map = Layout.map(&reader, actions) else { return nil }
      self.init(grid: map.grid, start: map.start, goals: map.goals, &reader, place: "map")
    } else {
      guard let rows = reader.count("rows"), let columns = reader.count("columns"),
        Layout.fits(rows, columns, actions, &reader, place: "rows, columns")
      else { return nil }
      let open = Grid(rows: rows, columns: columns)
      var isWall = open.isWall
      for wall in open.cells("walls", &reader) { isWall[wall] = true }
      let grid = Grid(rows: rows, columns: columns, isWall: isWall)
      let starts = open.cells("start", &reader)
      if starts.count > 1 {
        reader.report("start", "names \(starts.count) cells", "give one cell, or none for any")
      }
      let goals = open.cells("goals", &reader)
      Layout.refuseWalls("start", starts, grid, &reader)
      Layout.refuseWalls("goals", goals, grid, &reader)
      guard reader.faults.count == before else { return nil }
      self.init(grid: grid, start: starts.first, goals: goals, &reader, place: "walls")
    }
    if reader.faults.count > before { return nil }
  }

  /// Chooses the goal where there is none and checks that it can be reached.
  private init?(
    grid: Grid, start: Int?, goals: [Int], _ reader: inout ParameterReader, place: String
  ) {
    guard let last = grid.free.last else {
      reader.report(place, "no cell is free", "leave a cell without a wall")
      return nil
    }
    self.grid = grid
    self.start = start
    self.goals = goals.isEmpty ? [last] : Set(goals).sorted()
    distances = grid.distances(to: self.goals)
    let starts = start.map { [$0] } ?? grid.free
    let lost = starts.filter { distances[$0] == nil }
    guard lost.isEmpty else {
      let first = grid.label(lost[0])
      let from = lost.count == 1 ? first : "\(lost.count) possible starts, such as \(first)"
      reader.report(
        place == "map" ? "map" : "goals", "no way leads to a goal from \(from)",
        "open a wall, or choose another start or goal")
      return nil
    }
    // Between free cells every way leads back as well.
    let reached = self.goals.count > 1 ? grid.distances(to: starts) : distances
    for goal in self.goals where reached[goal] == nil {
      reader.report(
        place == "map" ? "map" : "goals", "no way leads to \(grid.label(goal))",
        "open a wall or leave that goal out")
    }
  }

  private static func refuseWalls(
    _ name: String, _ cells: [Int], _ grid: Grid, _ reader: inout ParameterReader
  ) {
    for cell in cells where grid.isWall[cell] {
      reader.report(name, "\(grid.label(cell)) is a wall", "choose a free cell")
    }
  }

  /// Whether the transition table holds at most 2^27 numbers that are not zero; a fault where it holds
  /// more.
  static func fits(
    _ rows: Int, _ columns: Int, _ actions: Int, _ reader: inout ParameterReader, place: String
  ) -> Bool {
    let most = 1 << 27
    // Each of four moves succeeds or fails; staying does what it does.
    let limit = most / (actions + Grid.moves.count)
    let (cells, overflow) = rows.multipliedReportingOverflow(by: columns)
    if !overflow, cells <= limit { return true }
    reader.report(
      place, "\(rows) x \(columns) cells are too many for tables of at most \(most) entries",
      "use at most \(limit) cells")
    return false
  }
}
