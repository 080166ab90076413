import ActiveInference
import EngineTestSupport
import Testing

/// Sparse tables and narrow supports are a way to compute, not a model of another kind.
@Suite("A sparse model") struct SparseModelTests {
  /// An agent with sparse tables, and one that has the same model with every zero written out.
  private struct Twins {
    let sparse: ActiveInferenceAgent
    let dense: ActiveInferenceAgent

    init(_ description: ModelDescription, _ configuration: AgentConfiguration) throws {
      let model = try GenerativeModel(description)
      sparse = try ActiveInferenceAgent(model, configuration)
      let twin = try GenerativeModel(description)
      let whole = try twin.laidOut(holdingZeros: true)
      dense = try ActiveInferenceAgent(twin, configuration)
      #expect(try twin.laidOut() === whole)
      #expect(whole.compiled.factors.base[0].isSparse == false)
      #expect(try model.laidOut().compiled.factors.base[0].isSparse)
      #expect(try model.laidOut().compiled.modalities.base[0].isSparse)
    }

    /// Lets both see and do the same, and compares what they think of it.
    func compare(_ observations: [[Observation]], _ actions: [[Int]]) throws -> Differences {
      var differences = Differences(tolerance: 1e-12)
      for agent in [sparse, dense] { agent.begin(seed: 1, episode: 0) }
      for (step, observation) in observations.enumerated() {
        var records: [StepRecord] = []
        for agent in [sparse, dense] {
          var record = StepRecord(
            t: step, observation: observation, action: try agent.act(on: observation))
          agent.describe(&record, level: .full)
          if step < actions.count { try agent.took(actions[step]) }
          records.append(record)
        }
        compare(records[0], records[1], "step \(step)", &differences)
      }
      return differences
    }

    private func compare(
      _ got: StepRecord, _ expected: StepRecord, _ place: String, _ differences: inout Differences
    ) {
      if got.impossible != expected.impossible {
        differences.note("\(place): ignored \(got.impossible), not \(expected.impossible)")
      }
      differences.compare(got.beliefs ?? [], expected.beliefs ?? [], "\(place), beliefs")
      differences.compare(
        got.freeEnergy ?? .nan, expected.freeEnergy ?? .nan, "\(place), free energy")
      differences.compare(
        got.negativeExpectedFreeEnergy ?? [], expected.negativeExpectedFreeEnergy ?? [],
        "\(place), value")
      guard let one = got.terms, let other = expected.terms else {
        differences.note("\(place): no terms")
        return
      }
      differences.compare(one.utility, other.utility, "\(place), utility")
      differences.compare(
        one.stateInformationGain, other.stateInformationGain, "\(place), information")
      differences.compare(
        one.parameterInformationGain, other.parameterInformationGain, "\(place), novelty")
      differences.compare(one.inductive, other.inductive, "\(place), inductive")
    }
  }

