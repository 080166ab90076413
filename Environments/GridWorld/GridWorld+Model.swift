import ActiveInference

extension GridWorld {
  /// The model of a layout; its tables hold only what is not zero.
  static func model(
    _ layout: Layout, _ actions: Int, _ successProbability: Double
  ) throws(InvalidInput) -> GenerativeModel {
    let grid = layout.grid
    let cells = grid.count
    let labels = (0..<cells).map(grid.label)
    let isGoal = layout.distances.map { $0 == 0 ? 1.0 : 0 }

    var model = ModelDescription()
    model.name = identifier
    model.factors = [Variable("location", labels)]
    model.modalities = [Variable("where", labels)]
    let moves = ["up", "right", "down", "left", "stay"].prefix(actions)
    model.controls = [Variable("move", Array(moves))]
    model.likelihoods = [.init("where", given: ["location"], identity(cells))]
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

  /// Every cell looks like itself.
  private static func identity(_ cells: Int) -> Tensor {
    Tensor(
      shape: [cells, cells], offsets: (0..<cells).map { $0 * (cells + 1) },
      values: [Double](repeating: 1, count: cells))
  }

  /// `[next, previous, move]`: a move leads on with probability `p` and else stays.
  private static func transition(_ grid: Grid, _ actions: Int, _ p: Double) -> Tensor {
    let cells = grid.count
    var entries: [(offset: Int, value: Double)] = []
    for cell in 0..<cells {
      for action in 0..<actions {
        func enter(_ next: Int, _ probability: Double) {
          guard probability > 0 else { return }
          entries.append(((next * cells + cell) * actions + action, probability))
        }
        let isMove = Grid.moves.indices.contains(action)
        let next = isMove ? grid.target(of: action, from: cell) : cell
        enter(next, next == cell ? 1 : p)
        if next != cell { enter(cell, 1 - p) }
      }
    }
    entries.sort { $0.offset < $1.offset }
    return Tensor(
      shape: [cells, cells, actions], offsets: entries.map(\.offset), values: entries.map(\.value))
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
