import Kernels
import Testing

@Suite struct `Factorised matrices` {
  /// On both sides of the size from which LAPACK has a part.
  @Test(arguments: [1, 2, 5, 40, 127, 128, 150]) func `solve their systems`(order: Int) {
    var random = RandomStream(seed: 3, episode: 0, step: 0, purpose: .user)
    let matrix = FactorizedMatrix(order: order)
    var rows = [[Double]](repeating: [], count: order)
    for row in 0..<order {
      rows[row] = (0..<order).map { _ in random.nextUnit() - 0.5 }
      rows[row][row] = 1 + rows[row].reduce(0) { $0 + $1.magnitude }
      for column in 0..<order { matrix.cells.base[column * order + row] = rows[row][column] }
    }
    #expect(matrix.factorize())
    let expected = (0..<2 * order).map { _ in random.nextUnit() - 0.5 }
    for transposed in [false, true] {
      var x = [Double](repeating: 0, count: 2 * order)
      for side in 0..<2 {
        for row in 0..<order {
          for column in 0..<order {
            let cell = transposed ? rows[column][row] : rows[row][column]
            x[side * order + row] += cell * expected[side * order + column]
          }
        }
      }
      x.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress {
          matrix.solve(base, count: 2, transposed: transposed)
        }
      }
      for (found, expected) in zip(x, expected) { #expect(abs(found - expected) < 1e-13) }
    }
  }

  @Test func `say that they have no inverse`() {
    for order in [2, 130] { #expect(!FactorizedMatrix(order: order).factorize()) }
  }
}
