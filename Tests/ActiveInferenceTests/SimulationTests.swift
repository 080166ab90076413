import ActiveInference
import EngineTestSupport
import Testing

@Suite("Simulation") struct SimulationTests {
  private func episodes(
    _ range: Range<UInt64>, threads: Int, seed: UInt64 = 4
  ) throws -> [Episode] {
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 2
    configuration.planning.gamma = 1
    configuration.action.selection = .stochastic
    configuration.action.alpha = 1
    configuration.learning.likelihood = .init()
    let blueprint = try CompiledAgent(SampleModels.tMaze(counts: true), configuration)
    let world = try ModelEnvironment(SampleModels.tMaze())
    var result: [Episode] = []
    try Simulation(world, steps: 6, seed: seed).run(
      episodes: range, threads: threads, makeAgent: { try ActiveInferenceAgent(blueprint) },
      finish: { episode, _ in episode },
      deliver: {
        result.append($0)
        return true
      })
    return result
  }

  @Test("an episode has the same bits on any number of threads and in any range")
  func sameBits() throws {
    let expected = try episodes(0..<30, threads: 1)
    #expect(expected.map(\.index) == Array(0..<30))
    #expect(Set(expected).count == 30, "no two episodes are alike")
    for threads in [2, 3, 7] {
      #expect(try episodes(0..<30, threads: threads) == expected, "\(threads) threads")
    }
    #expect(try episodes(11..<19, threads: 3) == Array(expected[11..<19]))
    #expect(try episodes(29..<30, threads: 7) == [expected[29]])
    #expect(try episodes(5..<5, threads: 2).isEmpty)
  }

  @Test("another seed gives other episodes")
  func seeds() throws {
    #expect(try episodes(0..<5, threads: 1, seed: 5) != episodes(0..<5, threads: 1))
  }

  @Test("what an episode was can be replayed by its record, bit for bit")
  func replay() throws {
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 2
    var agent = try ActiveInferenceAgent(SampleModels.tMaze(), configuration)
    let world = try ModelEnvironment(SampleModels.tMaze())
    let episode = try Simulation(world, steps: 6, seed: 8).run(&agent, episode: 3)
    let record = BehaviourRecord(
      observations: episode.steps.map(\.observation), actions: episode.steps.compactMap(\.action))
    var replayed = try agent.replay(record, seed: 8, episode: 3)
    for index in replayed.indices { replayed[index].states = episode.steps[index].states }
    #expect(replayed == episode.steps)
  }

  @Test("with less recorded, the same is done")
  func levels() throws {
    let world = try ModelEnvironment(SampleModels.tMaze())
    var actions: [[[Int]?]] = []
    for level in RecordLevel.allCases where level > .none {
      var agent = try ActiveInferenceAgent(SampleModels.tMaze())
      let episode = try Simulation(world, steps: 5, seed: 2, level: level).run(&agent, episode: 0)
      actions.append(episode.steps.map(\.action))
    }
    #expect(Set(actions).count == 1)
  }

  /// Always answers the same.
  private struct Stubborn: Agent {
    let answer: [Int]
    func begin(seed: UInt64, episode: UInt64) {}
    func act(on observation: [Observation]) -> [Int] { answer }
  }

  @Test("an action that the world does not have names the step and what there is")
  func unknownActions() throws {
    let simulation = Simulation(try ModelEnvironment(SampleModels.tMaze()), steps: 2)
    for answer in [[], [5], [-1], [0, 0]] {
      var agent = Stubborn(answer: answer)
      let failure = #expect(throws: InvalidInput.self) { try simulation.run(&agent, episode: 0) }
      #expect(
        failure?.description == "step 0: action: \(answer) is none of this world;"
          + " it has controls of [5] actions, counted from 0")
    }
  }
}
