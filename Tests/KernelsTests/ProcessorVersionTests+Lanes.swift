import Kernels
import Testing
import VectorMathClones

/// The loops over eight lanes: every version gives a lane what plain arithmetic gives for it alone.
extension ProcessorVersionTests {
  @Test("sums and products of lanes have the bits of each lane alone", arguments: Extremes.allCases)
  func laneSums(extremes: Extremes) {
    var random = stream(11)
    for _ in 0..<60 {
      let count = Int(random.next() % 70)
      let x = numbers(8 * count, extremes, &random)
      let own = numbers(8 * count, extremes, &random)
      let shared = numbers(count, extremes, &random)
      expectEverywhere("sum", byLane { Contraction.sum(lane($0, of: x), count: count) }) {
        $0.lanes_sum(x, count, $1)
      }
      expectEverywhere("dot", byLane { Contraction.dot(shared, lane($0, of: x), count: count) }) {
        $0.lanes_dot(shared, x, count, $1)
      }
      let products = byLane { Contraction.dot(lane($0, of: own), lane($0, of: x), count: count) }
      expectEverywhere("own dot", products) { $0.own_lanes_dot(own, x, count, $1) }
      let squares = byLane { Contraction.dot(lane($0, of: x), lane($0, of: x), count: count) }
      expectEverywhere("dot with itself", squares) { $0.own_lanes_dot(x, x, count, $1) }
    }
  }

  @Test("products of a matrix and lanes have the bits of each alone", arguments: Extremes.allCases)
  func laneMatrixProducts(extremes: Extremes) {
    var random = stream(12)
    for _ in 0..<30 {
      let (rows, columns) = (Int(random.next() % 40), Int(random.next() % 40))
      let x = numbers(8 * rows, extremes, &random)
      let own = numbers(8 * rows * columns, extremes, &random)
      let shared = numbers(rows * columns, extremes, &random)
      // A product's element, lane by lane: the sum over the rows in order.
      func products(_ entry: (_ cell: Int, _ lane: Int) -> Double) -> [Double] {
        (0..<columns).flatMap { column in
          byLane { lane in
            (0..<rows).reduce(0) { $0 + entry($1 * columns + column, lane) * x[8 * $1 + lane] }
          }
        }
      }
      let shape = "\(rows) by \(columns)"
      expectEverywhere(shape, products { cell, _ in shared[cell] }) {
        $0.lanes_transposed_matrix(shared, rows, columns, x, $1)
      }
      expectEverywhere("own \(shape)", products { cell, lane in own[8 * cell + lane] }) {
        $0.own_lanes_transposed_matrix(own, rows, columns, x, $1)
      }
    }
  }

  @Test("lanes are moved as each alone", arguments: Extremes.allCases)
  func laneMoves(extremes: Extremes) {
    var random = stream(17)
    for _ in 0..<60 {
      let (count, length) = (Int(random.next() % 40), 1 + Int(random.next() % 20))
      let x = numbers(8 * count, extremes, &random)
      let places = (0..<count).map { _ in Int32(random.next() % UInt64(length)) }
      let sums = (0..<length).flatMap { place in
        byLane { lane in
          (0..<count).reduce(0) { places[$1] == place ? $0 + x[8 * $1 + lane] : $0 }
        }
      }
      expectEverywhere("\(count) to \(length)", sums) {
        $0.lanes_move(x, count, places, $1, length)
      }
    }
  }

  @Test("multiples are added to lanes as to each alone", arguments: Extremes.allCases)
  func laneMultiples(extremes: Extremes) {
    var random = stream(13)
    for _ in 0..<60 {
      let count = Int(random.next() % 70)
      let scale = numbers(8, extremes, &random)
      let own = numbers(8 * count, extremes, &random)
      let shared = numbers(count, extremes, &random)
      let y = numbers(8 * count, extremes, &random)
      expectEverywhere("multiple", y.indices.map { y[$0] + scale[$0 % 8] * shared[$0 / 8] }) {
        $1.update(from: y, count: y.count)
        $0.lanes_add_scaled(scale, shared, $1, count)
      }
      expectEverywhere("own multiple", y.indices.map { y[$0] + scale[$0 % 8] * own[$0] }) {
        $1.update(from: y, count: y.count)
        $0.own_lanes_add_scaled(scale, own, $1, count)
      }
    }
  }

  @Test("the greatest entries are found everywhere", arguments: Extremes.allCases)
  func greatestEntries(extremes: Extremes) {
    // The first of those that are equal: zeros of both signs are.
    func greatest(_ x: [Double]) -> Double {
      x.contains(where: \.isNaN) ? .nan : x.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
    }
    var random = stream(14)
    for trial in 0..<200 {
      let count = Int(random.next() % 70)
      var x = numbers(8 * count, extremes, &random)
      // Else a one is nearly always the greatest.
      if trial % 2 == 0 { x = x.map { $0 == 1 ? -1 : $0 } }
      expectEverywhere("greatest by lane", byLane { greatest(lane($0, of: x)) }) {
        $0.lanes_greatest(x, count, $1)
      }
      let plain = versions.map { $0.greatest(x, count) }
      let expected = greatest(Array(x.prefix(count)))
      for found in plain {
        #expect(found == expected || (found.isNaN && expected.isNaN))
        #expect(found.bitPattern == plain[0].bitPattern)
      }
    }
  }

