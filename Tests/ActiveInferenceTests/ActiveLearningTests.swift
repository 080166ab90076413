import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// A trial of SPM's that teaches A or B; `make_spm_active.py` says how it is written.
private struct Trial: Decodable {
  let likelihoods: [[[Double]]]?
  let likelihoodCounts: [[[Double]]]?
  let transition: [[Double]]?
  let transitionCounts: [[Double]]?
  let preferences: [[Double]]
  let first: [Double]
  let beta: Double
  let eta: Double
  let outcomes: [[Int]]
  let learned: [[[Double]]]

  enum CodingKeys: String, CodingKey {
    case likelihoods = "A"
    case likelihoodCounts = "a"
    case transition = "B"
    case transitionCounts = "b"
    case preferences = "C"
    case first = "D"
    case beta, eta, outcomes, learned
  }

  func model() throws -> GenerativeModel {
    func tensor(_ rows: [[Double]]) -> Tensor {
      Tensor(shape: [rows.count, rows[0].count], Array(rows.joined()))
    }
    var description = ModelDescription()
    description.factors = [Variable("state", size: first.count)]
    description.modalities = preferences.enumerated().map { Variable("m\($0)", size: $1.count) }
    let names = description.modalities.map(\.name)
    for (index, name) in names.enumerated() {
      description.likelihoods.append(
        .init(name, given: ["state"], likelihoods.map { tensor($0[index]) }))
    }
    description.likelihoodCounts = zip(names, likelihoodCounts ?? []).map {
      .init($0, tensor($1))
    }
    description.transitions = [
      .init("state", given: ["state"], controls: [], transition.map { tensor($0) })
    ]
    description.transitionCounts = transitionCounts.map { [.init("state", tensor($0))] } ?? []
    description.preferences = zip(names, preferences).map {
      .init($0, Tensor(shape: [$1.count], $1.map { log($0) }))
    }
    description.initialStates = [.init("state", Tensor(shape: [first.count], first))]
    return try GenerativeModel(description)
  }
}

@Suite struct `Active learning` {
  private struct File: Decodable { let cases: [Trial] }

