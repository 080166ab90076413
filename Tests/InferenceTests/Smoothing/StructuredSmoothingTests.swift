import ActiveInference
import EngineTestSupport
import Testing

#if DEBUG
  private let seeds = 0..<24
#else
  private let seeds = 0..<200
#endif

@Suite struct `Smoothing factor by factor` {
  private let structured: SmoothingSettings = {
    var settings = SmoothingSettings()
    settings.method = .structured
    settings.sweeps = 200
    return settings
  }()

  /// Sharp tables are left out: where logarithms have a floor, so has the model whose evidence is bounded.
  private func cases(
    _ body: (_ seed: Int, GenerativeModel, BehaviourRecord) throws -> Void
  ) throws {
    for seed in seeds {
      var options = RandomModel.Options()
      options.fewestFactors = 2
      options.sparsity = 0
      var random = try RandomModel(seed: UInt64(seed), options)
      let record = random.record(steps: 2 + seed % 6, soften: seed % 2 == 0)
      try body(seed, random.model, record)
    }
  }

  @Test func `bounds the log evidence from below, and says that it is a bound`() throws {
    var gaps: [Double] = []
    try cases { seed, model, record in
      let exact = try #require(try Smoother(model).smooth(record).logEvidence)
      let approximate = try Smoother(model, structured).smooth(record)
      #expect(approximate.logEvidenceBound <= exact + 1e-9, "\(seed)")
      if approximate.groups.allSatisfy({ $0.factors.count == 1 }) {
        #expect(approximate.isExact && abs(approximate.logEvidenceBound - exact) <= 1e-10)
      } else {
        #expect(!approximate.isExact && approximate.logEvidence == nil)
        gaps.append((exact - approximate.logEvidenceBound) / Double(record.observations.count))
      }
    }
    // How far below on these models: the mean a step, in nats.
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    #expect(gaps.count > 10 && mean > 0 && mean < 0.5, "\(mean)")
    #expect((gaps.max() ?? 0) < 2)
  }

  @Test func `does not lower the bound with more sweeps`() throws {
    try cases { seed, model, record in
      var last = -Double.infinity
      for sweeps in 1...6 {
        var settings = structured
        settings.sweeps = sweeps
        settings.tolerance = 0
        let bound = try Smoother(model, settings).smooth(record).logEvidenceBound
        #expect(bound >= last - 1e-10, "\(seed) after \(sweeps)")
        last = bound
      }
    }
  }

  @Test func `gives pairs whose sums are its beliefs`() throws {
    try cases { seed, model, record in
      let sequence = try Smoother(model, structured).smooth(record)
      for factor in model.factors.indices {
        for step in 0..<sequence.count - 1 {
          let pair = sequence.pairwise(factor: factor, after: step)
          let columns = pair.values.count / pair.shape[0]
          for state in 0..<pair.shape[0] {
            let sum = pair.values[state * columns..<(state + 1) * columns].reduce(0, +)
            #expect(
              abs(sum - sequence.belief(factor: factor, at: step + 1)[state]) <= 1e-12, "\(seed)")
          }
        }
      }
    }
  }

  /// 2^40 joint states, of which none is ever written down.
  @Test func `takes models whose joint states nobody could write down`() throws {
    var description = ModelDescription()
    description.factors = (0..<40).map { Variable("f\($0)", size: 2) }
    description.modalities = (0..<39).map { Variable("m\($0)", size: 2) }
    for index in 0..<40 {
      description.transitions.append(
        .init(
          "f\(index)", given: ["f\(index)"], controls: [],
          Tensor(shape: [2, 2], [0.9, 0.2, 0.1, 0.8])))
      if index == 39 { continue }
      description.likelihoods.append(
        .init(
          "m\(index)", given: ["f\(index)", "f\(index + 1)"],
          Tensor(shape: [2, 2, 2], [0.9, 0.6, 0.4, 0.2, 0.1, 0.4, 0.6, 0.8])))
    }
    let model = try GenerativeModel(description)
    let record = BehaviourRecord(
      observations: (0..<10).map { step in (0..<39).map { .outcome((step + $0) % 3 == 0 ? 1 : 0) }
      },
      actions: Array(repeating: [], count: 9))
    let sequence = try Smoother(model).smooth(record)
    #expect(!sequence.isExact && sequence.logEvidenceBound < 0)
    #expect(sequence.groups.map(\.factors.count) == [40])
    let exact = #expect(throws: InvalidInput.self) {
      var settings = SmoothingSettings()
      settings.method = .exact
      _ = try Smoother(model, settings)
    }
    #expect(exact?.description.contains("joint states") == true)
  }
}
