import Kernels
import Testing

@Suite("Categorical draws")
struct CategoricalTests {
  @Test("an index of probability 0 is never drawn")
  func zeros() {
    var random = stream()
    for _ in 0..<2000 {
      let index = random.categorical([0, 0.3, 0, 0.7, 0])
      #expect(index == 1 || index == 3)
    }
    #expect(random.categorical([0, 0, .leastNonzeroMagnitude]) == 2)
  }

  @Test("frequencies are within 4 standard errors of the probabilities")
  func frequencies() {
    let p = [0.05, 0.15, 0.5, 0.3]
    let count = 20_000
    var counts = [0, 0, 0, 0]
    for step in 0..<count {
      var random = stream(step: UInt64(step))
      counts[random.categorical(p)] += 1
    }
    for (p, n) in zip(p, counts) {
      let error = (p * (1 - p) / Double(count)).squareRoot()
      #expect(abs(Double(n) / Double(count) - p) <= 4 * error, "\(n) of \(count), expected \(p)")
    }
  }

  @Test("a total of 1 + 1e-6 or of 8 draws as a total of 1 does")
  func totals() {
    let p = [0.25, 0.125, 0.5, 0.125]
    for step in 0..<2000 as Range<UInt64> {
      var one = stream(step: step)
      var two = stream(step: step)
      var three = stream(step: step)
      let index = one.categorical(p)
      #expect(two.categorical(p.map { $0 * 8 }) == index)
      #expect(three.categorical(p.map { $0 * 1.000001 }) == index)
    }
  }

  @Test("the index is the inverse of the running sum")
  func inverse() {
    let p = uniforms(12)
    let total = p.reduce(0, +)
    for step in 0..<500 as Range<UInt64> {
      var random = stream(step: step)
      var copy = random
      let index = random.categorical(p)
      let level = copy.nextUnit() * total
      #expect(p.prefix(index).reduce(0, +) <= level)
      #expect(level < p.prefix(index + 1).reduce(0, +))
      // One number each.
      #expect(random.next() == copy.next())
    }
  }
}
