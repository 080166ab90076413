import ActiveInference
import EngineTestSupport
import Testing

@Suite struct `Planning by successor values` {
  private static func agent(
    _ model: GenerativeModel, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> ActiveInferenceAgent {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    change(&configuration)
    return try ActiveInferenceAgent(model, configuration)
  }

  @Test(arguments: SuccessorSettings.Reward.allCases, SuccessorSettings.BasePolicy.allCases)
  func `gives terms that sum to each value`(
    reward: SuccessorSettings.Reward, policy: SuccessorSettings.BasePolicy
  ) throws {
    let agent = try `Planning by successor values`.agent(SampleModels.tMaze()) {
      $0.planning.successor.reward = reward
      $0.planning.successor.basePolicy = policy
    }
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
    for (value, terms) in zip(
      agent.negativeExpectedFreeEnergy,
      zip(agent.terms.utility, agent.terms.stateInformationGain).map { $0 + $1 })
    {
      #expect(abs(value - terms) <= 1e-12 * max(1, abs(value)))
    }
    #expect(agent.searchReport == nil)
  }

  @Test func `goes to the cue and then to the reward`() throws {
    let model = try SampleModels.tMaze()
    for algorithm in [InferenceSettings.Algorithm.exact, .coordinateAscent] {
      let agent = try `Planning by successor values`.agent(model) {
        $0.inference.algorithm = algorithm
      }
      agent.begin(seed: 0, episode: 0)
      // centre, left, right, cue, middle; the cue says right.
      #expect(try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)]) == [3])
      #expect(try agent.act(on: [.outcome(3), .outcome(0), .outcome(2)]) == [0])
      #expect(try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)]) == [4])
      #expect(try agent.act(on: [.outcome(4), .outcome(0), .outcome(0)]) == [2])
    }
  }

  @Test func `swept, factorised, and with the belief held either way, comes to the same`() throws {
    // 40 x 40 cells are swept, and are a factor of many states.
    let large = try ActiveInferenceAgent(
      Grids.sparse(side: 40), `Planning by successor values`.uniform)
    large.begin(seed: 0, episode: 0)
    let dense = try SuccessorMap(
      JointTransition(Grids.sparse(side: 40)), discount: 0.95, solver: .factorized)
    #expect(dense.isFactorized)
    let values = try dense.values(for: Grids.reward(1600, goal: 1599))
    var cell = 1200
    while cell != 1599 {
      let action = try large.act(on: [.outcome(cell)])[0]
      let next = (0..<4).map { values[Grids.next(cell, $0, side: 40)] }
      #expect(Dense.largestDifference(large.negativeExpectedFreeEnergy, next) < 1e-8)
      cell = Grids.next(cell, action, side: 40)
    }
  }

  static var uniform: AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    configuration.planning.successor.basePolicy = .uniform
    return configuration
  }

  // MARK: - Learning

