import Kernels
import Testing

/// A table of runs has the same numbers whether it holds them whole or only what is not zero.
@Suite("Tables of runs") struct RunTableTests {
  static let shapes = [(1, 1), (3, 1), (1, 9), (6, 5), (7, 33), (20, 12)]

  @Test("a sparse table holds what is not zero, run by run", arguments: shapes)
  func cells(runs: Int, length: Int) {
    let tables = Tables<Double>(runs: runs, length: length)
    tables.use { whole, sparse in
      #expect(sparse.isSparse && !whole.isSparse)
      #expect(whole.cellCount == runs * length)
      var held = 0
      for run in 0..<runs {
        #expect(whole.cells(of: run).map { whole.place($0, in: run) } == Array(0..<length))
        let places = whole.cells(of: run).filter { tables.numbers.base[$0] != 0 }
        #expect(
          sparse.cells(of: run).map { sparse.place($0, in: run) } == places.map { $0 % length })
        #expect(
          sparse.cells(of: run).map { sparse.cells[$0] } == places.map { tables.numbers.base[$0] })
        held += places.count
      }
      #expect(sparse.cellCount == held)
    }
  }

  @Test("a place of a run is found, or not held and zero", arguments: shapes)
  func places(runs: Int, length: Int) {
    let tables = Tables<Double>(runs: runs, length: length)
    tables.use { whole, sparse in
      for run in 0..<runs {
        for place in 0..<length {
          let number = tables.numbers.base[run * length + place]
          #expect(whole.cell(of: run, at: place) == run * length + place)
          let cell = sparse.cell(of: run, at: place)
          #expect((cell == nil) == (number == 0))
          #expect(cell.map { sparse.cells[$0] } ?? 0 == number)
          #expect(cell.map { sparse.cells(of: run).contains($0) } ?? true)
        }
      }
    }
  }

  @Test("other numbers take a table's structure")
  func otherNumbers() {
    let tables = Tables<Double>(runs: 6, length: 5)
    tables.use { whole, sparse in
      let others = FixedBuffer<Lanes>(zeros: 30)
      withExtendedLifetime(others) {
        let (wide, narrow) = (whole.with(cells: others.base), sparse.with(cells: others.base))
        #expect(!wide.isSparse && narrow.isSparse)
        #expect(wide.cellCount == 30 && narrow.cellCount == sparse.cellCount)
        for run in 0..<6 {
          #expect(narrow.cells(of: run) == sparse.cells(of: run))
          for place in 0..<5 {
            #expect(narrow.cell(of: run, at: place) == sparse.cell(of: run, at: place))
          }
        }
      }
    }
  }

  @Test("weighted sums of runs are those of the numbers held whole", arguments: shapes)
  func combinations(runs: Int, length: Int) {
    checkCombinations(SingleArithmetic.self, runs, length)
    checkCombinations(SharedLaneArithmetic.self, runs, length)
    checkCombinations(OwnLaneArithmetic.self, runs, length)
  }

  @Test("runs that are sure of a place sum as the numbers held whole", arguments: shapes)
  func sureRuns(runs: Int, length: Int) {
    checkSureRuns(SingleArithmetic.self, runs, length)
    checkSureRuns(SharedLaneArithmetic.self, runs, length)
    checkSureRuns(OwnLaneArithmetic.self, runs, length)
  }

  private func checkSureRuns<Arithmetic: StepArithmetic>(
    _ arithmetic: Arithmetic.Type, _ runs: Int, _ length: Int
  ) {
    var random = stream(5)
    let places = FixedBuffer((0..<runs).map { _ in Int32(random.next() % UInt64(length)) })
    let cells = FixedBuffer<Arithmetic.Parameter>(zeros: runs * length)
    for run in 0..<runs { cells.base[run * length + Int(places.base[run])] = .init(broadcast: 1) }
    let weights = sparseNumbers(Arithmetic.Number.self, runs, index: 1)
    let whole = RunTable(count: runs, length: length, cells: cells.base)
    withExtendedLifetime(places) {
      let sure = whole.noting(sure: places.base)
      // Other numbers are not sure.
      #expect(sure.moved(to: cells.base).sure != nil && sure.with(cells: cells.base).sure == nil)
      for first in 0..<runs {
        let blank = [Arithmetic.Number](repeating: .init(broadcast: .nan), count: length)
        let sums = [sure, whole].map { table in
          var y = blank
          Arithmetic.combine(table, first: first, count: runs - first, weights: weights, into: &y)
          Arithmetic.add(weights[0], run: first, of: table, to: &y)
          return y.flatMap { number in
            (0..<Arithmetic.Number.laneCount).map { number[lane: $0].bitPattern }
          }
        }
        #expect(sums[0] == sums[1])
      }
    }
  }

  @Test("each lane takes its own run", arguments: shapes)
  func gathering(runs: Int, length: Int) {
    checkGathering(SingleArithmetic.self, runs, length)
    checkGathering(SharedLaneArithmetic.self, runs, length)
    checkGathering(OwnLaneArithmetic.self, runs, length)
  }

  private func checkCombinations<Arithmetic: StepArithmetic>(
    _ arithmetic: Arithmetic.Type, _ runs: Int, _ length: Int
  ) {
    let tables = Tables<Arithmetic.Parameter>(runs: runs, length: length)
    let weights = sparseNumbers(Arithmetic.Number.self, runs, index: 1)
    tables.use { whole, sparse in
      for first in 0..<runs {
        for count in 0...runs - first {
          for table in [whole, sparse] {
            // What y held before must not matter.
            var y = [Arithmetic.Number](repeating: .init(broadcast: .nan), count: length)
            Arithmetic.combine(table, first: first, count: count, weights: weights, into: &y)
            for place in 0..<length {
              for lane in 0..<Arithmetic.Number.laneCount {
                var expected = 0.0
                for run in 0..<count {
                  let number = tables.numbers.base[(first + run) * length + place]
                  expected +=
                    weights[run][lane: lane] * Arithmetic.parameter(number, lane: lane)
                }
                #expect(y[place][lane: lane].bitPattern == expected.bitPattern)
              }
            }
          }
        }
      }
    }
  }

  private func checkGathering<Arithmetic: StepArithmetic>(
    _ arithmetic: Arithmetic.Type, _ runs: Int, _ length: Int
  ) {
    let tables = Tables<Arithmetic.Parameter>(runs: runs, length: length)
    tables.use { whole, sparse in
      for first in 0..<runs {
        for table in [whole, sparse] {
          var y = [Arithmetic.Number](repeating: .init(broadcast: .nan), count: length)
          Arithmetic.gather(table, run: { (first + 3 * $0) % runs }, into: &y)
          for place in 0..<length {
            for lane in 0..<Arithmetic.Number.laneCount {
              let number = tables.numbers.base[(first + 3 * lane) % runs * length + place]
              #expect(y[place][lane: lane] == Arithmetic.parameter(number, lane: lane))
            }
          }
        }
      }
    }
  }
}

