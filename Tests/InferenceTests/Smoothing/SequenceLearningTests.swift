import ActiveInference
import EngineTestSupport
import Testing

#if DEBUG
  private let seeds = 0..<12
#else
  private let seeds = 0..<200
#endif

@Suite struct `Learning from whole sequences` {
  private func cases(
    soften: Bool = true, largestJoint: Int = 12,
    _ body: (_ seed: Int, GenerativeModel, [BehaviourRecord]) throws -> Void
  ) throws {
    for seed in seeds {
      var options = RandomModel.Options()
      options.counts = true
      options.largestJoint = largestJoint
      var random = try RandomModel(seed: UInt64(seed), options)
      let records = (0..<1 + seed % 3).map { random.record(steps: 4 + $0 * 5, soften: soften) }
      try body(seed, random.model, records)
    }
  }

  @Test(arguments: [InferenceConvention.standard, .pymdp1])
  func `never lowers the posterior of the parameters`(convention: InferenceConvention) throws {
    var rises = 0
    try cases { seed, model, records in
      var inference = InferenceSettings()
      inference.convention = convention
      for rate in [1.0, 0.3] {
        var settings = LearningSettings()
        settings.likelihood = .init(rate: rate)
        settings.transition = .init(rate: rate)
        let result = try SequenceLearning(model, settings, inference: inference)
          .learn(from: records, iterations: 15, tolerance: 0)
        #expect(result.isExact && result.objective.count >= 2)
        for (before, after) in zip(result.objective, result.objective.dropFirst()) {
          #expect(after >= before - 1e-10 * abs(before), "\(seed): \(before) to \(after)")
          if after > before + 1e-6 { rises += 1 }
        }
      }
    }
    #expect(rises > 20)
  }

  /// The counts after one iteration are the model's and the sums of what every sequence of states says.
  @Test func `adds what every sequence of states together says`() throws {
    var differences = Differences(tolerance: 1e-11)
    try cases(soften: false, largestJoint: 4) { seed, model, records in
      let record = BehaviourRecord(
        observations: Array(records[0].observations.prefix(4)),
        actions: Array(records[0].actions.prefix(3)))
      let expected = SequenceEnumeration(model, record)
      let learned = try SequenceLearning(model).learn(from: [record], iterations: 1).model
      for (modality, table) in model.likelihoods.enumerated() {
        guard let before = model.concentration.likelihood[modality],
          let after = learned.concentration.likelihood[modality]
        else { continue }
        var counts = before.values
        let columns = counts.count / before.shape[0]
        for (step, observation) in record.observations.enumerated() {
          guard case .outcome(let outcome) = observation[modality] else { continue }
          for (column, p) in expected.joint(of: table.given, at: step).enumerated() {
            counts[outcome * columns + column] += p
          }
        }
        differences.compare(after.values, counts, "\(seed): A \(modality)")
      }
      for (factor, first) in model.concentration.initialState.enumerated() {
        guard let first, let after = learned.concentration.initialState[factor] else { continue }
        let counts = zip(first, expected.belief(factor: factor, at: 0)).map { $0 + $1 }
        differences.compare(after, counts, "\(seed): D \(factor)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test func `counts each datum once, and leaves zero at zero`() throws {
    try cases(soften: false) { seed, model, records in
      let data = records.reduce(0) { $0 + $1.observations.count }
      let learned = try SequenceLearning(model).learn(from: records, iterations: 5).model
      func added(_ before: Tensor?, _ after: Tensor?) -> Double {
        guard let before, let after else { return .nan }
        for (old, new) in zip(before.values, after.values) where old == 0 { #expect(new == 0) }
        return after.values.reduce(0, +) - before.values.reduce(0, +)
      }
      let (before, after) = (model.concentration, learned.concentration)
      for modality in model.modalities.indices {
        let sum = added(before.likelihood[modality], after.likelihood[modality])
        #expect(abs(sum - Double(data)) <= 1e-9, "\(seed)")
      }
      for factor in model.factors.indices {
        let sum = added(before.transition[factor], after.transition[factor])
        #expect(abs(sum - Double(data - records.count)) <= 1e-9, "\(seed)")
      }
    }
  }

  @Test func `finds the parameters that a long record came from`() throws {
    let world = try chain()
    var random = RandomStream(seed: 3, episode: 0, step: 0, purpose: .user)
    let environment = try ModelEnvironment(world)
    var (state, observation) = environment.reset(using: &random)
    var record = BehaviourRecord(observations: [observation], actions: [])
    for _ in 1..<2000 {
      observation = environment.step(&state, action: [], using: &random)
      record.observations.append(observation)
      record.actions.append([])
    }
    var description = ModelDescription(world)
    description.likelihoods[0].probability = nil
    description.transitions[0].probability = nil
    description.likelihoodCounts = [.init("light", Tensor(shape: [2, 2], [3, 2, 2, 3]))]
    description.transitionCounts = [.init("lamp", Tensor(shape: [2, 2], [3, 2, 2, 3]))]
    let result = try SequenceLearning(GenerativeModel(description))
      .learn(from: [record], iterations: 300)
    #expect(result.converged)
    #expect(result.logEvidence.last! > result.logEvidence[0] + 10)
    let truth = try #require(try Smoother(world).smooth(record).logEvidence)
    #expect(result.logEvidence.last! > truth - 2)
  }

  @Test func `refuses what whole sequences do not teach, all at once`() throws {
    let model = try chain()
    let nothing = #expect(throws: InvalidInput.self) { try SequenceLearning(model) }
    #expect(nothing?.description.contains("has no counts of A, B or D to learn") == true)
    var settings = LearningSettings()
    settings.likelihood = .init(rate: 1)
    settings.transition = .init(rate: 2)
    settings.preference = .init()
    settings.habit = .init()
    let found = #expect(throws: InvalidInput.self) { try SequenceLearning(model, settings) }
    #expect(found?.faults.map(\.place) == ["learning.C", "learning.E", "learning"])
  }
}
