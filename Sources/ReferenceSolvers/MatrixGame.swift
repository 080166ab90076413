/// A game of two players whose gains sum to zero, solved by the simplex method on a dense table.
///
/// One chooses a row to gain `payoff[row][column]`, the other a column to lose it. What is said of its value
/// holds whatever rounding has done to the way there: `lower` is what ``rows`` gains at least, `upper` what
/// ``columns`` loses at most.
///
/// The linear programmes of pruning are such games: a vector is worth keeping where some belief, a mixture
/// of states, gains by it against every other vector.
///
/// Dantzig 1951, "A proof of the equivalence of the programming problem and the game problem".
struct MatrixGame {
  /// How the one who gains mixes the rows.
  let rows: [Double]
  /// How the other mixes the columns.
  let columns: [Double]
  /// The value lies between the two.
  let bounds: ValueBounds

  /// - Parameter payoff: at least one row and one column, finite.
  init(_ payoff: [[Double]]) {
    var table = Simplex(payoff)
    table.run()
    let (rows, columns) = table.mixtures()
    self.rows = rows
    self.columns = columns
    var lower = Double.infinity
    for column in columns.indices {
      var gain = 0.0
      for row in rows.indices { gain += rows[row] * payoff[row][column] }
      lower = min(lower, gain)
    }
    let upper = payoff.reduce(-Double.infinity) { max($0, dot($1, columns)) }
    bounds = ValueBounds(lower: lower, upper: upper)
  }
}

/// Maximises the sum of y where payoff * y <= 1 and y >= 0, the payoff moved so far up that it is positive.
private struct Simplex {
  private let rowCount: Int
  private let columnCount: Int
  /// Columns, slacks and the right side; the last row is the objective's.
  private var cells: [[Double]]
  /// By row, the variable that it stands for.
  private var basis: [Int]

  init(_ payoff: [[Double]]) {
    rowCount = payoff.count
    columnCount = payoff[0].count
    let least = payoff.joined().min() ?? 0
    let greatest = payoff.joined().max() ?? 0
    let shift = max(greatest - least, 1e-300) - least
    // Between 1 and 2, so that pivots are of one size.
    let scale = 1 / max(greatest - least, 1e-300)
    let variables = columnCount + rowCount
    cells = payoff.enumerated().map { row, values in
      var line = values.map { ($0 + shift) * scale }
      line += [Double](repeating: 0, count: payoff.count)
      line[values.count + row] = 1
      return line + [1]
    }
    cells.append(
      [Double](repeating: -1, count: columnCount)
        + [Double](repeating: 0, count: rowCount + 1))
    basis = (columnCount..<variables).map { $0 }
  }

  /// Improves until nothing is left to improve.
  mutating func run() {
    let limit = 50 * (rowCount + columnCount)
    for step in 0..<2 * limit {
      // The steepest at first; the first there is once it may be going in circles (Bland).
      guard let column = entering(steepest: step < limit), let row = leaving(column) else { return }
      pivot(row, column)
    }
  }

  private func entering(steepest: Bool) -> Int? {
    var best: Int?
    var least = -1e-13
    for column in 0..<columnCount + rowCount where cells[rowCount][column] < least {
      best = column
      if !steepest { return column }
      least = cells[rowCount][column]
    }
    return best
  }

  private func leaving(_ column: Int) -> Int? {
    var best: Int?
    var least = Double.infinity
    for row in 0..<rowCount where cells[row][column] > 1e-13 {
      let ratio = cells[row][columnCount + rowCount] / cells[row][column]
      if ratio < least || (ratio == least && basis[row] < basis[best ?? row]) {
        least = ratio
        best = row
      }
    }
    return best
  }

  private mutating func pivot(_ row: Int, _ column: Int) {
    let divisor = cells[row][column]
    for index in cells[row].indices { cells[row][index] /= divisor }
    let line = cells[row]
    for other in cells.indices where other != row {
      let factor = cells[other][column]
      if factor == 0 { continue }
      for index in line.indices { cells[other][index] -= factor * line[index] }
    }
    basis[row] = column
  }

  /// The mixtures that the table stands for, made distributions.
  func mixtures() -> (rows: [Double], columns: [Double]) {
    var columns = [Double](repeating: 0, count: columnCount)
    for row in 0..<rowCount where basis[row] < columnCount {
      columns[basis[row]] = max(cells[row][columnCount + rowCount], 0)
    }
    let rows = (0..<rowCount).map { max(cells[rowCount][columnCount + $0], 0) }
    return (Simplex.distribution(rows), Simplex.distribution(columns))
  }

  private static func distribution(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    if sum > 0 && sum.isFinite { return weights.map { $0 / sum } }
    return [Double](repeating: 1 / Double(weights.count), count: weights.count)
  }
}
