/// A rectangle of cells, row by row from the top.
struct CellGrid {
  /// A way from a cell to the next.
  enum Direction {
    case up, right, down, left
  }

  let rows: Int
  let columns: Int

  /// `(row, column)`, both from 0.
  var labels: [String] {
    (0..<rows * columns).map { "(\($0 / columns), \($0 % columns))" }
  }

  /// The cell that lies in a direction; at the border the cell itself.
  func neighbour(of cell: Int, _ direction: Direction) -> Int {
    let (row, column) = (cell / columns, cell % columns)
    switch direction {
    case .up: return row > 0 ? cell - columns : cell
    case .right: return column < columns - 1 ? cell + 1 : cell
    case .down: return row < rows - 1 ? cell + columns : cell
    case .left: return column > 0 ? cell - 1 : cell
    }
  }
}