  @Test("short runs together have the probabilities of each alone", arguments: Extremes.allCases)
  func shortRuns(extremes: Extremes) {
    var random = stream(17)
    for trial in 0..<400 {
      var sizes = [1 + Int(random.next() % 7)]
      while sizes.reduce(0, +) < 8 && random.next() % 4 != 0 {
        sizes.append(1 + Int(random.next() % UInt64(8 - sizes.reduce(0, +))))
      }
      let count = sizes.reduce(0, +)
      var x = numbers(count, extremes, &random).map { trial % 2 == 0 ? 40 * $0 : $0 }
      if trial % 10 == 0 { x = x.map { _ in -.infinity } }
      var expected = x
      var first = 0
      for size in sizes {
        let greatest = x[first..<first + size].reduce(-.infinity) { $1 > $0 ? $1 : $0 }
        let isOrdered = !x[first..<first + size].contains(where: \.isNaN)
        let weights = x[first..<first + size].map {
          VectorMath.exp($0 - (isOrdered ? greatest : .nan))
        }
        let total = Contraction.sum(weights, count: size)
        for index in 0..<size { expected[first + index] = weights[index] / total }
        first += size
      }
      expectEverywhere("softmax of runs of \(sizes)", expected) {
        _ = $0.softmax_runs(x, sizes, sizes.count, $1)
      }
      guard !expected.contains(where: \.isNaN) else { continue }
      for version in versions {
        // What was there before says whether a bit has changed.
        var y = expected
        #expect(version.softmax_runs(x, sizes, sizes.count, &y) == 1)
        let changed = Int(random.next() % UInt64(count))
        y[changed] = Double(bitPattern: y[changed].bitPattern ^ 1)
        #expect(version.softmax_runs(x, sizes, sizes.count, &y) == 0)
        #expect(y == expected)
      }
    }
  }

  @Test("hashes of lanes are the same everywhere and take in every bit")
  func laneHashes() {
    var random = stream(15)
    for _ in 0..<60 {
      let count = Int(random.next() % 70)
      var x = numbers(8 * count, .infinitiesAndNaN, &random)
      let expected = (0..<8).map { lane in
        self.lane(lane, of: x).reduce(UInt64(0)) { ($0 << 7 | $0 >> 57) ^ $1.bitPattern }
      }
      let found = hashes(x, count)
      for hash in found { #expect(hash == expected, "\(count) elements") }
      guard count > 0 else { continue }
      let changed = Int(random.next() % UInt64(x.count))
      x[changed] = Double(bitPattern: x[changed].bitPattern ^ 1 << (random.next() % 64))
      for hash in hashes(x, count) {
        for lane in 0..<8 { #expect((hash[lane] == expected[lane]) == (lane != changed % 8)) }
      }
    }
  }

  @Test(
    "negative entropies of lanes have the bits of each alone, certain entries among them",
    arguments: [.leastNormalMagnitude, 1e-16, 0.25])
  func laneNegentropies(floor: Double) {
    var random = stream(16)
    for trial in 0..<80 {
      let count = Int(random.next() % 40)
      let extremes: Extremes = trial % 4 == 0 ? .infinitiesAndNaN : .subnormal
      var p = numbers(8 * count, extremes, &random).map { abs($0) }
      for element in 0..<count where random.next() % 3 == 0 {
        // Certain in every lane.
        for lane in 0..<8 { p[8 * element + lane] = Double(random.next() % 2) }
      }
      let expected = byLane { lane in
        let values = self.lane(lane, of: p)
        var logs = values
        VectorMath.log(values, atLeast: floor, into: &logs, count: count)
        return Contraction.dot(values, logs, count: count)
      }
      var scratch = [Double](repeating: .nan, count: 8 * count)
      expectEverywhere("negentropy of \(count)", expected) { version, result in
        version.lanes_negentropy(p, floor, count, &scratch, result)
      }
    }
  }
}

extension ProcessorVersionTests {
  /// What there is among the numbers of a test besides zeros and ones.
  enum Extremes: CaseIterable {
    case subnormal
    case infinitiesAndNaN
  }

  /// Numbers between -1 and 1: one in four is 0, -0, 1 or subnormal.
  ///
  /// Infinities and NaN are rare enough to leave most sums finite.
  private func numbers(
    _ count: Int, _ extremes: Extremes, _ random: inout RandomStream
  ) -> [Double] {
    (0..<count).map { _ in
      if extremes == .infinitiesAndNaN && random.next() % 100 == 0 {
        return [.infinity, -.infinity, .nan, -.nan][Int(random.next() % 4)]
      }
      return switch random.next() % 16 {
      case 0: 0
      case 1: -0.0
      case 2: 1
      case 3: Double(bitPattern: random.next() >> 12)
      default: 2 * random.nextUnit() - 1
      }
    }
  }

  private func lane(_ lane: Int, of x: [Double]) -> [Double] {
    stride(from: lane, to: x.count, by: 8).map { x[$0] }
  }

  private func byLane(_ value: (_ lane: Int) -> Double) -> [Double] { (0..<8).map(value) }

  private func hashes(_ x: [Double], _ count: Int) -> [[UInt64]] {
    versions.map { version in
      var hash = [UInt64](repeating: 0, count: 8)
      version.lanes_hash(x, count, &hash)
      return hash
    }
  }

  /// Expects that every version writes these numbers, bit for bit.
  private func expectEverywhere(
    _ name: String, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation,
    _ write: (vector_math_version, UnsafeMutablePointer<Double>) -> Void
  ) {
    // An operation on two NaN keeps the sign and payload of either: which is the compiler's choice.
    func bits(_ x: [Double]) -> [UInt64] {
      x.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
    }
    for version in versions {
      var found = [Double](repeating: .nan, count: expected.count)
      write(version, &found)
      let comment: Comment = "\(name), \(String(cString: version.name)): \(found), not \(expected)"
      #expect(bits(found) == bits(expected), comment, sourceLocation: sourceLocation)
    }
  }
}
