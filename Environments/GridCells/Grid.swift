/// A rectangle of cells, some of them walls, numbered row by row.
package struct Grid: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  /// By cell.
  package let isWall: [Bool]

  package init(rows: Int, columns: Int, isWall: [Bool]) {
    self.rows = rows
    self.columns = columns
    self.isWall = isWall
  }

  /// A rectangle without walls.
  package init(rows: Int, columns: Int) {
    self.init(
      rows: rows, columns: columns, isWall: [Bool](repeating: false, count: rows * columns))
  }

  /// The number of cells, walls included.
  package var count: Int { rows * columns }

  /// The cells that can be stood on.
  package var free: [Int] { isWall.indices.filter { !isWall[$0] } }

  /// `(row, column)`, both from 0.
  package func label(_ cell: Int) -> String { "(\(cell / columns), \(cell % columns))" }

  /// The labels of all cells.
  package var labels: [String] {
    let columnTexts = (0..<columns).map { ", \($0))" }
    var labels: [String] = []
    labels.reserveCapacity(count)
    for row in 0..<rows {
      let rowText = "(\(row)"
      for text in columnTexts { labels.append(rowText + text) }
    }
    return labels
  }

  /// The number of the cell, where there is such a cell.
  package func cell(row: Int, column: Int) -> Int? {
    (0..<rows).contains(row) && (0..<columns).contains(column) ? row * columns + column : nil
  }

  /// Where so many rows down and columns to the right lead: there, or nowhere if the border or a wall is in
  /// the way.
  package func target(from cell: Int, row: Int, column: Int) -> Int {
    let target = self.cell(row: cell / columns + row, column: cell % columns + column)
    guard let target, !isWall[target] else { return cell }
    return target
  }
}
