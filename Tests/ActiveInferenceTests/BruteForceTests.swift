import ActiveInference
import EngineTestSupport
import Testing

/// The library against enumeration on random small models, to 1e-12.
@Suite("Brute force") struct BruteForceTests {
  @Test("the exact filter's posterior and evidence are those of Bayes' rule on joint states")
  func exactFilter() throws {
    try compare(models: 120, .exact) { random, _, _ in random.fewestFactors = 1 }
  }

  @Test("every term of expected free energy is its definition, from a joint belief")
  func exactPlanning() throws {
    try compare(models: 120, .exact, vary)
  }

  @Test("every term of expected free energy is its definition, from a product of marginals")
  func meanFieldPlanning() throws {
    try compare(models: 120, .coordinateAscent, vary)
  }

  @Test("beliefs that interact are inferred by coordinate ascent as by its definition")
  func coordinateAscent() throws {
    try compare(models: 100, .coordinateAscent) { random, _, _ in
      random.fewestFactors = 2
      random.sparsity = 0.1
    }
  }

  @Test("policy lists that begin alike score as each policy by itself")
  func policyLists() throws {
    for algorithm in [InferenceSettings.Algorithm.exact, .coordinateAscent] {
      var differences = Differences(tolerance: 1e-12)
      for seed in 0..<60 as Range<UInt64> {
        var options = RandomModel.Options()
        options.preferenceRows = 3
        var random = try RandomModel(seed: seed, options)
        guard !random.model.controls.isEmpty else { continue }
        var description = random.description
        description.policies = random.policies(12, horizon: 3)
        description.habit = random.distribution(description.policies?.count ?? 0)
        let model = try GenerativeModel(description)
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = algorithm
        try follow(
          model, configuration, random.record(steps: 3), "model \(seed)", &differences)
      }
      #expect(differences.isEmpty, "\(algorithm)\n\(differences)")
      #expect(differences.compared > 1000)
    }
  }

  @Test("counts that learn from joint beliefs gain the posterior of both states of a transition")
  func exactLearning() throws {
    try compare(models: 100, .exact, varyLearning)
  }

  @Test("counts that learn from marginals gain the product of both beliefs")
  func meanFieldLearning() throws {
    try compare(models: 100, .coordinateAscent, varyLearning)
  }

  // MARK: - Variations

  /// Horizons, both information gains, both novelties, goals, switches, precision.
  private func vary(
    _ options: inout RandomModel.Options, _ configuration: inout AgentConfiguration, _ seed: Int
  ) {
    options.horizon = 1 + seed % 3
    options.counts = seed % 4 == 1
    options.goals = seed % 5 == 2
    options.preferenceRows = seed % 3 == 1 ? options.horizon : nil
    configuration.planning.horizon = options.horizon
    configuration.planning.gamma = [0.5, 1, 4, 16][seed % 4]
    configuration.planning.informationGain = seed % 2 == 0 ? .joint : .perModality
    configuration.planning.parameterInformationGain = options.counts
    configuration.planning.novelty = seed % 8 == 1 ? .exact : .heuristic
    configuration.planning.utility = seed % 7 != 6
    configuration.planning.stateInformationGain = seed % 11 != 10
    if options.goals {
      configuration.planning.inductive = .init(
        depth: 1 + seed % 4, threshold: 0.1 * Double(seed % 6), epsilon: 1e-3)
    }
  }

  /// Rates, forgetting, subsets, and everything at once; the tables that change are planned with.
  private func varyLearning(
    _ options: inout RandomModel.Options, _ configuration: inout AgentConfiguration, _ seed: Int
  ) {
    vary(&options, &configuration, seed)
    options.counts = true
    options.preferenceRows = nil
    configuration.planning.parameterInformationGain = seed % 3 != 0
    let rule = LearningSettings.Rule(
      rate: [1, 0.25, 3][seed % 3], forgetting: seed % 4 == 0 ? 0.2 : 0)
    let kinds = seed % 6
    if kinds == 0 || kinds == 5 { configuration.learning.likelihood = rule }
    if kinds == 1 || kinds == 5 { configuration.learning.transition = rule }
    if kinds == 2 || kinds == 5 { configuration.learning.initialState = rule }
    if kinds == 3 { configuration.learning.preference = rule }
    if kinds == 4 { configuration.learning.habit = rule }
    if kinds == 0 && seed % 4 == 2 {
      configuration.learning.likelihood?.subset = ["modality 0"]
    }
    if kinds == 1 && seed % 4 == 3 { configuration.learning.transition?.subset = ["factor 0"] }
  }