  private func differences(
    seed: UInt64, _ options: WideModel.Options = .init(), soften: Bool = true,
    preset: AgentConfiguration.Preset = .default, steps: Int = 3,
    _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> Differences {
    var random = try WideModel(seed: seed, options)
    var configuration = AgentConfiguration(preset: preset)
    change(&configuration)
    let data = random.walk(steps: steps, soften: soften)
    return try Twins(random.description, configuration).compare(data.observations, data.actions)
  }

  @Test(
    "is believed and planned with like its dense twin",
    arguments: [InferenceSettings.Algorithm.coordinateAscent, .fixedPoint, .exact])
  func schemes(_ algorithm: InferenceSettings.Algorithm) throws {
    for seed in 0..<2 as Range<UInt64> {
      var options = WideModel.Options()
      options.moodDependsOnPlace = seed == 1
      options.firstPlaces = seed == 1 ? nil : 5
      // The filter over joint states goes through all of them, many or not.
      if algorithm == .exact { options.states = 150 }
      let found = try differences(seed: seed, options, steps: 2) {
        $0.inference.algorithm = algorithm
      }
      #expect(found.isEmpty, "seed \(seed): \(found)")
    }
  }

  @Test("gives the information of each modality by itself, and looks two steps ahead")
  func perModality() throws {
    let found = try differences(seed: 10) {
      $0.inference.algorithm = .coordinateAscent
      $0.planning.informationGain = .perModality
      $0.planning.horizon = 2
      $0.planning.inductive = .init(depth: 3)
    }
    #expect(found.isEmpty, "\(found)")
  }

  @Test("is searched for what to do after each outcome like its dense twin")
  func sophisticated() throws {
    for backup in SophisticatedSettings.Backup.allCases {
      let found = try differences(seed: 60, steps: 2) {
        $0.planning.method = .sophisticated
        $0.planning.sophisticated.backup = backup
        $0.planning.sophisticated.policyThreshold = 0.01
        $0.planning.gamma = 1
        $0.planning.horizon = 2
        $0.planning.informationGain = .perModality
      }
      #expect(found.isEmpty, "\(backup): \(found)")
    }
  }

  @Test("may have two factors of many states")
  func twoWideFactors() throws {
    var options = WideModel.Options()
    options.hasSecondWide = true
    for gain in [PlanningSettings.InformationGain.joint, .perModality] {
      // Sharp: of two diffuse beliefs the joint information gain would go through all pairs.
      let found = try differences(seed: 20, options, soften: false, steps: 2) {
        $0.planning.informationGain = gain
        $0.planning.stateInformationGain = gain == .perModality
      }
      #expect(found.isEmpty, "\(gain): \(found)")
    }
  }

  @Test(
    "is the same under pymdp's conventions, whatever becomes of impossible observations",
    arguments: [AgentConfiguration.Preset.pymdp1, .pymdp007])
  func conventions(_ preset: AgentConfiguration.Preset) throws {
    for impossible in [InferenceSettings.ImpossibleObservation.floored, .ignore] {
      for algorithm in [InferenceSettings.Algorithm.fixedPoint, .coordinateAscent] {
        let found = try differences(seed: 30, preset: preset, steps: 2) {
          $0.inference.impossible = impossible
          $0.inference.algorithm = algorithm
          $0.planning.informationGain = .perModality
        }
        #expect(found.isEmpty, "\(impossible), \(algorithm): \(found)")
      }
    }
  }

  @Test("ignores the same impossible observations")
  func impossible() throws {
    for algorithm in [InferenceSettings.Algorithm.coordinateAscent, .fixedPoint, .exact] {
      var random = try WideModel(seed: 40)
      var data = random.walk(steps: 3, soften: false)
      // Five places show at most ten of sixty outcomes.
      let model = try GenerativeModel(random.description)
      let seen = model.likelihoods[0].probability.values
      let first = try #require(model.initialStates[0])
      let never = try #require(
        (0..<60).first { outcome in
          first.indices.allSatisfy { first[$0] == 0 || seen[outcome * 1024 + $0] == 0 }
        })
      data.observations[0][0] = .outcome(never)
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = algorithm
      configuration.inference.impossible = .ignore
      let twins = try Twins(random.description, configuration)
      let found = try twins.compare(data.observations, data.actions)
      #expect(found.isEmpty, "\(algorithm): \(found)")
      twins.sparse.begin(seed: 0, episode: 1)
      var record = StepRecord(
        t: 0, observation: data.observations[0],
        action: try twins.sparse.act(on: data.observations[0]))
      twins.sparse.describe(&record, level: .choices)
      #expect(record.impossible == ["where"])
    }
  }

  @Test(
    "learns like its dense twin, and zero stays zero",
    arguments: [(0.0, "cavi"), (0.2, "cavi"), (0.1, "exact")])
  func learning(forgetting: Double, scheme: String) throws {
    var options = WideModel.Options()
    options.hasCounts = true
    if scheme == "exact" { options.states = 100 }
    var random = try WideModel(seed: 50, options)
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .init(rawValue: scheme) ?? .automatic
    let rule = LearningSettings.Rule(rate: 0.7, forgetting: forgetting)
    configuration.learning.likelihood = rule
    configuration.learning.transition = rule
    configuration.learning.initialState = rule
    configuration.planning.parameterInformationGain = true
    let data = random.walk(steps: 3, soften: true)
    let twins = try Twins(random.description, configuration)
    var found = try twins.compare(data.observations, data.actions)
    let (got, expected) = (twins.sparse.concentration, twins.dense.concentration)
    let first = twins.sparse.blueprint.model.concentration
    for tables in [
      (got.likelihood, expected.likelihood, first.likelihood),
      (got.transition, expected.transition, first.transition),
    ] {
      for index in tables.0.indices {
        let one = try #require(tables.0[index])
        let other = try #require(tables.1[index])
        // The same cells are held, and the others are none.
        guard case .sparse(let offsets, let values) = one.storage,
          case .sparse(let others, let numbers) = other.storage
        else { continue }
        #expect(offsets == others)
        #expect(tables.2[index]?.storage != one.storage)
        found.compare(values, numbers, "counts \(index)")
      }
    }
    found.compare(got.initialState[0] ?? [], expected.initialState[0] ?? [], "counts of D")
    let possible = first.initialState[0]?.filter { $0 > 0 }.count
    #expect(got.initialState[0]?.filter { $0 > 0 }.count == possible)
    #expect(found.isEmpty, "\(found)")
  }

  @Test("is explored under pymdp's convention like its dense twin")
  func explored() throws {
    var options = WideModel.Options()
    options.hasCounts = true
    let found = try differences(seed: 60, options, preset: .pymdp1, steps: 2) {
      $0.planning.parameterInformationGain = true
    }
    #expect(found.isEmpty, "\(found)")
  }
}
