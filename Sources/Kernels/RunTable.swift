/// A table of runs of numbers, such as one distribution over outcomes for each joint state.
///
/// A run is held whole, or as its entries that are not zero, by ascending place. The table does not own
/// its memory.
@frozen
public struct RunTable<Parameter: StepNumber>: BitwiseCopyable {
  /// The number of runs.
  public let count: Int
  /// The places of a run.
  public let length: Int
  /// The numbers held: run after run.
  public let cells: UnsafeMutablePointer<Parameter>
  /// Where each run's cells begin and the last one's end; nil where runs are held whole.
  public let starts: UnsafePointer<Int>?
  /// The place of each cell; nil where runs are held whole.
  public let places: UnsafePointer<Int32>?
  /// The place of each run where its only number is, a 1; nil where some run is another, or may become.
  public let sure: UnsafePointer<Int32>?

  /// A table whose runs are held whole.
  @inlinable
  public init(count: Int, length: Int, cells: UnsafeMutablePointer<Parameter>) {
    self.count = count
    self.length = length
    self.cells = cells
    sure = nil
    starts = nil
    places = nil
  }

  /// A table that holds what is not zero.
  @inlinable
  public init(
    count: Int, length: Int, cells: UnsafeMutablePointer<Parameter>, starts: UnsafePointer<Int>,
    places: UnsafePointer<Int32>
  ) {
    self.count = count
    self.length = length
    self.cells = cells
    self.starts = starts
    self.places = places
    sure = nil
  }

  /// Whether only what is not zero is held.
  @inlinable @inline(__always)
  public var isSparse: Bool { starts != nil }

  /// The number of cells held.
  @inlinable @inline(__always)
  public var cellCount: Int { starts.map { $0[count] } ?? count * length }

  /// The cells of a run.
  @inlinable @inline(__always)
  public func cells(of run: Int) -> Range<Int> {
    guard let starts else { return run * length..<(run + 1) * length }
    return starts[run]..<starts[run + 1]
  }

  /// The place of a cell in its run.
  @inlinable @inline(__always)
  public func place(_ cell: Int, in run: Int) -> Int {
    guard let places else { return cell - run * length }
    return Int(places[cell])
  }

  /// The same structure over other numbers.
  @inlinable
  public func with<Other: StepNumber>(cells: UnsafeMutablePointer<Other>) -> RunTable<Other> {
    RunTable<Other>(self, cells, sure: nil)
  }

  /// The same numbers in other memory.
  @inlinable
  public func moved<Other: StepNumber>(to cells: UnsafeMutablePointer<Other>) -> RunTable<Other> {
    RunTable<Other>(self, cells, sure: sure)
  }

  /// The same table, of which it is noted where every run has its only number, a 1.
  @inlinable
  public func noting(sure: UnsafePointer<Int32>) -> RunTable {
    RunTable(self, cells, sure: sure)
  }

  @inlinable
  init<Other: StepNumber>(
    _ structure: RunTable<Other>, _ cells: UnsafeMutablePointer<Parameter>,
    sure: UnsafePointer<Int32>?
  ) {
    count = structure.count
    length = structure.length
    self.cells = cells
    starts = structure.starts
    places = structure.places
    self.sure = sure
  }

  /// The cell at a place of a run; nil where it is not held and so zero.
  ///
  /// - Complexity: O(log cells of the run) where the table is sparse.
  @inlinable
  public func cell(of run: Int, at place: Int) -> Int? {
    guard let starts, let places else { return run * length + place }
    var low = starts[run]
    var high = starts[run + 1]
    while low < high {
      let middle = (low + high) / 2
      if Int(places[middle]) < place { low = middle + 1 } else { high = middle }
    }
    return low < starts[run + 1] && Int(places[low]) == place ? low : nil
  }
}

extension StepArithmetic {
  /// Adds `weight` times a run to y.
  @inlinable @inline(__always)
  public static func add(
    _ weight: Number, run: Int, of table: RunTable<Parameter>, to y: UnsafeMutablePointer<Number>
  ) {
    if let sure = table.sure {
      y[Int(sure[run])] += weight
      return
    }
    guard let starts = table.starts, let places = table.places else {
      addScaled(weight, table.cells + run * table.length, to: y, count: table.length)
      return
    }
    for cell in starts[run]..<starts[run + 1] {
      y[Int(places[cell])] += weight * widened(table.cells[cell])
    }
  }

  /// y = the sum of runs `first..<first + count`, each times its weight.
  @inlinable @inline(__always)
  public static func combine(
    _ table: RunTable<Parameter>, first: Int, count: Int, weights: UnsafePointer<Number>,
    into y: UnsafeMutablePointer<Number>
  ) {
    if let sure = table.sure {
      Number.move(weights, count: count, to: sure + first, into: y, length: table.length)
      return
    }
    if !table.isSparse {
      transposedMatrixVector(
        table.cells + first * table.length, rows: count, columns: table.length, weights, into: y)
      return
    }
    for place in 0..<table.length { y[place] = .zero }
    for run in 0..<count where weights[run].isAnyNonzero {
      add(weights[run], run: first + run, of: table, to: y)
    }
  }

  /// Writes a run, another one in each lane, to y.
  @inlinable @inline(__always)
  public static func gather(
    _ table: RunTable<Parameter>, run: (_ lane: Int) -> Int, into y: UnsafeMutablePointer<Number>
  ) {
    let lanes = Number.laneCount
    let numbers = numbers(y)
    for lane in 0..<lanes {
      let run = run(lane)
      if let starts = table.starts, let places = table.places {
        for place in 0..<table.length { numbers[place * lanes + lane] = 0 }
        for cell in starts[run]..<starts[run + 1] {
          numbers[Int(places[cell]) * lanes + lane] = parameter(table.cells[cell], lane: lane)
        }
      } else {
        let cells = table.cells + run * table.length
        for place in 0..<table.length {
          numbers[place * lanes + lane] = parameter(cells[place], lane: lane)
        }
      }
    }
  }
}
