import ActiveInference
import EngineTestSupport
import TMaze
import Testing

/// What spares work changes no bit of any result, whatever the threads and whoever steps beside whom.
@Suite("Savings") struct SavingsTests {
  /// The ways an agent may be run.
  private static let ways: [Savings] = [
    [], .rememberedSteps, .lanes, .mergedBeliefs, .endedIterations, .all,
  ]

  /// Every episode with all that is recorded of it, and what was learned.
  private func episodes(
    _ world: some Environment, _ model: GenerativeModel, _ configuration: AgentConfiguration,
    _ savings: Savings, threads: Int, count: UInt64, steps: Int
  ) throws -> [(episode: Episode, counts: GenerativeModel.Concentration)] {
    let blueprint = try CompiledAgent(model, configuration, savings: savings)
    var all: [(episode: Episode, counts: GenerativeModel.Concentration)] = []
    try Simulation(world, steps: steps, seed: 3, level: .full).run(
      episodes: 0..<count, threads: threads, makeAgent: { try ActiveInferenceAgent(blueprint) },
      finish: { ($0, $1.concentration) },
      deliver: {
        all.append($0)
        return true
      })
    return all
  }

  private func expectSame(
    _ world: some Environment, _ model: GenerativeModel, _ configuration: AgentConfiguration,
    count: UInt64 = 19, steps: Int = 6, _ place: String
  ) throws {
    let alone = try episodes(
      world, model, configuration, [], threads: 1, count: count, steps: steps)
    #expect(alone.count == Int(count))
    for (savings, threads) in zip(SavingsTests.ways, [3, 1, 2, 3, 1, 3]) {
      let saved = try episodes(
        world, model, configuration, savings, threads: threads, count: count, steps: steps)
      #expect(
        saved.map(\.episode) == alone.map(\.episode),
        "\(place), savings \(savings.rawValue), \(threads) threads")
      #expect(saved.map(\.counts) == alone.map(\.counts), "\(place), learned")
    }
  }

  @Test(
    "in the T-maze, under every preset and selection",
    arguments: AgentConfiguration.Preset.allCases)
  func maze(preset: AgentConfiguration.Preset) throws {
    let maze = try TMaze()
    for selection in [ActionSettings.Selection.deterministic, .stochastic] {
      for mode in [ActionSettings.Mode.full, .marginal] {
        var configuration = AgentConfiguration(preset: preset)
        configuration.planning.horizon = 2
        configuration.planning.gamma = 2
        configuration.action.selection = selection
        configuration.action.mode = mode
        configuration.action.alpha = 1
        try expectSame(
          maze, maze.model, configuration, "\(preset.rawValue) \(selection) \(mode)")
      }
    }
  }

  @Test(
    "in random worlds that learn or do not",
    arguments: ["exact", "cavi", "fpi"])
  func randomWorlds(scheme: String) throws {
    for seed in 0..<16 {
      var options = RandomModel.Options()
      options.horizon = 1 + seed % 2
      options.counts = seed % 2 == 0
      options.goals = seed % 4 == 1
      let random = try RandomModel(seed: UInt64(7000 + seed), options)
      var configuration = AgentConfiguration(
        preset: [.default, .pymdp1, .pymdp007][seed % 3])
      configuration.inference.algorithm = try #require(.init(rawValue: scheme))
      configuration.planning.horizon = options.horizon
      configuration.planning.informationGain = seed % 5 < 2 ? .joint : .perModality
      configuration.planning.parameterInformationGain = options.counts
      configuration.action.selection = seed % 3 == 0 ? .deterministic : .stochastic
      if options.goals { configuration.planning.inductive = .init(depth: 3) }
      learnEverything(
        of: random.model, .init(rate: 0.7, forgetting: seed % 4 == 0 ? 0.1 : 0), &configuration)
      try expectSame(
        ModelEnvironment(random.model), random.model, configuration, count: 11, steps: 5,
        "model \(seed), \(scheme)")
    }
  }

  /// Has an agent learn whatever the model has counts of.
  private func learnEverything(
    of model: GenerativeModel, _ rule: LearningSettings.Rule,
    _ configuration: inout AgentConfiguration
  ) {
    let counts = model.concentration
    if counts.likelihood.contains(where: { $0 != nil }) { configuration.learning.likelihood = rule }
    if counts.transition.contains(where: { $0 != nil }) { configuration.learning.transition = rule }
    if counts.initialState.contains(where: { $0 != nil }) {
      configuration.learning.initialState = rule
    }
    if counts.preference.contains(where: { $0?.shape.count == 1 }) {
      configuration.learning.preference = rule
    }
    if counts.habit != nil { configuration.learning.habit = rule }
  }

  @Test("where some episodes meet the impossible and others do not")
  func impossible() throws {
    let maze = try TMaze(parameters: ["cueValidity": .number(0.9)])
    // This agent believes that cues never err, and so meets the impossible now and then.
    let believed = try TMaze(parameters: ["cueValidity": .number(1)]).model
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 3
    configuration.inference.impossible = .ignore
    try expectSame(maze, believed, configuration, count: 64, steps: 7, "ignored")
    let ignored = try episodes(
      maze, believed, configuration, .all, threads: 2, count: 64, steps: 7
    ).filter { $0.episode.steps.contains { !$0.impossible.isEmpty } }
    #expect(ignored.count > 1)

    configuration.inference.impossible = .error
    for savings in SavingsTests.ways {
      var delivered = 0
      var failure: AgentFailure?
      do {
        let blueprint = try CompiledAgent(believed, configuration, savings: savings)
        try Simulation(maze, steps: 7, seed: 3, level: .none).run(
          episodes: 0..<64, threads: 2, makeAgent: { try ActiveInferenceAgent(blueprint) },
          finish: { episode, _ in episode.index },
          deliver: {
            #expect($0 == UInt64(delivered))
            delivered += 1
            return true
          })
      } catch let error as AgentFailure {
        failure = error
      }
      #expect(failure != nil)
      #expect(delivered == ignored[0].episode.index, "savings \(savings.rawValue)")
    }
  }

  @Test("a recalled agent can be saved, replayed and told another action")
  func recalled() throws {
    let maze = try TMaze()
    var configuration = maze.agent
    configuration.action.selection = .stochastic
    let agents = try [Savings.rememberedSteps, []].map {
      try ActiveInferenceAgent(CompiledAgent(maze.model, configuration, savings: $0))
    }
    let simulation = Simulation(maze, steps: 7, seed: 1)
    for agent in agents {
      var agent = agent
      for episode in 0..<40 { _ = try simulation.run(&agent, episode: UInt64(episode)) }
    }
    let records = try agents.map { agent in
      agent.begin(seed: 1, episode: 2)
      var seen: [ActiveInferenceAgent.State] = []
      for outcomes in [[0, 0, 0], [3, 0, 1], [0, 0, 0], [4, 0, 0]] {
        _ = try agent.act(on: outcomes.map { .outcome($0) })
        seen.append(agent.state)
        try agent.took([[3, 0, 4, 2][seen.count - 1]])
        try agent.resume(agent.state)
      }
      return seen
    }
    #expect(records[0] == records[1])
  }
}