/// Numbers between -1 and 1, most of them zero, in all lanes or in some.
private func sparseNumbers<Number: StepNumber>(
  _ type: Number.Type, _ count: Int, index: UInt32
) -> [Number] {
  var random = stream(index)
  return (0..<count).map { _ in
    var number = Number.zero
    if random.next() % 2 == 0 { return number }
    for lane in 0..<Number.laneCount where random.next() % 3 != 0 {
      number[lane: lane] = 2 * random.nextUnit() - 1
    }
    return number
  }
}

/// The same numbers in a table that holds them whole and in one that holds what is not zero.
private struct Tables<Parameter: StepNumber> {
  let runs: Int
  let length: Int
  let numbers: FixedBuffer<Parameter>
  let cells: FixedBuffer<Parameter>
  let starts: FixedBuffer<Int>
  let places: FixedBuffer<Int32>

  /// A third of the runs, if there are so many, is empty.
  init(runs: Int, length: Int) {
    self.runs = runs
    self.length = length
    var numbers = sparseNumbers(Parameter.self, runs * length, index: 2)
    for run in stride(from: 1, to: runs, by: 3) {
      for place in 0..<length { numbers[run * length + place] = .zero }
    }
    var starts = [0]
    var held: [Int] = []
    for run in 0..<runs {
      held += (run * length..<(run + 1) * length).filter { numbers[$0].isAnyNonzero }
      starts.append(held.count)
    }
    self.numbers = FixedBuffer(numbers)
    cells = FixedBuffer(held.map { numbers[$0] })
    self.starts = FixedBuffer(starts)
    places = FixedBuffer(held.map { Int32($0 % length) })
  }

  /// Calls `body` while the tables' memory is there.
  func use(_ body: (_ whole: RunTable<Parameter>, _ sparse: RunTable<Parameter>) -> Void) {
    withExtendedLifetime(self) {
      body(
        RunTable(count: runs, length: length, cells: numbers.base),
        RunTable(
          count: runs, length: length, cells: cells.base, starts: starts.base,
          places: places.base))
    }
  }
}
