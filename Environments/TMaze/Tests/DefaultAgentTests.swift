import ActiveInference
import TMaze
import Testing

@Suite("The default agents of the T-mazes") struct DefaultAgentTests {
  /// Where the agent is at each step, what it sees there, and whether it found the reward.
  private func episode<World: NamedEnvironment>(
    _ world: World, _ episode: UInt64
  ) throws -> (places: [Int], observations: [[Observation]], reward: Bool?) {
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    let simulation = Simulation(world, steps: world.steps, level: .choices)
    let result = try simulation.run(&agent, episode: episode)
    return (
      result.steps.compactMap { $0.states?[0] }, result.steps.map(\.observation),
      result.reachedGoal
    )
  }

  @Test("looks at the cue, then walks to the arm it names, and back from a wrong one")
  func fivePlaces() throws {
    var misled = 0
    for index in 0..<100 as Range<UInt64> {
      let (places, observations, reward) = try episode(TMaze(), index)
      let named = observations[1][2] == .outcome(1) ? 1 : 2
      let isMisled = observations[4][1] == .outcome(2)
      #expect(places == [0, 3, 0, 4, named] + (isMisled ? [4, 3 - named] : [named, named]))
      #expect(reward == true)
      if isMisled { misled += 1 }
    }
    // One cue in twenty misleads.
    #expect((1...15).contains(misled))
  }

  @Test("looks at the cue, then goes to the arm it names, and to the other if that is wrong")
  func simplified() throws {
    for index in 0..<100 as Range<UInt64> {
      let (places, observations, reward) = try episode(SimplifiedTMaze(), index)
      let named = observations[1][0] == .outcome(3) ? 1 : 2
      let isMisled = observations[2][1] == .outcome(2)
      #expect(places == [0, 3, named, isMisled ? 3 - named : named])
      #expect(reward == true)
    }
  }

  @Test("trusts the cue that never misleads, random elsewhere or not", arguments: [false, true])
  func legacy(nullCue: Bool) throws {
    let maze = try LegacyTMaze(parameters: ["nullCue": .boolean(nullCue)])
    for index in 0..<100 as Range<UInt64> {
      let (places, observations, reward) = try episode(maze, index)
      let named = observations[1][2] == .outcome(nullCue ? 1 : 0) ? 1 : 2
      #expect(places == [0, 3, named, named, named])
      #expect(reward == true)
    }
  }
}
