import GridCells

extension Grid {
  /// The moves in the order of the actions, staying aside.
  static let moves: [(row: Int, column: Int)] = [(-1, 0), (0, 1), (1, 0), (0, -1)]

  /// Where a move leads: to the next cell, or nowhere if the border or a wall is in the way.
  func target(of move: Int, from cell: Int) -> Int {
    let step = Grid.moves[move]
    return target(from: cell, row: step.row, column: step.column)
  }

  /// Calls `body` with a cell and those beside it, walls included, in ascending order; `move` leads from
  /// the other cell to this one.
  @inline(__always)
  func forEachCellAround(_ cell: Int, _ body: (_ other: Int, _ move: Int?) -> Void) {
    let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
    if row > 0 { body(cell - columns, 2) }
    if column > 0 { body(cell - 1, 1) }
    body(cell, nil)
    if column < columns - 1 { body(cell + 1, 3) }
    if row < rows - 1 { body(cell + columns, 0) }
  }

  /// The number of free cells beside a cell.
  func freeNeighbours(of cell: Int) -> Int {
    var count = 0
    forEachCellAround(cell) { other, _ in count += other != cell && !isWall[other] ? 1 : 0 }
    return count
  }

  /// The fewest moves from each cell to the nearest of the goals; nil where no way leads there.
  ///
  /// - Complexity: O(cells), by breadth-first search from the goals.
  func distances(to goals: [Int]) -> [Int?] {
    var distances = [Int?](repeating: nil, count: count)
    for goal in goals { distances[goal] = 0 }
    var frontier = goals
    var distance = 0
    while !frontier.isEmpty {
      distance += 1
      var next: [Int] = []
      for cell in frontier {
        for move in Grid.moves.indices {
          let neighbour = target(of: move, from: cell)
          guard distances[neighbour] == nil else { continue }
          distances[neighbour] = distance
          next.append(neighbour)
        }
      }
      frontier = next
    }
    return distances
  }
}
