import ActiveInference
import EngineTestSupport
import Testing

/// Beliefs about several steps together: `vmp` and `mmp`.
@Suite("A window of past steps") struct WindowTests {
  static let schemes: [InferenceSettings.Algorithm] = [
    .variationalMessagePassing, .marginalMessagePassing,
  ]

  static func configuration(
    _ scheme: InferenceSettings.Algorithm, horizon: Int? = nil,
    preset: AgentConfiguration.Preset = .default
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration(preset: preset)
    configuration.inference.algorithm = scheme
    configuration.inference.horizon = horizon
    return configuration
  }

  @Test("of one step is fixed-point iteration on that step", arguments: 0..<8)
  func oneStep(seed: Int) throws {
    var options = RandomModel.Options()
    options.fewestFactors = 2
    var random = try RandomModel(seed: UInt64(500 + seed), options)
    let record = random.record(steps: 5, soften: seed % 2 == 1)
    let preset: AgentConfiguration.Preset = seed % 4 < 2 ? .default : .pymdp1
    let expected = try ActiveInferenceAgent(
      random.model, Self.configuration(.fixedPoint, preset: preset)
    ).replay(record)
    for scheme in Self.schemes {
      let found = try ActiveInferenceAgent(
        random.model, Self.configuration(scheme, horizon: 1, preset: preset)
      ).replay(record)
      for (one, other) in zip(found, expected) {
        var differences = Differences(tolerance: 1e-12)
        differences.compare(one.beliefs ?? [], other.beliefs ?? [], "step \(one.t), beliefs")
        differences.compare(
          one.freeEnergy ?? .nan, other.freeEnergy ?? .nan, "step \(one.t), free energy")
        #expect(differences.isEmpty, "\(scheme): \(differences)")
        #expect(one.smoothed?.windowStart == one.t)
        #expect(one.smoothed?.beliefs == one.beliefs.map { [$0] })
      }
    }
  }

  @Test("holds the steps there are, never more than its horizon")
  func steps() throws {
    let model = try SampleModels.tMaze()
    let expected: [(horizon: Int?, starts: [Int])] = [
      (nil, [0, 0, 0, 0]), (2, [0, 0, 1, 2]), (9, [0, 0, 0, 0]),
    ]
    for (horizon, starts) in expected {
      let agent = try ActiveInferenceAgent(
        model, Self.configuration(.marginalMessagePassing, horizon: horizon))
      let observations: [[Observation]] = Array(
        repeating: [.outcome(0), .outcome(0), .outcome(0)], count: 4)
      let steps = try agent.replay(
        BehaviourRecord(observations: observations, actions: [[0], [0], [0]]))
      #expect(steps.compactMap { $0.smoothed?.windowStart } == starts)
      #expect(
        steps.compactMap { $0.smoothed?.beliefs.count } == zip(0..., starts).map { $0 - $1 + 1 })
      for step in steps { #expect(step.smoothed?.beliefs.last == step.beliefs) }
    }
  }

  @Test("of sweeps on record has one iterate a sweep, the last of which is the belief")
  func iterates() throws {
    for scheme in Self.schemes {
      let agent = try ActiveInferenceAgent(
        try SampleModels.tMaze(), Self.configuration(scheme))
      let seen: [Observation] = [.outcome(0), .outcome(0), .outcome(0)]
      let steps = try agent.replay(
        BehaviourRecord(observations: [seen, seen], actions: [[0]]), level: .iterates)
      let iterates = try #require(steps[1].iterates)
      #expect(iterates.beliefs.count == agent.outcome.sweeps)
      #expect(iterates.beliefs.last == steps[1].beliefs)
      #expect(iterates.freeEnergy.last == steps[1].freeEnergy)
    }
  }

  @Test("is as it was where a step fails, and goes on as if it had not been tried")
  func failedStep() throws {
    for scheme in Self.schemes {
      let configuration = Self.configuration(scheme, horizon: 2)
      let agents = try (0..<2).map { _ in
        try ActiveInferenceAgent(SampleModels.tMaze(), configuration)
      }
      for agent in agents {
        agent.begin(seed: 0, episode: 0)
        for _ in 0..<3 {
          _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
          try agent.took([3])
        }
      }
      let before = agents[0].state
      let smoothed = agents[0].smoothedBeliefs
      for (reward, cue) in [(1, 1), (0, 7)] {
        #expect(throws: AgentFailure.self) {
          try agents[0].act(on: [.outcome(3), .outcome(reward), .outcome(cue)])
        }
      }
      #expect(agents[0].state == before)
      #expect(agents[0].smoothedBeliefs == smoothed)
      let seen: [Observation] = [.outcome(3), .outcome(0), .outcome(1)]
      #expect(try agents[0].act(on: seen) == agents[1].act(on: seen))
      #expect(agents[0].state == agents[1].state)
      #expect(agents[0].smoothedBeliefs == agents[1].smoothedBeliefs)
    }
  }

  @Test("remembers nothing, takes no lanes")
  func savings() throws {
    for scheme in Self.schemes {
      let agent = try ActiveInferenceAgent(SampleModels.tMaze(), Self.configuration(scheme))
      #expect(agent.laneCount == 1)
    }
  }

  @Test("takes over no belief that its next window would lose")
  func adopting() throws {
    let agent = try ActiveInferenceAgent(
      SampleModels.tMaze(), Self.configuration(.marginalMessagePassing))
    agent.begin(seed: 0, episode: 0)
    try agent.perceive([.outcome(0), .outcome(0), .outcome(0)])
    #expect(throws: InvalidInput.self) { try agent.adopt([0.3, 0.7], over: [1]) }
  }

  @Test("is asked for only where there is one")
  func horizonAlone() throws {
    let refused = #expect(throws: InvalidInput.self) {
      try ActiveInferenceAgent(
        SampleModels.tMaze(), Self.configuration(.coordinateAscent, horizon: 3))
    }
    let text = refused?.description ?? ""
    #expect(text.contains("inference.horizon"), "\(text)")
    #expect(throws: InvalidInput.self) {
      try ActiveInferenceAgent(
        SampleModels.tMaze(), Self.configuration(.marginalMessagePassing, horizon: 0))
    }
  }
}
