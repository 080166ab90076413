import GenerativeModel
import Testing

@Suite("Reduction of a model")
struct ModelReductionTests {
  /// Three outcomes in two states, and where one goes from each under two actions.
  private func learner(_ likelihood: [Double], _ transition: [Double]) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "learner"
    model.factors = [Variable("lamp", ["off", "on"])]
    model.modalities = [Variable("light", ["dark", "dim", "bright"])]
    model.controls = [Variable("switch", ["leave", "push"])]
    model.likelihoods = [.init("light", given: ["lamp"])]
    model.transitions = [.init("lamp", given: ["lamp"], controls: ["switch"])]
    model.likelihoodCounts = [.init("light", Tensor(shape: [3, 2], likelihood))]
    model.transitionCounts = [.init("lamp", Tensor(shape: [2, 2, 2], transition))]
    model.initialStateCounts = [.init("lamp", Tensor(shape: [2], [1, 1]))]
    return try GenerativeModel(model)
  }

  /// Before anything was seen.
  private func before() throws -> GenerativeModel {
    try learner([1, 1, 1, 1, 0, 1], [Double](repeating: 1, count: 8))
  }

  /// Off was dark 29 times, on bright five times and dark twice; pushing goes over from off, eight times.
  private func after() throws -> GenerativeModel {
    try learner([30, 3, 1, 1, 0, 6], [1, 1, 1, 1, 1, 9, 1, 1])
  }

  @Test("columns lose what was never seen, and their evidences add up")
  func prunes() throws {
    let reduction = try ModelReduction(of: after(), prior: before().concentration, threshold: 1)
    #expect(
      reduction.steps.map(\.place) == [
        "A[light], column (off)", "A[light], column (on)",
        "B[lamp], column (off, push)",
      ])
    #expect(reduction.columns == 6)
    #expect(reduction.steps.allSatisfy { $0.hypothesis == .pruned })
    #expect(reduction.steps.map(\.removed) == [["dim"], ["dim"], ["off"]])
    // Of two outcomes alike one alone, 29 times: 1/30; eight times over: 1/9. Of three outcomes one not
    // seen in seven times: 2/9 of what two outcomes give the others.
    let expected = [30.0, 4.5, 9.0].map { logarithm($0) }
    for (step, expected) in zip(reduction.steps, expected) {
      #expect(abs(step.logEvidenceDifference - expected) <= 1e-12)
    }
    #expect(abs(reduction.logEvidenceDifference - expected.reduce(0, +)) <= 1e-12)
    #expect(reduction.model.concentration.likelihood[0]?.values == [30, 3, 0, 0, 0, 6])
    #expect(reduction.model.likelihoods[0].probability.values[0] == 1)
    #expect(reduction.model.concentration.transition[0]?.values == [1, 0, 1, 1, 1, 9, 1, 1])
    #expect(reduction.prior.likelihood[0]?.values == [1, 1, 0, 0, 0, 1])
  }

  /// A logarithm without the library's.
  private func logarithm(_ value: Double) -> Double {
    // By the series of artanh, of which a hundred terms are plenty below 100.
    var (remaining, result) = (value, 0.0)
    while remaining > 1.5 {
      remaining /= 2
      result += 0.693147180559945309
    }
    let x = (remaining - 1) / (remaining + 1)
    var (power, sum) = (x, 0.0)
    for k in 0..<100 {
      sum += power / Double(2 * k + 1)
      power *= x * x
    }
    return result + 2 * sum
  }

  @Test("a threshold keeps what little evidence speaks for")
  func threshold() throws {
    let strong = try ModelReduction(of: after(), prior: before().concentration)
    #expect(strong.steps.map(\.place) == ["A[light], column (off)"])
    let none = try ModelReduction(of: after(), prior: before().concentration, threshold: 10)
    #expect(none.steps.isEmpty)
    #expect(try none.model == after())
    #expect(none.logEvidenceDifference == 0)
  }

  @Test("what was seen nearly always is expected, where the rest was seen a little")
  func sharpens() throws {
    let learned = try learner([40, 3, 1.25, 1, 1.25, 2], [Double](repeating: 1, count: 8))
    let prior = try learner([1, 1, 1, 1, 1, 1], [Double](repeating: 1, count: 8))
    let reduction = try ModelReduction(of: learned, prior: prior.concentration, threshold: 1)
    #expect(reduction.steps.map(\.hypothesis) == [.sharpened])
    #expect(reduction.steps[0].expected == "dark")
    let expected = try DirichletReduction(
      posterior: [40, 1.25, 1.25], prior: [1, 1, 1],
      reducedPrior: [1 + 2 * 31 / 32, 1.0 / 32, 1.0 / 32])
    #expect(reduction.steps[0].logEvidenceDifference == expected.logEvidenceDifference)
  }

  @Test("an expectation that was not met is given up")
  func flattens() throws {
    let learned = try learner([1, 14, 1, 1, 14, 1], [Double](repeating: 1, count: 8))
    let prior = try learner([1, 9, 1, 1, 9, 1], [Double](repeating: 1, count: 8))
    #expect(try ModelReduction(of: learned, prior: prior.concentration).steps.count == 0)
    let other = try learner([10, 9, 9, 1, 8, 1], [Double](repeating: 1, count: 8))
    let expecting = try learner([9, 9, 0.5, 1, 0.5, 1], [Double](repeating: 1, count: 8))
    let reduction = try ModelReduction(of: other, prior: expecting.concentration)
    #expect(reduction.steps.map(\.hypothesis) == [.flattened])
    #expect(reduction.steps[0].place == "A[light], column (off)")
  }

  @Test("no subset of unseen cells that could go has more evidence than all of them")
  func prunesAllAtOnce() throws {
    let (prior, posterior) = ([0.5, 1, 2, 0.25], [0.5, 4, 2, 0.25])
    let unseen = [0, 2, 3]
    var best = (-Double.infinity, 0)
    for subset in 0..<8 {
      var reduced = prior
      for (bit, cell) in unseen.enumerated() where subset >> bit & 1 == 1 { reduced[cell] = 0 }
      let difference = try DirichletReduction(
        posterior: posterior, prior: prior, reducedPrior: reduced
      ).logEvidenceDifference
      if difference > best.0 { best = (difference, subset) }
    }
    #expect(best.1 == 7)
  }

  @Test("first states and policies are reduced where that is asked for")
  func initialStates() throws {
    var description = try ModelDescription(after())
    description.initialStateCounts = [.init("lamp", Tensor(shape: [2], [21, 1]))]
    description.initialStates = []
    let learned = try GenerativeModel(description)
    let without = try ModelReduction(of: learned, prior: before().concentration, threshold: 0.5)
    #expect(!without.steps.contains { $0.place.contains("D[") })
    let reduction = try ModelReduction(
      of: learned, prior: before().concentration, tables: [.initialState])
    #expect(reduction.steps.map(\.place) == ["D[lamp]"])
    #expect(reduction.model.concentration.initialState[0] == [21, 0])
    #expect(abs(reduction.logEvidenceDifference - logarithm(21)) <= 1e-12)
  }

  @Test("sparse counts are reduced as dense ones are")
  func sparse() throws {
    func sparse(_ tensor: Tensor) -> Tensor {
      let held = tensor.values.enumerated().filter { $1 != 0 }
      return Tensor(shape: tensor.shape, offsets: held.map(\.offset), values: held.map(\.element))
    }
    var (learned, prior) = (try after().concentration, try before().concentration)
    learned.likelihood[0] = learned.likelihood[0].map(sparse)
    prior.likelihood[0] = prior.likelihood[0].map(sparse)
    let dense = try ModelReduction(of: after(), prior: before().concentration)
    let other = try ModelReduction(
      of: after().replacing(concentration: learned), prior: prior)
    #expect(other.steps == dense.steps)
    let counts = try #require(other.model.concentration.likelihood[0])
    #expect(counts.values == dense.model.concentration.likelihood[0]?.values)
    guard case .sparse(_, let values) = counts.storage else {
      Issue.record("is not sparse any more")
      return
    }
    #expect(!values.contains(0))
  }

  @Test("a reduced model can be reduced again, from its reduced prior")
  func again() throws {
    let first = try ModelReduction(of: after(), prior: before().concentration)
    let second = try ModelReduction(of: first.model, prior: first.prior)
    #expect(second.steps.isEmpty)
    #expect(throws: InvalidInput.self) {
      try ModelReduction(of: first.model, prior: before().concentration)
    }
  }

  @Test("counts that do not belong together are refused with their place")
  func refuses() throws {
    let backwards = try #require(throws: InvalidInput.self) {
      try ModelReduction(of: before(), prior: after().concentration)
    }
    #expect(backwards.description.contains("concentration.A[light], entry (dark, off)"))
    #expect(backwards.description.contains("less than the prior's 30.0"))
    var without = try before().concentration
    without.likelihood[0] = nil
    without.transition[0] = nil
    let lacking = try #require(throws: InvalidInput.self) {
      try ModelReduction(of: after(), prior: without)
    }
    #expect(lacking.faults.count == 2)
    #expect(lacking.description.contains("has counts in the posterior and none in the prior"))
    let none = try after().replacing(concentration: without)
    #expect(throws: InvalidInput.self) { try ModelReduction(of: none, prior: without) }
    #expect(throws: InvalidInput.self) {
      try ModelReduction(of: after(), prior: before().concentration, threshold: -1)
    }
  }
}
