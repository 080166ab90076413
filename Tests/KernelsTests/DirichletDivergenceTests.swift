import Kernels
import Testing

@Suite("Divergence of Dirichlet distributions")
struct DirichletDivergenceTests {
  @Test("the columns of a 2 x 2 table add up to the published value")
  func columns() {
    let q: [Double] = [2, 1, 3, 4]
    let p: [Double] = [1, 1, 1, 2]
    var total = 0.0
    for column in 0..<2 {
      q.withUnsafeBufferPointer { q in
        p.withUnsafeBufferPointer { p in
          guard let q = q.baseAddress, let p = p.baseAddress else { return }
          total += dirichletDivergence(q + column, p + column, count: 2, stride: 2)
        }
      }
    }
    #expect(abs(total - 0.42805383) <= 5e-9, "\(total)")
    let rows = dirichletDivergence([2, 3], [1, 1]) + dirichletDivergence([1, 4], [1, 2])
    #expect(rows == total)
  }

  @Test("two beta distributions have the closed form in rational numbers")
  func closedForm() {
    // Dir(2, 1) has density 2x, Dir(1, 1) density 1: the integral of 2x ln 2x is ln 2 - 1/2.
    #expect(abs(dirichletDivergence([2, 1], [1, 1]) - (0.6931471805599453 - 0.5)) <= 1e-15)
    // The other way round, minus the integral of ln 2x is 1 - ln 2.
    #expect(abs(dirichletDivergence([1, 1], [2, 1]) - (1 - 0.6931471805599453)) <= 1e-15)
  }

  @Test("it is exactly 0 for equal counts and never negative")
  func nonnegative() {
    let counts = uniforms(9, from: 1e-3, to: 1e3)
    #expect(dirichletDivergence(counts, counts) == 0)
    for i in counts.indices {
      var near = counts
      near[i] = near[i].nextUp
      #expect(dirichletDivergence(near, counts) >= 0)
      #expect(dirichletDivergence(near, counts) <= 1e-9)
    }
  }

  @Test("entries that are 0 in both do not count, in one they are infinitely far")
  func structuralZeros() {
    #expect(dirichletDivergence([2, 0, 3], [1, 0, 1]) == dirichletDivergence([2, 3], [1, 1]))
    #expect(dirichletDivergence([2, 0], [1, 1]) == .infinity)
    #expect(dirichletDivergence([2, 1], [1, 0]) == .infinity)
    #expect(dirichletDivergence([0, 0], [0, 0]) == 0)
    #expect(dirichletDivergence([Double](), []) == 0)
  }
}
