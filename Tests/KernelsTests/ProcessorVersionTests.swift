import KernelReferences
import Kernels
import Testing
import VectorMathClones

/// The loops of CVectorMath are compiled for several generations of processors. Here each of those
/// that this processor can run is compiled by itself from the same sources.
@Suite("Versions for each generation of processors")
struct ProcessorVersionTests {
  let versions = (0..<vector_math_version_count()).map { vector_math_version_at($0) }
  typealias Function = (UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int) -> Void

  /// An element function in the version under test, in place there, and as the program would run it.
  struct Form {
    let name: String
    let version: Function
    let inPlace: ((UnsafeMutablePointer<Double>, Int) -> Void)?
    let program: Function
  }

  func forms(of version: vector_math_version) -> [Form] {
    [
      Form(name: "exp", version: version.exp, inPlace: version.exp_in_place) {
        VectorMath.exp($0, into: $1, count: $2)
      },
      Form(
        name: "exp shifted",
        version: { x, y, count in
          y.update(from: x, count: count)
          version.exp_shifted(y, 0.3, count)
        }, inPlace: nil
      ) { x, y, count in
        for i in 0..<count { y[i] = VectorMath.exp(x[i] - 0.3) }
      },
      Form(name: "log", version: version.log, inPlace: version.log_in_place) {
        VectorMath.log($0, into: $1, count: $2)
      },
      Form(
        name: "log floored", version: { version.log_floored($0, 0.25, $1, $2) }, inPlace: nil
      ) { VectorMath.log($0, atLeast: 0.25, into: $1, count: $2) },
      Form(name: "digamma", version: version.digamma, inPlace: version.digamma_in_place) {
        VectorMath.digamma($0, into: $1, count: $2)
      },
      Form(name: "digamma excess", version: version.digamma_excess, inPlace: nil) {
        VectorMath.digammaExcess($0, into: $1, count: $2)
      },
    ]
  }

  @Test("every version that this processor can run is compared")
  func allVersions() {
    #expect(versions.first.map { String(cString: $0.name) } == "baseline")
    #expect(Set(versions.map { String(cString: $0.name) }).count == versions.count)
  }

  @Test("element functions give the same bits in pieces of any length at any place")
  func elementFunctions() throws {
    let arguments =
      try ["exp.txt", "log.txt", "digamma.txt", "digamma_excess.txt"].flatMap {
        try Reference.read($0).map(\.argument)
      } + specials + anyPositive(60_000) + uniforms(60_000, from: -20, to: 60, index: 1)
    for version in versions {
      for form in forms(of: version) {
        let name = "\(form.name), \(String(cString: version.name))"
        let expected = inOnePiece(form.program, arguments).map(\.bitPattern)
        #expect(inPieces(form.version, arguments).map(\.bitPattern) == expected, "\(name)")
        guard let inPlace = form.inPlace else { continue }
        let got = inPieces(
          { x, y, count in
            y.update(from: x, count: count)
            inPlace(y, count)
          }, arguments)
        #expect(got.map(\.bitPattern) == expected, "\(name) in place")
      }
    }
  }

  @Test("products with a matrix give the same bits in every shape")
  func matrixProducts() {
    let shapes = [(1, 1), (1, 9), (3, 8), (4, 7), (5, 4), (6, 31), (9, 64), (17, 45), (40, 3)]
    for (rows, columns) in shapes {
      let matrix = uniforms(rows * columns, from: -1, to: 1)
      let vector = uniforms(rows, index: 2)
      let results = versions.map { version in
        var product = [Double](repeating: 0, count: columns)
        version.transposed_matrix_vector(matrix, rows, columns, vector, &product)
        return product.map(\.bitPattern)
      }
      for result in results { #expect(result == results.first, "\(rows) by \(columns)") }
    }
  }

  var specials: [Double] {
    let positive: [Double] = [
      0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, .greatestFiniteMagnitude, .infinity,
      .nan, Double(nan: 5, signaling: false),
    ]
    return positive + positive.map { -$0 }
  }

  func inOnePiece(_ function: Function, _ x: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: x.count)
    function(x, &y, x.count)
    return y
  }

  /// `function` of pieces of 0 to 70 numbers, each at another alignment.
  func inPieces(_ function: Function, _ x: [Double]) -> [Double] {
    var random = stream(7)
    var y = [Double](repeating: 0, count: x.count)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        guard let from = x.baseAddress, let to = y.baseAddress else { return }
        var start = 0
        while start < x.count {
          let length = min(Int(random.next() % 71), x.count - start)
          function(from + start, to + start, length)
          start += length
        }
      }
    }
    return y
  }
}
