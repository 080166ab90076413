import Foundation
import GenerativeModel
import Kernels
import Testing

@Suite("Reduction of one Dirichlet distribution")
struct DirichletReductionTests {
  // MARK: - Against other programs

  struct Fixture: Decodable {
    struct Case: Decodable {
      let name: String
      let posterior: [Double]
      let prior: [Double]
      let reducedPrior: [Double]
      let freeEnergy: Double
      let reducedPosterior: [Double]

      enum CodingKeys: String, CodingKey {
        case name, posterior, prior, reducedPrior, reducedPosterior
        case freeEnergy = "F"
      }
    }
    let cases: [Case]

    static func read() throws -> Fixture {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden/reduction/pymdp-1.0.4.json")
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }
  }

  @Test("the evidence is the negative of pymdp's and SPM's F, and the posterior theirs")
  func agreesWithPymdp() throws {
    let cases = try Fixture.read().cases
    #expect(cases.count == 164)
    for each in cases {
      let reduction = try DirichletReduction(
        posterior: each.posterior, prior: each.prior, reducedPrior: each.reducedPrior)
      let scale = max(1, abs(each.freeEnergy))
      #expect(
        abs(reduction.logEvidenceDifference + each.freeEnergy) <= 1e-9 * scale, "\(each.name)")
      for (got, expected) in zip(reduction.posterior, each.reducedPosterior) {
        #expect(abs(got - expected) <= 1e-9 * max(1, expected), "\(each.name)")
      }
    }
  }

  @Test(
    "a prior that expects what was seen is favoured, by SPM's test, and one that does not is not")
  func sign() throws {
    let seen = try reduce(
      posterior: [1, 8], prior: [1, 1], candidates: [[1, 8], [8, 1], [1, 1]])
    #expect(seen[0].logEvidenceDifference > 0)
    #expect(seen[1].logEvidenceDifference < 0)
    #expect(seen[2].logEvidenceDifference == 0)
    #expect(seen[2].posterior == [1, 8])
    let probabilities = DirichletReduction.probabilities(seen)
    #expect(abs(probabilities.reduce(0, +) - 1) <= 1e-15)
    #expect(probabilities[1] == probabilities.max())
    #expect(probabilities[0] == probabilities[3])
    // SPM's mixture gives the better of two models the smaller weight.
    let ratio = probabilities[1] / probabilities[0]
    #expect(abs(ratio - exp(seen[0].logEvidenceDifference)) <= 1e-12 * ratio)
  }

  // MARK: - Against integrals

  /// The integral over [0, 1] of x^(a-1) (1-x)^(b-1), by the trapezoidal rule in t with
  /// x = 1 / (1 + exp(-pi sinh t)).
  private func betaIntegral(_ a: Double, _ b: Double) -> Double {
    var sum = 0.0
    let step = 1.0 / 256
    for i in -1600...1600 {
      let t = Double(i) * step
      let u = Double.pi * sinh(t)
      let (x, rest) = (1 / (1 + exp(-u)), 1 / (1 + exp(u)))
      sum += pow(x, a) * pow(rest, b) * Double.pi * cosh(t)
    }
    return sum * step
  }

  @Test("for two outcomes it is the ratio of two integrals over what the probability may be")
  func integrates() throws {
    let columns: [(prior: [Double], evidence: [Double], reduced: [Double])] = [
      ([1, 1], [0, 7], [1, 8]), ([2.5, 0.5], [3, 1.25], [0.75, 4]), ([1, 1], [12, 9], [30, 30]),
      ([0.5, 0.5], [0, 0], [3, 0.5]), ([4, 1], [0.25, 17], [0.5, 0.5]),
    ]
    for (prior, evidence, reduced) in columns {
      func evidenceIntegral(_ prior: [Double]) -> Double {
        betaIntegral(prior[0] + evidence[0], prior[1] + evidence[1])
          / betaIntegral(prior[0], prior[1])
      }
      let expected = log(evidenceIntegral(reduced)) - log(evidenceIntegral(prior))
      let got = try DirichletReduction(
        posterior: zip(prior, evidence).map { $0 + $1 }, prior: prior, reducedPrior: reduced)
      #expect(abs(got.logEvidenceDifference - expected) <= 1e-9)
    }
  }

  @Test(
    "a cell without evidence that goes is the limit of one whose prior vanishes, and an integral")
  func prunesWithoutEvidence() throws {
    let pruned = try DirichletReduction(
      posterior: [0.75, 6.5], prior: [0.75, 2], reducedPrior: [0, 2])
    // What is left is certain, and the full model gave it the integral of x^4.5.
    let full = betaIntegral(0.75, 6.5) / betaIntegral(0.75, 2)
    #expect(abs(pruned.logEvidenceDifference + log(full)) <= 1e-9)
    #expect(pruned.posterior == [0, 6.5])
    for small in [1e-4, 1e-6, 1e-8] {
      let near = try DirichletReduction(
        posterior: [0.75, 6.5], prior: [0.75, 2], reducedPrior: [small, 2])
      #expect(abs(near.logEvidenceDifference - pruned.logEvidenceDifference) <= 2 * small)
    }
  }

  @Test("a cell with evidence cannot go: the evidence falls without end")
  func prunesWithEvidence() throws {
    func difference(_ small: Double) throws -> Double {
      try DirichletReduction(posterior: [3, 5], prior: [1, 1], reducedPrior: [small, 1])
        .logEvidenceDifference
    }
    // As the logarithm of the vanishing prior, by the integrals as by the formula.
    let full = log(betaIntegral(3, 5)) - log(betaIntegral(1, 1))
    for small in [0.1, 0.3] {
      let expected = log(betaIntegral(2 + small, 5)) - log(betaIntegral(small, 1)) - full
      #expect(abs(try difference(small) - expected) <= 1e-9)
    }
    #expect(abs(try difference(1e-8) - difference(1e-7) - log(0.1)) <= 1e-6)
    #expect(try difference(0) == -.infinity)
    let both = try reduce(posterior: [3, 5], prior: [1, 1], candidates: [[0, 1]])
    #expect(DirichletReduction.probabilities(both) == [1, 0])
  }

  // MARK: - Against counting

  /// ln P of a sequence of outcomes, each drawn in proportion to prior and what came before.
  private func logProbability(of sequence: [Int], _ prior: [Double]) -> Double {
    var counts = prior
    var result = 0.0
    for outcome in sequence {
      result += log(counts[outcome] / counts.reduce(0, +))
      counts[outcome] += 1
    }
    return result
  }

  @Test("of whole observations it is the ratio of what two urns give the sequence")
  func agreesWithUrns() throws {
    var random = RandomStream(seed: 5, episode: 0, step: 0, purpose: .user)
    for _ in 0..<60 {
      let size = 2 + Int(random.next() % 4)
      func counts() -> [Double] { (0..<size).map { _ in 0.1 + 3 * random.nextUnit() } }
      let (prior, reduced) = (counts(), counts())
      let sequence = (0..<Int(random.next() % 20)).map { _ in Int(random.next() % UInt64(size)) }
      var posterior = prior
      for outcome in sequence { posterior[outcome] += 1 }
      let got = try DirichletReduction(
        posterior: posterior, prior: prior, reducedPrior: reduced)
      let expected = logProbability(of: sequence, reduced) - logProbability(of: sequence, prior)
      #expect(abs(got.logEvidenceDifference - expected) <= 1e-12)
      // Cells that no outcome came to may go, others not.
      let pruned = zip(prior, posterior).map { $0 == $1 ? 0 : $0 }
      guard pruned.contains(where: { $0 > 0 }) else { continue }
      let without = try DirichletReduction(
        posterior: posterior, prior: prior, reducedPrior: pruned)
      let left = logProbability(of: sequence, pruned) - logProbability(of: sequence, prior)
      #expect(abs(without.logEvidenceDifference - left) <= 1e-12)
    }
  }

  @Test("over all sequences that may be seen, the full model expects a ratio of one")
  func sumsToOne() throws {
    let (prior, reduced) = ([0.4, 1.5, 2], [2, 0.25, 0.75])
    var total = 0.0
    for code in 0..<243 {
      let sequence = (0..<5).map { code / [1, 3, 9, 27, 81][$0] % 3 }
      var posterior = prior
      for outcome in sequence { posterior[outcome] += 1 }
      let reduction = try DirichletReduction(
        posterior: posterior, prior: prior, reducedPrior: reduced)
      total += exp(logProbability(of: sequence, prior) + reduction.logEvidenceDifference)
    }
    #expect(abs(total - 1) <= 1e-12)
  }

  // MARK: - Structure

  @Test("structural zeros stay out, and change nothing")
  func structuralZeros() throws {
    let with = try DirichletReduction(
      posterior: [0, 2, 0, 5], prior: [0, 1, 0, 1], reducedPrior: [0, 1, 0, 4])
    let without = try DirichletReduction(
      posterior: [2, 5], prior: [1, 1], reducedPrior: [1, 4])
    #expect(with.logEvidenceDifference == without.logEvidenceDifference)
    #expect(with.posterior == [0, 2, 0, 8])
  }

  @Test(
    "what no data lead to is refused, with its place",
    arguments: [
      ([1.0, 2.0], [1.0, 1.0], [1.0], "has 1 cell, the prior 2"),
      ([1, .nan], [1, 1], [1, 1], "posterior, cell 1: is nan"),
      ([1, 2], [1, -1], [1, 1], "prior, cell 1: is -1"),
      ([0.5, 2], [1, 1], [1, 1], "posterior, cell 0: is 0.5, less than the prior's 1.0"),
      (
        [1, 2], [1, 0], [1, 1], "posterior, cell 1: is 2.0 where the prior has a structural zero"
      ),
      ([1, 0], [1, 0], [1, 1], "reduced prior, cell 1: is 1.0 where the full prior has none"),
      ([1, 1], [1, 1], [0, 0], "reduced prior: leaves no cell"),
    ])
  func refuses(posterior: [Double], prior: [Double], reduced: [Double], message: String) {
    do throws(InvalidInput) {
      _ = try DirichletReduction(posterior: posterior, prior: prior, reducedPrior: reduced)
      Issue.record("was taken: \(message)")
    } catch {
      #expect(error.description.contains(message))
    }
    #expect(throws: InvalidInput.self) {
      try reduce(posterior: posterior, prior: prior, candidates: [prior, reduced])
    }
  }

  @Test("rounding in the posterior is no evidence")
  func rounding() throws {
    let reduction = try DirichletReduction(
      posterior: [0.1 + 0.2, 4], prior: [0.3, 1], reducedPrior: [0, 1])
    #expect(reduction.logEvidenceDifference > 0)
    #expect(reduction.posterior == [0, 4])
  }
}
