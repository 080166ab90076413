import ActiveInference
import EngineTestSupport
import Testing

@Suite("Novelty") struct NoveltyTests {
  private func weights(
    _ counts: [Double], _ novelty: PlanningSettings.Novelty,
    _ convention: PlanningConvention = .standard
  ) -> [Double] {
    let counts = FixedBuffer(counts)
    let weights = FixedBuffer(repeating: 0.0, count: counts.count)
    let scratch = FixedBuffer(repeating: 0.0, count: counts.count)
    noveltyWeights(
      counts.base, into: weights.base, count: counts.count, novelty, convention,
      scratch: scratch.base)
    return weights.array(0..<counts.count)
  }

  @Test("weights are those of pymdp's spm_wnorm with the sign reversed (golden G5)")
  func golden() {
    var differences = Differences(tolerance: 1e-14)
    for convention in [PlanningConvention.standard, .pymdp1] {
      differences.compare(
        weights([1, 3], .exact, convention), [0.30296102778655776, 0.037682072451781234], "first")
      differences.compare(
        weights([2, 4], .exact, convention), [0.14861228866810894, 0.038798441441497244], "second")
    }
    differences.compare(weights([1, 3], .heuristic), [0.75, 1 / 12.0], "heuristic")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("a cell that cannot occur teaches nothing")
  func zero() {
    for novelty in PlanningSettings.Novelty.allCases {
      for convention in [PlanningConvention.standard, .pymdp1, .pymdp007] {
        #expect(weights([0, 2, 2], novelty, convention)[0] == 0, "\(novelty), \(convention)")
      }
    }
    #expect(weights([0, 0], .exact) == [0, 0])
  }

  @Test("falls with every count, from 1e-12 to 1e12, and never loses its sign")
  func range() {
    var last = Double.infinity
    for exponent in -12...12 {
      var count = 1.0
      for _ in 0..<abs(exponent) { count *= exponent < 0 ? 0.1 : 10 }
      let weight = weights([count, count], .exact)[0]
      #expect(weight > 0 && weight < last, "\(count) counts: \(weight) after \(last)")
      last = weight
    }
    // 1/a - 1/a0 is twice the exact value in the limit.
    let heuristic = weights([1e9, 3e9], .heuristic)
    let exact = weights([1e9, 3e9], .exact)
    for cell in 0..<2 { #expect(abs(heuristic[cell] / exact[cell] - 2) < 1e-8) }
  }

  @Test("what pymdp makes of the epistemic bandit's counts (golden G2)")
  func bandit() throws {
    // Its A is not the mean of its counts, so this is put together from the weights.
    let softmax = [0.7310585786300049, 0.2689414213699951]
    let third = [Double](repeating: 1 / 3.0, count: 3)
    // P(o | reward state) by place and modality, one column a reward state; places are certain.
    let likelihoods: [[[[Double]]]] = [
      [[third, third], [[0, 0, 1], [0, 0, 1]], [[1, 0, 0], [1, 0, 0]]],
      [
        [third, third], [softmax + [0], [softmax[1], softmax[0], 0]],
        [[0, 1, 0], [0, 1, 0]],
      ],
      [[[0.8, 0, 0.2], [0.2, 0, 0.8]], [[0, 0, 1], [0, 0, 1]], [[0, 0, 1], [0, 0, 1]]],
    ]
    let expected = [0.4300885346687271, 0.5038071673762352, 0.407170489088559]
    var differences = Differences(tolerance: 1e-12)
    for (place, modalities) in likelihoods.enumerated() {
      var novelty = 0.0
      for columns in modalities {
        let learned = columns.map { weights($0.map { $0 + 1 }, .exact, .pymdp1) }
        for outcome in 0..<3 {
          let predicted = (columns[0][outcome] + columns[1][outcome]) / 2
          novelty += predicted * (learned[0][outcome] + learned[1][outcome]) / 2
        }
      }
      differences.compare(novelty, expected[place], "place \(place)")
    }
    #expect(differences.isEmpty, "\(differences)")
  }
}
