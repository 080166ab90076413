import Kernels
import Testing

@Suite("Gamma and Dirichlet draws")
struct DirichletDrawTests {
  @Test(
    "gamma draws have mean and variance within 4 standard errors",
    arguments: [0.1, 0.5, 1, 2.5, 40])
  func gammaMoments(shape: Double) {
    var random = stream()
    let count = 20_000
    let draws = (0..<count).map { _ in random.gamma(shape: shape) }
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - shape) * ($1 - shape) } / Double(count)
    #expect(draws.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(abs(mean - shape) <= 4 * (shape / Double(count)).squareRoot(), "mean \(mean)")
    let error = ((2 * shape * shape + 6 * shape) / Double(count)).squareRoot()
    #expect(abs(variance - shape) <= 4 * error, "variance \(variance)")
  }

  @Test("Dirichlet draws have the means and variances of their counts")
  func dirichletMoments() {
    let counts = [0.5, 2, 0, 5]
    let total = 7.5
    var random = stream(1)
    let count = 10_000
    var sums = [0.0, 0, 0, 0]
    var squares = [0.0, 0, 0, 0]
    for _ in 0..<count {
      let p = random.dirichlet(counts)
      #expect(p[2] == 0)
      #expect(abs(p.reduce(0, +) - 1) <= 1e-15)
      for i in p.indices {
        let centred = p[i] - counts[i] / total
        sums[i] += centred
        squares[i] += centred * centred
      }
    }
    for i in counts.indices {
      let mean = counts[i] / total
      let variance = mean * (1 - mean) / (total + 1)
      #expect(abs(sums[i] / Double(count)) <= 4 * (variance / Double(count)).squareRoot())
      // The fourth moment of a bounded variable gives a generous standard error.
      let error = (variance / Double(count)).squareRoot()
      #expect(abs(squares[i] / Double(count) - variance) <= 4 * error)
    }
  }

  @Test("tiny counts give probabilities, never NaN")
  func tinyCounts() {
    var random = stream(2)
    let least = Double.leastNonzeroMagnitude
    var firsts = 0.0
    let count = 3000
    for _ in 0..<count {
      for counts in [[1e-12, 1e-12], [3e-12, 1e-12], [least, least], [1e-12, 1], [1e-300, 0]] {
        let p = random.dirichlet(counts)
        #expect(p.allSatisfy { $0 >= 0 && $0 <= 1 }, "\(counts) drew \(p)")
        #expect(abs(p.reduce(0, +) - 1) <= 1e-15, "\(counts) drew \(p)")
        if counts == [3e-12, 1e-12] { firsts += p[0] }
      }
      #expect(random.gamma(shape: 1e-12) >= 0)
    }
    // In the limit a vertex, with chances 3/4 and 1/4.
    let error = (0.75 * 0.25 / Double(count)).squareRoot()
    #expect(abs(firsts / Double(count) - 0.75) <= 4 * error)
  }

  @Test("a shape of 0 gives 0, one count all the probability")
  func limits() {
    var random = stream(3)
    #expect(random.gamma(shape: 0) == 0)
    #expect(random.dirichlet([0, 3, 0]) == [0, 1, 0])
    #expect(random.dirichlet([1e-12]) == [1])
  }

  @Test("draws are functions of the address")
  func addressed() {
    var one = stream(4)
    var two = stream(4)
    #expect(one.dirichlet([1, 2, 3]) == two.dirichlet([1, 2, 3]))
    #expect(one.gamma(shape: 0.3) == two.gamma(shape: 0.3))
    #expect(one.next() == two.next())
  }
}