  // MARK: - Comparison

  private typealias Variation = (inout RandomModel.Options, inout AgentConfiguration, Int) -> Void

  private func compare(
    models: Int, _ algorithm: InferenceSettings.Algorithm, _ vary: Variation
  ) throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<models {
      var options = RandomModel.Options()
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = algorithm
      vary(&options, &configuration, seed)
      var random = try RandomModel(seed: UInt64(seed), options)
      configuration.learning.dropMissing(random.model)
      try follow(
        random.model, configuration, random.record(steps: 5, soften: seed % 2 == 1),
        "model \(seed)", &differences)
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 100 * models)
  }

  /// Drives the agent and the enumeration through a record and notes where they differ.
  private func follow(
    _ model: GenerativeModel, _ configuration: AgentConfiguration, _ record: BehaviourRecord,
    _ place: String, _ differences: inout Differences
  ) throws {
    let agent = try ActiveInferenceAgent(model, configuration)
    let isMeanField = agent.blueprint.algorithm != .exact
    var reference = BruteForce(model, configuration, isMeanField: isMeanField)
    agent.begin(seed: 0, episode: 0)
    for (t, observation) in record.observations.enumerated() {
      _ = try agent.act(on: observation)
      let expected = reference.act(on: observation, sweeps: agent.outcome.sweeps)
      var got = StepRecord(t: t, observation: observation)
      agent.describe(&got, level: .full)
      let place = "\(place), step \(t)"
      if !isMeanField {
        differences.compare(agent.state.belief, expected.joint, "\(place), joint belief")
      }
      compare(got, expected, place, &differences)
      let learned = agent.concentration.named(model)
      for (table, counts) in reference.counts.named(model) {
        differences.compare(learned[table]?.values ?? [], counts.values, "\(place), \(table)")
      }
      differences.compare(
        agent.concentration.habit ?? [], reference.counts.habit ?? [], "\(place), E")
      if t < record.actions.count {
        try agent.took(record.actions[t])
        reference.take(record.actions[t])
      }
    }
  }

  private func compare(
    _ got: StepRecord, _ expected: BruteForce.Step, _ place: String,
    _ differences: inout Differences
  ) {
    differences.compare(got.beliefs ?? [], expected.beliefs, "\(place), beliefs")
    differences.compare(got.freeEnergy ?? .nan, expected.freeEnergy, "\(place), freeEnergy")
    let terms = [
      "utility": expected.utility, "stateInformationGain": expected.stateInformationGain,
      "parameterInformationGain": expected.parameterInformationGain,
      "inductive": expected.inductive,
    ]
    for (name, values) in terms {
      differences.compare(got.terms?.named[name] ?? [], values, "\(place), terms.\(name)")
    }
    differences.compare(
      got.negativeExpectedFreeEnergy ?? [], expected.negativeExpectedFreeEnergy,
      "\(place), negativeExpectedFreeEnergy")
    differences.compare(
      got.policyPosterior ?? [], expected.policyPosterior, "\(place), policyPosterior")
    differences.compare(
      got.actionMarginals ?? [], expected.actionMarginals, "\(place), actionMarginals")
  }
}

extension LearningSettings {
  /// Drops rules for which a random model happens to have no counts.
  fileprivate mutating func dropMissing(_ model: GenerativeModel) {
    let counts = model.concentration
    if counts.likelihood.allSatisfy({ $0 == nil }) { likelihood = nil }
    if counts.transition.allSatisfy({ $0 == nil }) { transition = nil }
    if counts.preference.allSatisfy({ $0 == nil }) { preference = nil }
    if counts.initialState.allSatisfy({ $0 == nil }) { initialState = nil }
    if counts.habit == nil { habit = nil }
  }
}
