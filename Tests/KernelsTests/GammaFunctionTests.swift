import CGSL
import Kernels
import Testing

@Suite("Gamma and digamma functions")
struct GammaFunctionTests {
  @Test("ψ has the closed forms of 1, 1/2 and 2")
  func closedForms() {
    let euler = 0.5772156649015329
    #expect(ulps(digamma(1), -euler) <= 1)
    #expect(ulps(digamma(2), 0.42278433509846713) <= 1)
    #expect(ulps(digamma(0.5), -euler - 2 * 0.6931471805599453) <= 1)
  }

  // From mpmath 1.3.0 at 60 digits: `float(mpmath.digamma(mpmath.mpf(x)))`.
  static let references: [(argument: Double, value: Double)] = [
    (1e-12, -1000000000000.5773),
    (1e-05, -100000.57719921567),
    (0.1, -10.423754940411076),
    (0.5, -1.9635100260214235),
    (0.9999999, -0.5772158293949515),
    (1.0, -0.5772156649015329),
    (1.2, -0.2890398965921884),
    (1.4, -0.06138454458511624),
    (1.46, -0.0015805619870834522),
    (1.4616, -3.110625123034165e-05),
    (1.461632144968362, -3.072790566546293e-16),
    (1.4616321449683625, 1.2245374622004068e-16),
    (1.47, 0.008066489011364869),
    (1.5, 0.03648997397857652),
    (1.7, 0.2085478748734939),
    (2.0, 0.42278433509846713),
    (2.5, 0.7031566406452432),
    (3.0, 0.9227843350984671),
    (4.75, 1.4492040552784629),
    (7.3, 1.9178203356379862),
    (9.999999, 2.25175248390038),
    (10.0, 2.251752589066721),
    (12.5, 2.4851956512749123),
    (50.0, 3.901989673427892),
    (1000.0, 6.907255195648812),
    (1000000.0, 13.815510057964191),
    (1000000000000.0, 27.63102111592805),
  ]

  @Test("ψ is within 4 ulps, next to its root too", arguments: references)
  func digammaError(argument: Double, value: Double) {
    let got = digamma(argument)
    #expect(ulps(got, value) <= 4, "ψ(\(argument)) is \(got), expected \(value)")
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
    for x in [1e-9, 0.3, 0.9999999999, 1, 1.9999999999, 2, 5.5, 8.9999999999, 9, 9.5] {
      let difference = digamma(x + 1) - digamma(x)
      #expect(abs(difference - 1 / x) <= 2e-15 * max(1, 1 / x), "at \(x)")
    }
  }

  @Test("ψ is -infinity at 0, undefined below, infinite at infinity")
  func edges() {
    #expect(digamma(0) == -.infinity)
    #expect(digamma(-0.5).isNaN)
    #expect(digamma(.nan).isNaN)
    #expect(digamma(.infinity) == .infinity)
  }

  @Test("ln Γ agrees with GSL from 1e-12 to 1e12")
  func logGammaAgainstGSL() {
    var random = stream(1)
    for _ in 0..<20_000 {
      let x = logUniform(-12, 12, using: &random)
      let expected = gsl_sf_lngamma(x)
      // GSL's own error is 2e-15 near its root at 2.
      #expect(abs(logGamma(x) - expected) <= 1e-13 * abs(expected) + 4e-15, "ln Γ(\(x))")
    }
    #expect(logGamma(1) == 0)
    #expect(logGamma(0) == .infinity)
  }

  @Test("the multivariate beta function has its closed form and skips structural zeros")
  func multivariateBeta() {
    // Γ(2) Γ(3) Γ(4) / Γ(9) = 12 / 40320
    let expected = -8.11969625295725
    #expect(ulps(logMultivariateBeta([2, 3, 4]), expected) <= 4)
    #expect(logMultivariateBeta([2, 0, 3, 0, 4]) == logMultivariateBeta([2, 3, 4]))
    #expect(logMultivariateBeta([5]) == 0)
    #expect(logMultivariateBeta([]) == 0)
  }
}
