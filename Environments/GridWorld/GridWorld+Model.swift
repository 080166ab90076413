import ActiveInference
import GridCells

extension GridWorld {
  /// The model of a layout; its tables hold only what is not zero.
  static func model(
    _ layout: Layout, _ actions: Int, successProbability: Double, observationNoise: Double
  ) throws(InvalidInput) -> GenerativeModel {
    let grid = layout.grid
    let cells = grid.count
    let labels = grid.labels
    let isGoal = layout.distances.map { $0 == 0 ? 1.0 : 0 }

    var model = ModelDescription()
    model.name = identifier
    model.factors = [Variable("location", labels)]
    model.modalities = [Variable("where", labels)]
    let moves = ["up", "right", "down", "left", "stay"].prefix(actions)
    model.controls = [Variable("move", Array(moves))]
    model.likelihoods = [
      .init("where", given: ["location"], likelihood(grid, observationNoise))
    ]
    model.transitions = [
      .init(
        "location", given: ["location"], controls: ["move"],
        transition(grid, actions, successProbability))
    ]
    model.preferences = [.init("where", Tensor(shape: [cells], preference(layout.distances)))]
    model.initialStates = [.init("location", Tensor(shape: [cells], start(layout)))]
    model.goals = [.init("location", Tensor(shape: [cells], isGoal))]
    return try GenerativeModel(model)
  }

  /// `[outcome, location]`: every cell looks like itself, or with probability `noise` like one of the
  /// free cells beside it.
  private static func likelihood(_ grid: Grid, _ noise: Double) -> Tensor {
    let cells = grid.count
    var table = SparseRows(capacity: cells * (noise > 0 ? 5 : 1))
    for outcome in 0..<cells {
      grid.forEachCellAround(outcome) { location, _ in
        let beside = noise > 0 ? grid.freeNeighbours(of: location) : 0
        let first = outcome * cells + location
        if location == outcome {
          table.add(first, beside == 0 ? 1 : 1 - noise)
        } else if !grid.isWall[outcome] && noise > 0 {
          table.add(first, noise / Double(beside))
        }
      }
    }
    return table.tensor(shape: [cells, cells])
  }

  /// `[next, previous, move]`: a move leads on with probability `p` and else stays.
  private static func transition(_ grid: Grid, _ actions: Int, _ p: Double) -> Tensor {
    let cells = grid.count
    var table = SparseRows(capacity: cells * (p < 1 ? actions + 4 : actions))
    for next in 0..<cells {
      grid.forEachCellAround(next) { previous, move in
        let first = (next * cells + previous) * actions
        if let move {
          if !grid.isWall[next] { table.add(first + move, p) }
          return
        }
        for action in 0..<actions {
          let isMove = Grid.moves.indices.contains(action)
          let leadsOn = isMove && grid.target(of: action, from: next) != next
          table.add(first + action, leadsOn ? 1 - p : 1)
        }
      }
    }
    return table.tensor(shape: [cells, cells, actions])
  }

  /// One nat less for each move from the nearest goal; one more where no way leads there.
  private static func preference(_ distances: [Int?]) -> [Double] {
    let farthest = distances.compactMap { $0 }.max() ?? 0
    return distances.map { -Double($0 ?? farthest + 1) }
  }

  private static func start(_ layout: Layout) -> [Double] {
    let starts = layout.start.map { [$0] } ?? layout.grid.free
    var probability = [Double](repeating: 0, count: layout.grid.count)
    for cell in starts { probability[cell] = 1 / Double(starts.count) }
    return probability
  }
}

/// Entries of a table in the order of their offsets; zeros are left out.
private struct SparseRows {
  private var offsets: [Int] = []
  private var values: [Double] = []

  init(capacity: Int) {
    offsets.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  mutating func add(_ offset: Int, _ value: Double) {
    guard value > 0 else { return }
    offsets.append(offset)
    values.append(value)
  }

  func tensor(shape: [Int]) -> Tensor { Tensor(shape: shape, offsets: offsets, values: values) }
}
