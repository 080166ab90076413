import ActiveInference
import EngineTestSupport
import Testing

#if DEBUG
  private let seeds = 0..<12
#else
  private let seeds = 0..<200
#endif

@Suite struct `Smoothing with a fixed lag` {
  /// The windows of every step, each against every sequence of states together that the record so far allows.
  @Test func `gives what all observations until a step say of the last few`() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in seeds {
      var options = RandomModel.Options()
      options.largestJoint = 6
      var random = try RandomModel(seed: UInt64(seed), options)
      let model = random.model
      let steps = 1 + seed % 5
      let record = random.record(steps: steps, soften: true)
      let horizon = 1 + seed / 2 % 4
      let windows = try Smoother(model).smooth(record, horizon: horizon)
      #expect(windows.count == steps)
      var evidence = [0.0]
      for (t, window) in windows.enumerated() {
        let past = BehaviourRecord(
          observations: Array(record.observations[...t]), actions: Array(record.actions[..<t]))
        let expected = SequenceEnumeration(model, past)
        evidence.append(expected.total.logarithm)
        let start = max(0, t + 1 - horizon)
        #expect(window.start == start && window.beliefs.count == t + 1 - start)
        for (offset, beliefs) in window.beliefs.enumerated() {
          for factor in model.factors.indices {
            differences.compare(
              beliefs[factor], expected.belief(factor: factor, at: start + offset),
              "\(seed): factor \(factor) at \(start + offset) from \(t)")
          }
        }
        differences.compare(
          window.logEvidenceBound, evidence[t + 1] - evidence[start], "\(seed): evidence at \(t)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test func `with a lag as long as the record is smoothing the record`() throws {
    var options = RandomModel.Options()
    options.fewestFactors = 2
    var random = try RandomModel(seed: 3, options)
    let record = random.record(steps: 6)
    for method in SmoothingSettings.Method.allCases {
      var settings = SmoothingSettings()
      settings.method = method
      let smoother = try Smoother(random.model, settings)
      let whole = try smoother.smooth(record)
      let last = try #require(smoother.smooth(record, horizon: 100).last)
      #expect(last.start == 0 && last.beliefs == whole.beliefs)
      #expect(last.logEvidenceBound == whole.logEvidenceBound)
    }
  }

  /// A structured window is the structured smoothing of its steps alone, beginning with what was believed of the
  /// step before when that was the newest, each factor carried forward by itself.
  @Test func `factor by factor begins with the newest belief of the step before`() throws {
    var settings = SmoothingSettings()
    settings.method = .structured
    let model = try interacting()
    let record = BehaviourRecord(
      observations: [0, 1, 1, 0, 1].map { [.outcome($0)] }, actions: Array(repeating: [], count: 4))
    let windows = try Smoother(model, settings).smooth(record, horizon: 2)
    for t in 2..<5 {
      let newest = windows[t - 2].beliefs.last ?? []
      // P(first next | both) is the model's table; second stays as it is with 0.7.
      var first = [0.0, 0]
      for next in 0..<2 {
        for one in 0..<2 {
          for other in 0..<2 {
            first[next] +=
              model.transitions[0].probability.values[next * 4 + one * 2 + other] * newest[0][one]
              * newest[1][other]
          }
        }
      }
      let second = (0..<2).map { 0.7 * newest[1][$0] + 0.3 * newest[1][1 - $0] }
      var description = ModelDescription(model)
      description.initialStates = [
        .init("first", Tensor(shape: [2], first)), .init("second", Tensor(shape: [2], second)),
      ]
      let alone = try Smoother(GenerativeModel(description), settings).smooth(
        BehaviourRecord(observations: Array(record.observations[t - 1...t]), actions: [[]]))
      for (one, other) in zip(windows[t].beliefs.joined().joined(), alone.beliefs.joined().joined())
      {
        #expect(abs(one - other) <= 1e-9)
      }
      #expect(abs(windows[t].logEvidenceBound - alone.logEvidenceBound) <= 1e-9)
    }
  }

  @Test func `is refused where its beliefs would take too much memory, and an outcome cannot be`()
    throws
  {
    let model = try interacting()
    let record = BehaviourRecord(
      observations: Array(repeating: [.outcome(0)], count: 100),
      actions: Array(repeating: [], count: 99))
    let smoother = try Smoother(model, limit: 10_000)
    #expect(try smoother.smooth(record, horizon: 5).count == 100)
    let found = #expect(throws: InvalidInput.self) { try smoother.smooth(record, horizon: 50) }
    #expect(found?.faults.first?.place == "inference.horizon")
    #expect(throws: InvalidInput.self) {
      try smoother.smooth(
        BehaviourRecord(observations: [[.outcome(2)]], actions: []), horizon: 5)
    }
  }

  private func interacting() throws -> GenerativeModel {
    var description = ModelDescription()
    description.factors = [Variable("first", size: 2), Variable("second", size: 2)]
    description.modalities = [Variable("light", size: 2)]
    description.likelihoods = [
      .init(
        "light", given: ["first", "second"],
        Tensor(shape: [2, 2, 2], [0.9, 0.6, 0.3, 0.2, 0.1, 0.4, 0.7, 0.8]))
    ]
    description.transitions = [
      .init(
        "first", given: ["first", "second"], controls: [],
        Tensor(shape: [2, 2, 2], [0.8, 0.5, 0.1, 0.4, 0.2, 0.5, 0.9, 0.6])),
      .init(
        "second", given: ["second"], controls: [], Tensor(shape: [2, 2], [0.7, 0.3, 0.3, 0.7])),
    ]
    return try GenerativeModel(description)
  }
}
