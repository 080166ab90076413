import CGSL
import Kernels
import Testing

@Suite("Gamma function")
struct GammaFunctionTests {
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
