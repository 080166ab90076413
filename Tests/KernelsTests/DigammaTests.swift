import CGSL
import KernelReferences
import Kernels
import Testing

@Suite("Digamma function")
struct DigammaTests {
  /// Where ψ changes its sign.
  let root = 1.4616321449683623
  let least = Double.leastNonzeroMagnitude

  @Test("ψ has the closed forms of 1, 1/2 and 2")
  func closedForms() {
    let euler = 0.5772156649015329
    #expect(ulps(digamma(1), -euler) <= 1)
    #expect(ulps(digamma(2), 0.42278433509846713) <= 1)
    #expect(ulps(digamma(0.5), -euler - 2 * 0.6931471805599453) <= 1)
  }

  @Test("ψ is within 4 ulps on every scale, next to its root too")
  func digammaError() throws {
    #expect(try KernelReferences.digamma.references().count > 1000)
    let worst = try KernelReferences.digamma.worst()
    #expect(worst.error <= KernelReferences.digamma.allowed, "\(worst)")
  }

  @Test("next to its root ψ is within 1e-15")
  func errorNextToRoot() throws {
    let references = try KernelReferences.digamma.references().filter {
      abs($0.argument - root) < 0.1
    }
    #expect(references.count > 100)
    for reference in references {
      #expect(abs(digamma(reference.argument) - reference.nearest) <= 1e-15, "\(reference)")
    }
  }

  @Test("ψ(a + 1) - ln a is within 4 ulps on every scale")
  func excessError() throws {
    #expect(try KernelReferences.digammaExcess.references().count > 1000)
    let worst = try KernelReferences.digammaExcess.worst()
    #expect(worst.error <= KernelReferences.digammaExcess.allowed, "\(worst)")
  }

  @Test("ψ agrees with GSL from 1e-12 to 1e12")
  func digammaAgainstGSL() {
    var random = stream()
    for _ in 0..<20_000 {
      let x = logUniform(-12, 12, using: &random)
      let expected = gsl_sf_psi(x)
      #expect(abs(digamma(x) - expected) <= 1e-13 * abs(expected) + 1e-15, "ψ(\(x))")
    }
  }

  @Test("ψ obeys its recurrence across every seam")
  func recurrence() {
    for x in [1e-9, 0.3, 0.9999999999, 1, 1.1249999999, 1.125, 2, 2.1249999999, 2.125, 9.5] {
      let difference = digamma(x + 1) - digamma(x)
      #expect(abs(difference - 1 / x) <= 2e-15 * max(1, 1 / x), "at \(x)")
    }
  }

  @Test("ψ of the special values is theirs")
  func digammaOfSpecials() {
    let x = [
      0, -0.0, -0.5, -1, -least, -.infinity, .nan, .infinity, least, 0x1.fp-1025, 0x1.1p-1024,
      1e-300,
      1e300, .greatestFiniteMagnitude,
    ]
    let expected: [Double] = [
      -.infinity, -.infinity, .nan, .nan, .nan, .nan, .nan, .infinity, -.infinity, -.infinity,
      -1 / 0x1.1p-1024, -1e300, 690.7755278982137, 709.782712893384,
    ]
    for (x, (got, expected)) in zip(x, zip(digammas(x), expected)) {
      #expect(ulps(got, expected) <= 1, "ψ(\(x)) is \(got), expected \(expected)")
    }
  }

  @Test("ψ(a + 1) - ln a of the special values is theirs")
  func excessOfSpecials() {
    let a = [
      0, -0.0, -0.5, -least, -.infinity, .nan, .infinity, least, 1, .greatestFiniteMagnitude,
    ]
    let expected: [Double] = [
      .infinity, .infinity, .nan, .nan, .nan, .nan, 0, 744.4400719213812 - 0.5772156649015329,
      0.42278433509846713, 0.5 / .greatestFiniteMagnitude,
    ]
    for (a, (got, expected)) in zip(a, zip(digammaExcesses(a), expected)) {
      #expect(ulps(got, expected) <= 1, "at \(a) it is \(got), expected \(expected)")
    }
  }

  @Test("one by one, in place and into another array give the same bits, at any length and place")
  func sameBitsInEveryForm() {
    let x = uniforms(40, from: -1, to: 12) + [0, -0.0, .infinity, -.infinity, least, 0x1p-1030]
    for start in 0..<9 {
      for length in 0...(x.count - start) {
        let part = Array(x[start..<(start + length)])
        var inPlace = x
        inPlace.withUnsafeMutableBufferPointer {
          guard let base = $0.baseAddress else { return }
          VectorMath.digamma(inPlace: base + start, count: length)
        }
        let expected = part.map { digamma($0).bitPattern }
        #expect(digammas(part).map(\.bitPattern) == expected)
        #expect(inPlace[start..<(start + length)].map(\.bitPattern) == expected)
        #expect(
          inPlace[(start + length)...].map(\.bitPattern) == x[(start + length)...].map(\.bitPattern)
        )
        #expect(
          digammaExcesses(part).map(\.bitPattern)
            == part.map { VectorMath.digammaExcess($0).bitPattern })
      }
    }
  }

  @Test("the bits are the same on every processor")
  func sameBitsEverywhere() {
    let x = uniforms(10_000, from: 0, to: 30) + anyPositive(10_000)
    #expect(digest(digammas(x)) == 0x38fd_6746_780e_424c)
    #expect(digest(digammaExcesses(x)) == 0xce97_8e18_f614_7b80)
  }
}
