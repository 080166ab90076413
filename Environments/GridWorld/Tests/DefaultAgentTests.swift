import ActiveInference
import GridWorld
import Testing

@Suite("The default agent of the grid world") struct DefaultAgentTests {
  private func episode(_ world: GridWorld, _ episode: UInt64) throws -> Episode {
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    let simulation = Simulation(world, steps: world.steps, level: .choices)
    return try simulation.run(&agent, episode: episode)
  }

  @Test(
    "walks a shortest way behind any walls",
    arguments: [
      "S..|...|..G", "S#...|.#.#.|...#G", ".....|.###.|.S#G.|.###.|.....", "S..G....",
      "G..|.#.|..S",
    ])
  func shortest(map: String) throws {
    let world = try GridWorld(parameters: ["map": .text(map)])
    let result = try episode(world, 0)
    #expect(result.reachedGoal == true)
    // The default number of steps is the distance and the first observation.
    let values = try #require(world.model.preferences[0]).values
    let walked = result.steps.compactMap { $0.states?[0] }.map { values[$0] }
    #expect(walked == (0..<world.steps).reversed().map { -Double($0) })
  }

  @Test("reaches the goal on slippery ground from wherever it starts")
  func slippery() throws {
    let world = try GridWorld(parameters: [
      "map": .text("...#.|.#...|...#G"), "successProbability": .number(0.6),
    ])
    let found = try (0..<50).count { try episode(world, $0).reachedGoal == true }
    #expect(found == 50)
  }

  @Test("stays at the goal")
  func stays() throws {
    let world = try GridWorld(parameters: ["map": .text("...|.G.|..S")])
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    let result = try Simulation(world, steps: 5).run(&agent, episode: 0)
    #expect(result.steps.compactMap { $0.states?[0] } == [8, 5, 4, 4, 4])
    #expect(result.steps.last?.choice == [4])
  }
}
