import Kernels
import Testing

@Suite("Softmax")
struct SoftmaxTests {
  @Test("the probabilities sum to 1 and keep the order of the weights")
  func probabilities() {
    for count in [1, 2, 3, 8, 17, 200] {
      let weights = uniforms(count, from: -30, to: 30)
      var p = weights
      let isDefined = softmax(inPlace: &p, count: count)
      #expect(isDefined)
      #expect(abs(p.reduce(0, +) - 1) <= 4e-16 * Double(count))
      for i in 1..<max(count, 2) where count > 1 {
        #expect((p[i] < p[i - 1]) == (weights[i] < weights[i - 1]))
      }
    }
  }

  @Test("equal weights of any size give exactly equal probabilities")
  func equalWeights() {
    for weight in [0, 1e300, -1e300, 709, -745] {
      var p = [weight, weight, weight, weight]
      softmax(inPlace: &p, count: 4)
      #expect(p == [0.25, 0.25, 0.25, 0.25])
    }
  }

  @Test("a common shift changes nothing but rounding")
  func shift() {
    let weights = uniforms(20, from: -3, to: 3)
    var p = weights
    var shifted = weights.map { $0 + 1000 }
    softmax(inPlace: &p, count: 20)
    softmax(inPlace: &shifted, count: 20)
    for (a, b) in zip(p, shifted) { #expect(abs(a - b) <= 1e-12 * a) }
  }

  @Test("an entry of -infinity becomes exactly 0")
  func excluded() {
    var p = [-Double.infinity, 2, -Double.infinity, 2]
    let isDefined = softmax(inPlace: &p, count: 4)
    #expect(isDefined)
    #expect(p == [0, 0.5, 0, 0.5])
  }

  @Test("an undefined softmax says so and leaves its weights")
  func undefined() {
    let infinity = Double.infinity
    for weights in [[-infinity, -infinity], [0, infinity], [.nan, 1], [1, .nan], []] {
      var p = weights
      let isDefined = softmax(inPlace: &p, count: p.count)
      #expect(!isDefined)
      #expect(p.map(\.bitPattern) == weights.map(\.bitPattern))
    }
  }

  @Test("the log of a sum of exponentials neither overflows nor depends on blocks")
  func logOfSum() {
    #expect(ulps(logSumExp([1000, 1000], count: 2), 1000 + 0.6931471805599453) <= 1)
    #expect(ulps(logSumExp([-1000, -1000], count: 2), -1000 + 0.6931471805599453) <= 1)
    for count in [1, 63, 64, 65, 300] {
      let weights = [Double](repeating: 2, count: count)
      let expected = 2 + VectorMath.log(Double(count))
      #expect(abs(logSumExp(weights, count: count) - expected) <= 1e-15 * expected)
    }
    let infinity = Double.infinity
    #expect(logSumExp([], count: 0) == -infinity)
    #expect(logSumExp([-infinity, -infinity], count: 2) == -infinity)
    #expect(logSumExp([-infinity, 3], count: 2) == 3)
    #expect(logSumExp([infinity, -infinity], count: 2) == infinity)
    #expect(logSumExp([infinity, .nan], count: 2).isNaN)
  }
}
