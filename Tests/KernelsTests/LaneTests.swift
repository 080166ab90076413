import Kernels
import Testing

/// A lane has the bits that the plain kernels give for it alone, at every length and beside any others.
@Suite("Lanes") struct LaneTests {
  /// So many elements, each lane different.
  private func lanes(_ count: Int, index: UInt32 = 0) -> [Lanes] {
    let values = uniforms(count * 8, from: -1, to: 1, index: index)
    return (0..<count).map { element in
      var lanes = Lanes.zero
      for lane in 0..<8 { lanes[lane] = values[element * 8 + lane] }
      return lanes
    }
  }

  private func lane(_ lane: Int, of elements: [Lanes]) -> [Double] { elements.map { $0[lane] } }

  private func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

  @Test("sums, products and greatest entries", arguments: 0..<40)
  func reductions(count: Int) {
    let x = lanes(count)
    let y = lanes(count, index: 1)
    let shared = uniforms(count, from: -1, to: 1, index: 2)
    let sum = Lanes.sum(x, count: count)
    let dot = Lanes.dot(x, y, count: count)
    let sharedDot = SharedLaneArithmetic.dot(shared, x, count: count)
    let greatest = Lanes.greatest(x, count: count)
    for lane in 0..<8 {
      let (a, b) = (self.lane(lane, of: x), self.lane(lane, of: y))
      #expect(sum[lane].bitPattern == Double.sum(a, count: count).bitPattern)
      #expect(dot[lane].bitPattern == Contraction.dot(a, b, count: count).bitPattern)
      #expect(sharedDot[lane].bitPattern == Contraction.dot(shared, a, count: count).bitPattern)
      #expect(greatest[lane] == Double.greatest(a, count: count))
      #expect(greatest[lane] == a.max() ?? -.infinity)
    }
  }

  @Test("a greatest entry is NaN where an entry is", arguments: [1, 7, 9, 16, 17, 40])
  func unordered(count: Int) {
    for place in 0..<count {
      var x = uniforms(count, from: -1, to: 1)
      x[place] = .nan
      #expect(Double.greatest(x, count: count).isNaN)
      var y = lanes(count)
      y[place][3] = .nan
      let greatest = Lanes.greatest(y, count: count)
      for lane in 0..<8 { #expect(greatest[lane].isNaN == (lane == 3)) }
    }
  }

  @Test(
    "products with a matrix, shared or one in each lane",
    arguments: [(1, 1), (2, 3), (5, 5), (10, 8), (7, 33), (31, 4), (64, 100)])
  func matrices(rows: Int, columns: Int) {
    let x = lanes(rows)
    let shared = uniforms(rows * columns, from: -1, to: 1, index: 3)
    let own = lanes(rows * columns, index: 4)
    var y = [Lanes](repeating: .zero, count: columns)
    var z = y
    SharedLaneArithmetic.transposedMatrixVector(
      shared, rows: rows, columns: columns, x, into: &y)
    OwnLaneArithmetic.transposedMatrixVector(own, rows: rows, columns: columns, x, into: &z)
    for lane in 0..<8 {
      var plain = [Double](repeating: 0, count: columns)
      let v = self.lane(lane, of: x)
      Contraction.transposedMatrixVector(shared, rows: rows, columns: columns, v, into: &plain)
      #expect(bits(self.lane(lane, of: y)) == bits(plain))
      Contraction.transposedMatrixVector(
        self.lane(lane, of: own), rows: rows, columns: columns, v, into: &plain)
      #expect(bits(self.lane(lane, of: z)) == bits(plain))
    }
  }

  @Test("for OpenBLAS a lane's numbers do not depend on where it stands")
  func largeMatrices() {
    let (rows, columns) = (150, 200)
    let m = uniforms(rows * columns, from: -1, to: 1)
    let x = lanes(rows)
    var y = [Lanes](repeating: .zero, count: columns)
    SharedLaneArithmetic.transposedMatrixVector(m, rows: rows, columns: columns, x, into: &y)
    for shift in 1..<8 {
      let moved = x.map { element in
        var lanes = Lanes.zero
        for lane in 0..<8 { lanes[(lane + shift) % 8] = element[lane] }
        return lanes
      }
      var z = y
      SharedLaneArithmetic.transposedMatrixVector(m, rows: rows, columns: columns, moved, into: &z)
      for lane in 0..<8 {
        #expect(bits(self.lane(lane, of: y)) == bits(self.lane((lane + shift) % 8, of: z)))
      }
    }
  }

  @Test("softmax", arguments: [1, 2, 5, 8, 13, 100])
  func softmaxes(count: Int) {
    var x = lanes(count).map { $0 * 30 }
    if count > 2 { x[1][4] = -.infinity }
    let before = x
    #expect(softmax(inPlace: &x, count: count))
    for lane in 0..<8 {
      var plain = self.lane(lane, of: before)
      softmax(inPlace: &plain, count: count)
      #expect(bits(self.lane(lane, of: x)) == bits(plain))
    }
  }

  @Test("negative entropies, certain entries among them", arguments: 0..<20)
  func negentropies(count: Int) {
    var p = lanes(count).map { ($0 + 1) / 2 }
    for element in stride(from: 0, to: count, by: 3) {
      p[element] = Lanes(0, 1, 0, 0, 1, 0, 0, 1)
      if element % 2 == 0 { p[element][5] = 0.25 }
    }
    var scratch = p
    let got = Lanes.negentropy(p, atLeast: 1e-300, count: count, scratch: &scratch)
    for lane in 0..<8 {
      let values = self.lane(lane, of: p)
      var logs = values.map { Swift.max($0, 1e-300) }
      VectorMath.log(inPlace: &logs, count: count)
      #expect(got[lane].bitPattern == Contraction.dot(values, logs, count: count).bitPattern)
    }
  }

  @Test("a multiple is added to its entries alone")
  func multiples() {
    let scale = lanes(1)[0]
    let shared = uniforms(9, from: -1, to: 1)
    let own = lanes(9, index: 1)
    var y = lanes(9, index: 2)
    var z = y
    let before = y
    SharedLaneArithmetic.addScaled(scale, shared, to: &y, count: 7)
    OwnLaneArithmetic.addScaled(scale, own, to: &z, count: 7)
    for i in 0..<9 {
      #expect(y[i] == (i < 7 ? before[i] + scale * shared[i] : before[i]))
      #expect(z[i] == (i < 7 ? before[i] + scale * own[i] : before[i]))
    }
  }
}
