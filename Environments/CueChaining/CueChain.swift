import ActiveInference
import GridCells

/// Where cues and rewards are, free of contradictions.
struct CueChain: Hashable, Sendable {
  /// The most cells there may be: tables hold their square.
  static let mostCells = 256

  let grid: Grid
  let start: Int
  let cue1: Int
  let cue2: [Int]
  /// Two cells.
  let rewards: [Int]
  /// Which second cue is true, where it is not drawn.
  let activeCue2: Int?
  /// Which reward cell has the cheese, where it is not drawn.
  let rewardCondition: Int?

  /// What the parameters ask for; nil where `reader` has noted a fault.
  init?(_ reader: inout ParameterReader) {
    let before = reader.faults.count
    rewardCondition = reader.choice("rewardCondition", of: ["top", "bottom"])
    guard let rows = reader.count("rows"), let columns = reader.count("columns") else { return nil }
    let (cells, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, cells <= CueChain.mostCells else {
      reader.report(
        "rows, columns", "\(rows) x \(columns) cells are too many",
        "use at most \(CueChain.mostCells) cells")
      return nil
    }
    grid = Grid(rows: rows, columns: columns)
    cue2 = grid.cells("cue2", &reader)
    rewards = CueChain.cells(2, "rewards", grid, &reader)
    let starts = CueChain.cells(1, "start", grid, &reader)
    let firstCues = CueChain.cells(1, "cue1", grid, &reader)
    if cue2.isEmpty, reader.faults.count == before {
      reader.report("cue2", "names no cell", "give at least one")
    }
    for (name, cells) in [("cue2", cue2), ("rewards", rewards)] where Set(cells).count < cells.count
    {
      reader.report(name, "names a cell twice", "give each once")
    }
    activeCue2 = reader.choice("activeCue2", of: CueChain.names(cue2.count))
    guard reader.faults.count == before, let start = starts.first, let cue1 = firstCues.first else {
      return nil
    }
    self.start = start
    self.cue1 = cue1
  }

  /// The most moves from the start along the cues to a reward.
  var longestWay: Int {
    func moves(_ from: Int, _ to: Int) -> Int {
      abs(from / grid.columns - to / grid.columns) + abs(from % grid.columns - to % grid.columns)
    }
    let rest = cue2.map { cue in
      moves(cue1, cue) + (rewards.map { moves(cue, $0) }.max() ?? 0)
    }
    return moves(start, cue1) + (rest.max() ?? 0)
  }

  /// The labels of the second cues: which, and where.
  var cue2Labels: [String] {
    zip(CueChain.names(cue2.count), cue2).map { "\($0) \(grid.label($1))" }
  }

  /// The labels of the reward conditions: where the cheese is.
  var rewardLabels: [String] {
    zip(["top", "bottom"], rewards).map { "\($0) \(grid.label($1))" }
  }

  private static func names(_ count: Int) -> [String] { (0..<count).map { "L\($0 + 1)" } }

  /// So many cells; a fault where there are more or fewer.
  private static func cells(
    _ count: Int, _ name: String, _ grid: Grid, _ reader: inout ParameterReader
  ) -> [Int] {
    let before = reader.faults.count
    let cells = grid.cells(name, &reader)
    if cells.count != count, reader.faults.count == before {
      reader.report(
        name, "names \(cells.count) cells", count == 1 ? "give one cell" : "give \(count) cells")
    }
    return cells
  }
}
