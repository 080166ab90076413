import KernelReferences
import Kernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Exponential and logarithm")
struct VectorMathTests {
  let least = Double.leastNonzeroMagnitude

  @Test("exp is within 1 ulp of references to 300 bits, on every scale")
  func exponentialReferences() throws {
    #expect(try KernelReferences.exponential.references().count > 500)
    let worst = try KernelReferences.exponential.worst()
    #expect(worst.error <= KernelReferences.exponential.allowed, "\(worst)")
  }

  @Test("log is within 1 ulp of references to 300 bits, in every binade")
  func logarithmReferences() throws {
    #expect(try KernelReferences.logarithm.references().count > 2000)
    let worst = try KernelReferences.logarithm.worst()
    #expect(worst.error <= KernelReferences.logarithm.allowed, "\(worst)")
  }

  // Many more arguments than the references have. 80-bit numbers carry eleven bits more than the
  // functions under test.
  #if arch(x86_64) && canImport(Glibc)
    /// The distance of `got` from `exact`, in units of the last place of a double.
    func distance(_ got: Double, _ exact: Float80) -> Double {
      let rounded = Double(exact)
      if rounded.isInfinite { return got == rounded ? 0 : .infinity }
      return Double(abs(Float80(got) - exact) / Float80(rounded.ulp))
    }

    @Test("exp is within 1 ulp from the smallest result to the largest")
    func exponentialError() {
      let ranges = [(-746.0, 710.0), (-746, -707), (-1, 1), (-1e-9, 1e-9), (709, 709.8)]
      for (index, range) in ranges.enumerated() {
        let x = uniforms(40_000, from: range.0, to: range.1, index: UInt32(index))
        let y = exponentials(x)
        let worst = zip(x, y).map { (distance($1, expl(Float80($0))), $0) }.max { $0.0 < $1.0 }
        #expect((worst?.0 ?? 0) <= 1, "\(String(describing: worst)) between \(range)")
      }
    }

    @Test("log is within 1 ulp on every scale, subnormal numbers included")
    func logarithmError() {
      let samples = [
        anyPositive(80_000), uniforms(40_000, from: 0.5, to: 2, index: 1),
        uniforms(40_000, from: 0.999, to: 1.001, index: 2), uniforms(40_000, index: 3),
        uniforms(10_000, from: 0, to: Double.leastNormalMagnitude, index: 4),
      ]
      for x in samples {
        let y = logarithms(x)
        let worst = zip(x, y).map { (distance($1, logl(Float80($0))), $0) }.max { $0.0 < $1.0 }
        #expect((worst?.0 ?? 0) <= 1, "\(String(describing: worst))")
      }
    }
  #endif

  @Test("exp of the special values is theirs")
  func exponentialOfSpecials() {
    let x = [
      0, -0.0, 1, .infinity, -.infinity, .nan, 1e308, -1e308, 709.782712893384,
      709.7827128933841, -745.1332191019411, -745.1332191019412, least, -least,
    ]
    let expected = [
      1, 1, 2.718281828459045, .infinity, 0, .nan, .infinity, 0, 1.797693134862273e308,
      .infinity, least, 0, 1, 1,
    ]
    for (x, (got, expected)) in zip(x, zip(exponentials(x), expected)) {
      #expect(ulps(got, expected) <= 1, "exp(\(x)) is \(got), expected \(expected)")
    }
  }

  @Test("log of the special values is theirs")
  func logarithmOfSpecials() {
    let x = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, least, -least,
      .leastNormalMagnitude, .greatestFiniteMagnitude, 2.718281828459045,
    ]
    let expected = [
      -.infinity, -.infinity, 0, .nan, .infinity, .nan, .nan, -744.4400719213812, .nan,
      -708.3964185322641, 709.782712893384, 1,
    ]
    for (x, (got, expected)) in zip(x, zip(logarithms(x), expected)) {
      #expect(ulps(got, expected) <= 1, "log(\(x)) is \(got), expected \(expected)")
    }
  }

  @Test("an element's result depends neither on its place nor on the array's length")
  func independenceOfPlace() {
    let x = uniforms(80, from: -750, to: 720) + [0, -0.0, .infinity, -.infinity, least, 0x1p-1030]
    let exponential = x.map { VectorMath.exp($0).bitPattern }
    let logarithm = x.map { VectorMath.log($0).bitPattern }
    for start in 0..<17 {
      for length in [0, 1, 2, 3, 5, 8, 13, 16, 31, x.count - start] {
        let part = Array(x[start..<(start + length)])
        let range = start..<(start + length)
        #expect(exponentials(part).map(\.bitPattern) == Array(exponential[range]))
        #expect(logarithms(part).map(\.bitPattern) == Array(logarithm[range]))
      }
    }
  }

  @Test("in place and into another array give the same bits, at any alignment")
  func inPlace() {
    let x = uniforms(100, from: -20, to: 20)
    for start in 0..<9 {
      var exponential = x
      var logarithm = x
      exponential.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        VectorMath.exp(inPlace: base + start, count: 50)
      }
      logarithm.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        VectorMath.log(inPlace: base + start, count: 50)
      }
      for i in x.indices {
        let isInside = (start..<(start + 50)).contains(i)
        let expected = isInside ? (VectorMath.exp(x[i]), VectorMath.log(x[i])) : (x[i], x[i])
        #expect(exponential[i].bitPattern == expected.0.bitPattern)
        #expect(logarithm[i].bitPattern == expected.1.bitPattern)
      }
    }
  }

  @Test("log with a floor is the logarithm of the greater of the two, at any length")
  func floored() {
    let x = uniforms(40, from: -1, to: 1) + [0, -0.0, least, 0x1p-52, .infinity, -.infinity]
    for length in 0...x.count {
      var y = [Double](repeating: 0, count: length)
      VectorMath.log(x, atLeast: 0x1p-52, into: &y, count: length)
      for (x, y) in zip(x, y) {
        #expect(y.bitPattern == VectorMath.log(max(x, 0x1p-52)).bitPattern, "\(x)")
      }
    }
  }

  @Test("the bits are the same on every processor")
  func sameBitsEverywhere() {
    #expect(digest(exponentials(uniforms(20_000, from: -760, to: 720))) == 0x432_2f9f_53c6_05e8)
    #expect(digest(logarithms(anyPositive(20_000))) == 0x533c_f179_3fa4_6f73)
  }
}
