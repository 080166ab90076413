import ActiveInference
import GeneralizedTMaze
import Testing

@Suite("The default agent of the generalised T-maze") struct DefaultAgentTests {
  /// All ways to say which cell of each of so many sets rewards.
  private func places(_ sets: Int) -> [String] {
    (0..<(1 << sets)).map { code in
      (0..<sets).map { code >> $0 & 1 == 0 ? "first" : "second" }.joined(separator: " ")
    }
  }

  private func episode(_ parameters: [String: ParameterValue]) throws -> (Episode, Int) {
    let world = try GeneralizedTMaze(parameters: parameters)
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    let result = try Simulation(world, steps: world.steps, level: .choices).run(&agent, episode: 0)
    return (result, world.model.factors.count - 1)
  }

  @Test(
    "comes to the reward of the set that matters, is never punished by it, and stays",
    arguments: [("small", 2), ("large", 3)])
  func reward(maze: String, sets: Int) throws {
    for matters in 1...sets {
      for places in places(sets) {
        let (result, _) = try episode([
          "maze": .text(maze), "rewardPlaces": .text(places), "rewardingSets": .integer(matters),
        ])
        let outcomes = result.steps.map { $0.observation[sets + matters] }
        let place = Comment("set \(matters) of \(maze), \(places)")
        #expect(result.reachedGoal == true, place)
        #expect(!outcomes.contains(.outcome(2)), place)
        #expect(outcomes.last == .outcome(1), place)
      }
    }
  }

  @Test("in a plain T it looks at the cue first and then goes to the arm it names")
  func plainT() throws {
    for (place, arm) in [("first", 0), ("second", 2)] {
      let (result, _) = try episode([
        "map": .text("4 0 5|2 1 2|2 3 2"), "rewardPlaces": .text(place),
      ])
      let cells = result.steps.compactMap { $0.states?[0] }
      #expect(cells.prefix(5) == [4, 7, 4, 1, arm])
      #expect(Set(cells.dropFirst(4)) == [arm])
    }
  }

  @Test("the reward of a distractor is not the goal")
  func goal() throws {
    let world = try GeneralizedTMaze()
    func reached(_ outcomes: [Int]) -> Bool? {
      world.goalReached([0, 0, 0], observation: outcomes.map { .outcome($0) })
    }
    #expect(reached([0, 0, 0, 1, 0]) == false)
    #expect(reached([0, 0, 0, 0, 2]) == false)
    #expect(reached([0, 0, 0, 0, 1]) == true)
  }
}