  /// Under mean-field beliefs, for SPM multiplies the beliefs of both states; with one factor these are exact.
  @Test("accepts of an update what SPM accepts, up to SPM's asymptote")
  func equalsSPM() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/spm-active/counts.json")
    let cases = try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
    var differences = Differences(tolerance: 1e-9)
    for (index, trial) in cases.enumerated() {
      let rule = LearningSettings.Rule(
        asymptote: trial.eta, activeLearningPrecision: trial.beta == 0 ? nil : trial.beta)
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = .coordinateAscent
      if trial.likelihoodCounts != nil {
        configuration.learning.likelihood = rule
      } else {
        configuration.learning.transition = rule
      }
      let agent = try ActiveInferenceAgent(trial.model(), configuration)
      _ = try agent.replay(
        BehaviourRecord(
          observations: trial.outcomes.map { $0.map { .outcome($0) } },
          actions: trial.outcomes.dropFirst().map { _ in [] }))
      let counts = agent.concentration
      let learned = trial.likelihoodCounts == nil ? counts.transition : counts.likelihood
      for (table, expected) in zip(learned, trial.learned) {
        differences.compare(table?.values ?? [], Array(expected.joined()), "trial \(index)")
      }
    }
    #expect(cases.count == 60 && differences.isEmpty, "\(differences)")
    #expect(Set(cases.map { $0.likelihoodCounts == nil }).count == 2)
  }

  /// Two states, two outcomes, no preference: what is worth knowing is told by a table of counts in closed form.
  private func lamp(_ counts: [Double], preference: [Double]? = nil) throws -> GenerativeModel {
    var description = ModelDescription()
    description.factors = [Variable("lamp", size: 2)]
    description.modalities = [Variable("light", size: 2)]
    description.likelihoods = [.init("light", given: ["lamp"])]
    description.likelihoodCounts = [.init("light", Tensor(shape: [2, 2], counts))]
    description.transitions = [
      .init("lamp", given: ["lamp"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
    ]
    if let preference {
      description.preferences = [.init("light", Tensor(shape: [2], preference))]
    }
    description.initialStates = [.init("lamp", Tensor(shape: [2], [1, 0]))]
    return try GenerativeModel(description)
  }

  private func learned(
    _ model: GenerativeModel, _ outcome: Int, _ precision: Double?, smoothing: Bool = false
  ) throws -> [Double] {
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init(activeLearningPrecision: precision)
    configuration.learning.smoothing = smoothing
    let agent = try ActiveInferenceAgent(model, configuration)
    _ = try agent.replay(BehaviourRecord(observations: [[.outcome(outcome)]], actions: []))
    return agent.concentration.likelihood[0]?.values ?? []
  }

  @Test(arguments: [false, true])
  func `takes in what makes outcomes tell of states, and not what blurs them`(
    smoothing: Bool
  ) throws {
    let model = try lamp([3, 1, 1, 3])
    let sharper = try learned(model, 0, 1000, smoothing: smoothing)
    let blurred = try learned(model, 1, 1000, smoothing: smoothing)
    #expect(sharper[0] > 3.99 && sharper[0] < 4 + 1e-12)
    #expect(blurred[2] < 1.01 && blurred[2] >= 1)
    // I of the table of 3, 1, 1, 3 is ln 2 - H(1/4); of 4, 1, 1, 3, over nine counts, by hand.
    func xlogx(_ x: Double) -> Double { x * log(x) }
    let before = log(2) + xlogx(0.25) + xlogx(0.75)
    let after =
      (xlogx(4) + xlogx(3) - 2 * xlogx(5) - 2 * xlogx(4) + xlogx(9)) / 9
    let accepted = 1 / (1 + exp(-7 * (after - before)))
    #expect(abs(try learned(model, 0, 7, smoothing: smoothing)[0] - 3 - accepted) <= 1e-13)
  }

  @Test func `takes in what is preferred`() throws {
    // One outcome tells no more than the other of a state that is certain beside one as frequent as unknown.
    let counts = [2.0, 2, 2, 2]
    let wanted = try lamp(counts, preference: [2, -2])
    let toward = try learned(wanted, 0, 5)
    let away = try learned(wanted, 1, 5)
    #expect(toward[0] - 2 > 0.5 && away[2] - 2 < 0.5)
    // Only differences matter.
    let shifted = try lamp(counts, preference: [7, 3])
    #expect(abs(try learned(shifted, 0, 5)[0] - toward[0]) <= 1e-14)
    #expect(try learned(lamp(counts), 0, nil) == [3, 2, 2, 2])
  }

  @Test func `is refused where a table tells of no states, and where all is counted at once`()
    throws
  {
    let world = try EveryAlgorithm()
    var configuration = AgentConfiguration()
    configuration.planning.horizon = nil
    configuration.learning.initialState = .init(activeLearningPrecision: 1)
    configuration.learning.habit = .init(activeLearningPrecision: 1)
    let refused = #expect(throws: InvalidInput.self) {
      try CompiledAgent(world.model, configuration)
    }
    #expect(
      refused?.faults.map(\.place) == [
        "learning.D.activeLearningPrecision", "learning.E.activeLearningPrecision",
      ])
    var settings = LearningSettings()
    settings.likelihood = .init(forgetting: 0.5, asymptote: 3, activeLearningPrecision: 1)
    let offline = #expect(throws: InvalidInput.self) {
      try SequenceLearning(world.model, settings)
    }
    #expect(offline?.faults.count == 3 && offline?.description.contains("objective") == true)
    #expect(throws: InvalidInput.self) {
      try AgentConfiguration().setting("learning.A.activeLearningPrecision", to: .number(0))
    }
    #expect(throws: InvalidInput.self) {
      try AgentConfiguration().setting("learning.D.activeLearningPrecision", to: .number(1))
    }
    let read = try AgentConfiguration().setting(
      "learning.A.activeLearningPrecision", to: .number(16))
    #expect(read.learning.likelihood?.activeLearningPrecision == 16)
    #expect(
      try AgentConfiguration(contentsOf: Array(read.jsonText.utf8), source: "agent.json") == read)
  }

  /// By policy an episode is learned from at its end, one time after the other.
  @Test func `weighs each time of an episode that is inferred by policy`() throws {
    let world = try EveryAlgorithm()
    var configuration = world.configuration(.policyMessages, smoothing: false, horizon: nil)
    configuration.learning.transition = nil
    configuration.learning.initialState = nil
    configuration.learning.likelihood?.activeLearningPrecision = 30
    let agent = try ActiveInferenceAgent(world.model, configuration)
    _ = try agent.replay(world.record, level: .none)
    let beliefs = try #require(agent.beliefsOverTime)
    var counts = try #require(world.model.concentration.likelihood[1]?.values)
    for (time, observation) in world.record.observations.enumerated() {
      guard case .outcome(let outcome) = observation[1] else { continue }
      var after = counts
      for state in 0..<2 { after[outcome * 2 + state] += beliefs[time][1][state] }
      let accepted = 1 / (1 + exp(-30 * (information(after) - information(counts))))
      counts = zip(counts, after).map { $0 + accepted * ($1 - $0) }
    }
    let learned = agent.concentration.likelihood[1]?.values ?? []
    for (one, other) in zip(learned, counts) { #expect(abs(one - other) <= 1e-12) }
    let first = world.model.concentration.likelihood[1]?.values ?? []
    #expect(learned.reduce(0, +) < 10 + first.reduce(0, +))
  }

  /// Of a table of two outcomes and two states.
  private func information(_ counts: [Double]) -> Double {
    let total = counts.reduce(0, +)
    func entropy(_ sums: [Double]) -> Double {
      -sums.reduce(0) { $0 + $1 / total * log($1 / total) }
    }
    return entropy([counts[0] + counts[1], counts[2] + counts[3]])
      + entropy([counts[0] + counts[2], counts[1] + counts[3]]) - entropy(counts)
  }
}
