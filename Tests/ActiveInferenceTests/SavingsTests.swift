import ActiveInference
import TMaze
import Testing

/// What spares work is not seen from outside. That it changes no bit of any result is the matter of
/// ``SameBitsTests``.
@Suite("Savings") struct SavingsTests {
  /// The ways an agent may be run.
  private static let ways: [Savings] = [
    [], .rememberedSteps, .lanes, .mergedBeliefs, .endedIterations, .all,
  ]

  @Test(
    "the first episode that meets the impossible is the first to fail, and those before are told")
  func impossible() throws {
    let maze = try TMaze(parameters: ["cueValidity": .number(0.9)])
    // This agent believes that cues never err, and so meets the impossible now and then.
    let believed = try TMaze(parameters: ["cueValidity": .number(1)]).model
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 3
    configuration.inference.impossible = .ignore
    var surprised: [UInt64] = []
    let ignoring = try CompiledAgent(believed, configuration)
    try Simulation(maze, steps: 7, seed: 3).run(
      episodes: 0..<64, threads: 2, makeAgent: { try ActiveInferenceAgent(ignoring) },
      finish: { episode, _ in
        episode.steps.contains { !$0.impossible.isEmpty } ? [episode.index] : []
      },
      deliver: {
        surprised += $0
        return true
      })
    #expect(surprised.count > 1)

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
      #expect(UInt64(delivered) == surprised[0], "savings \(savings.rawValue)")
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