  @Test func `follows what is learned, and goes back with it`() throws {
    let model = try SampleModels.tMaze(counts: true)
    for policy in SuccessorSettings.BasePolicy.allCases {
      let learner = try `Planning by successor values`.agent(model) {
        $0.planning.successor.basePolicy = policy
        $0.learning.likelihood = .init(rate: 2)
        $0.learning.transition = .init(rate: 2)
      }
      func walk() throws -> [Double] {
        learner.begin(seed: 0, episode: 0)
        for outcomes in [[0, 0, 0], [3, 0, 1], [0, 0, 0], [4, 0, 0], [1, 1, 0]] {
          _ = try learner.act(on: outcomes.map { .outcome($0) })
        }
        return learner.negativeExpectedFreeEnergy
      }
      let first = try walk()
      // An agent whose model has the counts from the start values alike.
      var description = ModelDescription(model)
      description.name = "learned"
      let counts = learner.concentration
      description.likelihoodCounts = zip(model.modalities, counts.likelihood).compactMap {
        modality, tensor in tensor.map { .init(modality.name, $0) }
      }
      description.transitionCounts = zip(model.factors, counts.transition).compactMap {
        factor, tensor in tensor.map { .init(factor.name, $0) }
      }
      for table in description.likelihoodCounts {
        description.likelihoods[
          description.likelihoods.firstIndex { $0.modality == table.name } ?? 0
        ].probability = nil
      }
      for table in description.transitionCounts {
        description.transitions[
          description.transitions.firstIndex { $0.factor == table.name } ?? 0
        ].probability = nil
      }
      let born = try `Planning by successor values`.agent(GenerativeModel(description)) {
        $0.planning.successor.basePolicy = policy
      }
      born.begin(seed: 0, episode: 0)
      learner.begin(seed: 0, episode: 0)
      _ = try born.act(on: [.outcome(0), .outcome(0), .outcome(0)])
      _ = try learner.act(on: [.outcome(0), .outcome(0), .outcome(0)])
      #expect(
        Dense.largestDifference(
          learner.negativeExpectedFreeEnergy, born.negativeExpectedFreeEnergy) < 1e-10)
      learner.forget()
      #expect(try walk() == first)
    }
  }

  // MARK: - What cannot be

  private static func refusal(
    _ model: GenerativeModel, _ change: (inout AgentConfiguration) -> Void
  ) throws -> String {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    change(&configuration)
    let made = #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    let checked = #expect(throws: InvalidInput.self) {
      try CompiledAgent.check(model, configuration)
    }
    #expect(made?.description == checked?.description)
    return made?.description ?? ""
  }

  @Test func `needs preferences that are the same at every step`() throws {
    var model = ModelDescription(try SampleModels.tMaze())
    model.preferences = [.init("reward", Tensor(shape: [2, 3], [0, 2, -3, 0, 1, -3]))]
    let message = try `Planning by successor values`.refusal(GenerativeModel(model)) { _ in }
    #expect(message.contains("C[reward]") && message.contains("no last step"), "\(message)")
  }

  @Test func `has no horizon, no parameter information gain and no goals`() throws {
    let model = try SampleModels.tMaze(counts: true)
    let changes: [(String, (inout AgentConfiguration) -> Void)] = [
      ("horizon", { $0.planning.horizon = 2 }),
      ("parameterInformationGain", { $0.planning.parameterInformationGain = true }),
      ("inductive", { $0.planning.inductive = .init() }),
    ]
    for (key, change) in changes {
      let message = try `Planning by successor values`.refusal(model, change)
      #expect(message.contains("planning.\(key)"), "\(message)")
      #expect(message.contains("is not for the method successor"), "\(message)")
    }
  }

  @Test func `names the factors that are left out or that there are not`() throws {
    let model = try SampleModels.tMaze()
    let unknown = try `Planning by successor values`.refusal(model) {
      $0.planning.successor.factors = ["locations"]
    }
    #expect(unknown.contains("did you mean 'location'?"), "\(unknown)")
    let missing = try `Planning by successor values`.refusal(model) {
      $0.planning.successor.factors = ["location"]
      $0.planning.successor.reward = .utility
    }
    #expect(missing.contains("reward depends on context"), "\(missing)")
    var driven = ModelDescription(model)
    driven.transitions[0] = .init(
      "location", given: ["location", "context"], controls: ["move"],
      SampleModels.table([5, 5, 2, 5]) { $0[0] == $0[3] ? 1 : 0 })
    let parent = try `Planning by successor values`.refusal(GenerativeModel(driven)) {
      $0.planning.successor.factors = ["location"]
    }
    #expect(parent.contains("location depends on context"), "\(parent)")
  }

  @Test func `makes its own policies, of one joint action`() throws {
    var model = ModelDescription(try SampleModels.tMaze())
    model.policies = [[[0], [1]], [[2], [3]]]
    let message = try `Planning by successor values`.refusal(GenerativeModel(model)) { _ in }
    #expect(message.contains("policies"), "\(message)")
  }

  @Test func `says what it takes before it takes it`() throws {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    let small = try StepCost(of: Grids.sparse(side: 30), configuration)
    // The triangles of 900 states.
    #expect(small.agentBytes > 8 * 900 * 900)
    let large = try StepCost(of: Grids.sparse(side: 300), configuration)
    #expect(large.agentBytes < 200 << 20)
    #expect(large.policies == 4)
  }
}

extension Grids {
  /// The same grid held as what is not zero, for large ones.
  static func sparse(side: Int) throws -> GenerativeModel {
    let cells = side * side
    var model = ModelDescription()
    model.name = "large grid"
    model.factors = [Variable("place", size: cells)]
    model.modalities = [Variable("where", size: cells)]
    model.controls = [Variable("move", ["up", "down", "left", "right"])]
    model.likelihoods = [
      .init(
        "where", given: ["place"],
        Tensor(
          shape: [cells, cells], offsets: (0..<cells).map { $0 * cells + $0 },
          values: [Double](repeating: 1, count: cells)))
    ]
    var offsets: [Int] = []
    for cell in 0..<cells {
      for move in 0..<4 { offsets.append((next(cell, move, side: side) * cells + cell) * 4 + move) }
    }
    offsets.sort()
    model.transitions = [
      .init(
        "place", given: ["place"], controls: ["move"],
        Tensor(
          shape: [cells, cells, 4], offsets: offsets,
          values: [Double](repeating: 1, count: offsets.count)))
    ]
    model.preferences = [
      .init("where", Tensor(shape: [cells], reward(cells, goal: cells - 1)))
    ]
    return try GenerativeModel(model)
  }
}
