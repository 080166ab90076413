import ActiveInference
import EngineTestSupport
import Testing

@Suite("Extreme sizes") struct ExtremeSizeTests {
  // MARK: - Little

  @Test(
    "one state, one outcome and one action, or none, leave nothing to decide",
    arguments: Agents.all)
  func one(configuration: AgentConfiguration) throws {
    for controls in [[], [Variable("wait", size: 1)]] {
      let model = try single(controls)
      for horizon in [1, 5] {
        var configuration = configuration
        configuration.planning.horizon = horizon
        configuration.action.selection = .stochastic
        let record = BehaviourRecord(
          observations: [[.outcome(0)], [.missing], [.distribution([1])]],
          actions: Array(repeating: controls.map { _ in 0 }, count: 2))
        for step in try expectSound(model, configuration, record, Agents.name(configuration)) {
          #expect(step.beliefs == [[1]])
          #expect(step.policyPosterior == [1])
          #expect(abs(step.freeEnergy ?? .nan) <= 1e-15)
          #expect(step.choice == controls.map { _ in 0 })
        }
      }
    }
  }

  private func single(_ controls: [Variable]) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "nothing"
    model.factors = [Variable("state", size: 1)]
    model.modalities = [Variable("outcome", size: 1)]
    model.controls = controls
    let shape = [1, 1] + controls.map { _ in 1 }
    model.likelihoods = [.init("outcome", given: ["state"], Tensor(shape: [1, 1], [1]))]
    model.transitions = [
      .init(
        "state", given: ["state"], controls: controls.map(\.name), Tensor(shape: shape, [1]))
    ]
    return try GenerativeModel(model)
  }

  // MARK: - Long

  @Test(
    "an episode of 10,000 steps is like one of ten, for every agent, learning too",
    arguments: Agents.all)
  func longEpisode(configuration: AgentConfiguration) throws {
    var configuration = configuration
    configuration.learnEverything(.init(rate: 1, forgetting: 0.01))
    let model = try ExtremeModels.counted { [1, 3, 0.2][$0 % 3] }
    let world = try ModelEnvironment(model)
    var agent = try ActiveInferenceAgent(model, configuration)
    let episode = try Simulation(world, steps: 10_000, seed: 2, level: .full).run(
      &agent, episode: 0)
    let faults = episode.steps.flatMap(Soundness.faults(in:))
    #expect(faults.isEmpty, "\(Agents.name(configuration)): \(faults.prefix(4))")
    #expect(Soundness.faults(in: agent.concentration).isEmpty)
  }

  @Test("a policy of 10,000 steps is weighed, alone and beside another", arguments: [1, 2])
  func longPolicy(count: Int) throws {
    let model = try ExtremeModels.switches { model in
      model.policies = (0..<count).map { policy in (0..<10_000).map { [($0 + policy) % 2] } }
    }
    let steps = try expectSound(model, AgentConfiguration(), ExtremeModels.record(steps: 3))
    #expect(steps[0].policyPosterior?.count == count)
    // Every step of it promises the same in the end.
    let utility = try #require(steps[0].terms).utility
    #expect(utility.allSatisfy { $0 > 1000 && $0 < 10_000 })
  }

  @Test("a horizon of 10,000 is planned where there is one action, or none")
  func longHorizon() throws {
    for controls in [[], [Variable("wait", size: 1)]] {
      var configuration = AgentConfiguration()
      configuration.planning.horizon = 10_000
      let record = BehaviourRecord(observations: [[.outcome(0)]], actions: [])
      let steps = try expectSound(single(controls), configuration, record)
      #expect(steps[0].policyPosterior == [1])
    }
  }

  @Test("a horizon that is too long is refused with the number, before memory is taken")
  func tooLong() throws {
    func refusal(_ model: GenerativeModel, _ horizon: Int) -> String {
      var configuration = AgentConfiguration()
      configuration.planning.horizon = horizon
      let refused = #expect(throws: InvalidInput.self) {
        try ActiveInferenceAgent(model, configuration)
      }
      return refused?.description ?? ""
    }
    #expect(
      try refusal(ExtremeModels.switches(), 10_000)
        == "planning.horizon: 2 joint actions over 10000 steps are more than 16777216 policies;"
        + " shorten the horizon or give a list of policies")
    for horizon in [1 << 20, Int.max] {
      let message = try refusal(single([Variable("wait", size: 1)]), horizon)
      #expect(message == "agent: planning.horizon: is \(horizon); give at most 65536")
    }
  }

  // MARK: - Wide

  /// So many binary factors, each moved by one control and shown by a modality; modalities depend on so
  /// many neighbouring factors.
  private func factors(_ count: Int, parents: Int) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "factors"
    model.factors = (0..<count).map { Variable("f\($0)", size: 2) }
    model.modalities = (0..<count).map { Variable("m\($0)", size: 2) }
    model.controls = [Variable("u", size: 2)]
    for index in 0..<count {
      let given = (0..<parents).map { "f\((index + $0) % count)" }
      let cells = 1 << parents
      let p = (0..<cells).map { 0.1 + 0.8 * Double($0) / Double(cells - 1) }
      model.likelihoods.append(
        .init(
          "m\(index)", given: given,
          Tensor(shape: [2] + given.map { _ in 2 }, p + p.map { 1 - $0 })))
      model.transitions.append(
        .init(
          "f\(index)", given: ["f\(index)"], controls: ["u"],
          Tensor(shape: [2, 2, 2], [0.9, 0.5, 0.2, 0.5, 0.1, 0.5, 0.8, 0.5])))
    }
    model.preferences = model.modalities.map { .init($0.name, Tensor(shape: [2], [0, 1])) }
    return try GenerativeModel(model)
  }

  private let sights = BehaviourRecord(
    observations: (0..<3).map { step in (0..<64).map { .outcome(($0 + step) % 2) } },
    actions: [[0], [1]])

  @Test(
    "64 factors with a modality each are 64 agents of one factor",
    arguments: [InferenceSettings.Algorithm.automatic, .coordinateAscent, .fixedPoint])
  func manyFactors(algorithm: InferenceSettings.Algorithm) throws {
    for gain in PlanningSettings.InformationGain.allCases {
      for preset in [AgentConfiguration.Preset.default, .pymdp1] {
        var configuration = AgentConfiguration(preset: preset)
        configuration.inference.algorithm = algorithm
        configuration.planning.informationGain = gain
        let all = try expectSound(factors(64, parents: 1), configuration, sights)
        let one = BehaviourRecord(
          observations: sights.observations.map { [$0[0]] }, actions: sights.actions)
        configuration.inference.algorithm = .exact
        let alone = try expectSound(factors(1, parents: 1), configuration, one)
        for (step, single) in zip(all, alone) {
          let beliefs = try #require(step.beliefs)
          let expected = try #require(single.beliefs)[0]
          for state in 0..<2 { #expect(abs(beliefs[0][state] - expected[state]) <= 1e-12) }
        }
      }
    }
  }

  @Test("64 factors whose modalities depend on two each are planned with a modality at a time")
  func chain() throws {
    let model = try factors(64, parents: 2)
    for algorithm in [InferenceSettings.Algorithm.coordinateAscent, .fixedPoint] {
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = algorithm
      configuration.planning.informationGain = .perModality
      try expectSound(model, configuration, sights)
    }
  }

  @Test("their joint information gain is refused, and so is what goes through their joint states")
  func refused() throws {
    let model = try factors(64, parents: 2)
    let failure = #expect(throws: AgentFailure.self) {
      try ActiveInferenceAgent(model).replay(sights)
    }
    #expect(
      failure?.description.contains("set planning.informationGain to perModality") == true,
      "\(failure?.description ?? "")")
    var exact = AgentConfiguration()
    exact.inference.algorithm = .exact
    for configuration in [exact, AgentConfiguration(preset: .pymdp007)] {
      let refused = #expect(throws: InvalidInput.self) {
        try ActiveInferenceAgent(model, configuration)
      }
      #expect(
        refused?.description.contains("joint states") == true, "\(refused?.description ?? "")")
    }
  }

  @Test(
    "a factor of one state stands beside one of 10,000",
    arguments: [InferenceSettings.Algorithm.automatic, .coordinateAscent, .fixedPoint, .exact])
  func uneven(algorithm: InferenceSettings.Algorithm) throws {
    let states = 10_000
    var model = ModelDescription()
    model.name = "uneven"
    model.factors = [Variable("one", size: 1), Variable("many", size: states)]
    model.modalities = [Variable("half", size: 2), Variable("same", size: 1)]
    model.controls = [Variable("move", size: 2)]
    model.likelihoods = [
      .init(
        "half", given: ["many", "one"],
        Tensor(
          shape: [2, states, 1], offsets: (0..<states).map { $0 < states / 2 ? $0 : states + $0 },
          values: Array(repeating: 1, count: states))),
      .init("same", given: ["one"], Tensor(shape: [1, 1], [1])),
    ]
    // Stays, or goes on by one.
    var next: [Int] = []
    for state in 0..<states {
      let following = (state + 1) % states
      next.append((state * states + state) * 2)
      next.append((following * states + state) * 2 + 1)
    }
    next.sort()
    model.transitions = [
      .init("one", given: ["one"], controls: [], Tensor(shape: [1, 1], [1])),
      .init(
        "many", given: ["many"], controls: ["move"],
        Tensor(
          shape: [states, states, 2], offsets: next, values: Array(repeating: 1, count: next.count))
      ),
    ]
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = algorithm
    let record = BehaviourRecord(
      observations: [[.outcome(0), .outcome(0)], [.outcome(1), .missing]], actions: [[1]])
    let steps = try expectSound(GenerativeModel(model), configuration, record)
    // Half of the states, and then the one that has crossed.
    #expect(abs((steps[0].beliefs?[1][0] ?? 0) - 2 / Double(states)) <= 1e-15)
    // A mean-field scheme takes the logarithm of no prior below 2^-52, here of five thousand.
    let floor = algorithm == .exact ? 0 : 5000 * 0x1p-52 * Double(states / 2)
    #expect(abs((steps[1].beliefs?[1][states / 2] ?? 0) - 1) <= 1e-12 + floor)
  }
}
