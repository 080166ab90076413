import ActiveInference
import EngineTestSupport

/// The square grids of Millidge & Buckley: four moves, clamped at the walls, every cell seen as it is.
enum Grids {
  /// By cell and move (up, down, left, right in rows and columns): the next cell.
  static func next(_ cell: Int, _ move: Int, side: Int) -> Int {
    let (row, column) = (cell / side, cell % side)
    switch move {
    case 0: return max(row - 1, 0) * side + column
    case 1: return min(row + 1, side - 1) * side + column
    case 2: return row * side + max(column - 1, 0)
    default: return row * side + min(column + 1, side - 1)
    }
  }

  /// -0.1 everywhere and +10 at the goal.
  static func reward(_ cells: Int, goal: Int) -> [Double] {
    (0..<cells).map { $0 == goal ? 10 : -0.1 }
  }

  /// A model of a grid with its goal in the last cell unless told otherwise; an episode begins in any other.
  ///
  /// - Parameter vague: cells that look like any cell.
  static func model(side: Int, goal: Int? = nil, vague: [Int] = []) throws -> GenerativeModel {
    let cells = side * side
    let goal = goal ?? cells - 1
    var model = ModelDescription()
    model.name = "grid"
    model.factors = [Variable("place", size: cells)]
    model.modalities = [Variable("where", size: cells)]
    model.controls = [Variable("move", ["up", "down", "left", "right"])]
    model.likelihoods = [
      .init(
        "where", given: ["place"],
        SampleModels.table([cells, cells]) {
          vague.contains($0[1]) ? 1 / Double(cells) : $0[0] == $0[1] ? 1 : 0
        })
    ]
    model.transitions = [
      .init(
        "place", given: ["place"], controls: ["move"],
        SampleModels.table([cells, cells, 4]) {
          $0[0] == next($0[1], $0[2], side: side) ? 1 : 0
        })
    ]
    model.preferences = [
      .init("where", Tensor(shape: [cells], reward(cells, goal: goal)))
    ]
    let others = 1 / Double(cells - 1)
    model.initialStates = [
      .init("place", Tensor(shape: [cells], (0..<cells).map { $0 == goal ? 0 : others }))
    ]
    return try GenerativeModel(model)
  }

  /// How many moves an agent takes to the last cell from a start.
  static func moves(
    _ agent: ActiveInferenceAgent, from start: Int, side: Int, seed: UInt64 = 0, most: Int = 10_000
  ) throws -> Int {
    var cell = start
    var moves = 0
    agent.begin(seed: seed, episode: UInt64(start))
    while cell != side * side - 1 && moves < most {
      cell = next(cell, try agent.act(on: [.outcome(cell)])[0], side: side)
      moves += 1
    }
    return moves
  }
}

/// Linear algebra as in a book, for comparison.
enum Dense {
  /// Solves A x = b by elimination with pivoting.
  static func solve(_ a: [[Double]], _ b: [Double]) -> [Double] {
    var rows = zip(a, b).map { $0 + [$1] }
    let n = b.count
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in 0..<n where row != column {
        let factor = rows[row][column] / rows[column][column]
        if factor == 0 { continue }
        for place in column...n { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
  }

  /// P(s' | s), `[from][to]`, of a policy `[state][action]` on joint dynamics.
  static func chain(_ transition: JointTransition, _ policy: [[Double]]) -> [[Double]] {
    (0..<transition.stateCount).map { state in
      var row = [Double](repeating: 0, count: transition.stateCount)
      for action in transition.actions.indices {
        for cell in transition.cells(action: action, state: state) {
          row[Int(transition.nextStates[cell])] +=
            policy[state][action] * transition.probabilities[cell]
        }
      }
      return row
    }
  }

  static func uniform(_ transition: JointTransition) -> [[Double]] {
    let actions = transition.actions.count
    return [[Double]](
      repeating: [Double](repeating: 1 / Double(actions), count: actions),
      count: transition.stateCount)
  }

  /// I - discount P.
  static func system(_ chain: [[Double]], _ discount: Double) -> [[Double]] {
    chain.indices.map { from in
      chain.indices.map { ($0 == from ? 1 : 0) - discount * chain[from][$0] }
    }
  }

  static func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }
}
