import ActiveInference
import Classics
import ReferenceSolvers
import Testing

@Suite("Walks of the textbooks") struct WalkTests {
  @Test("the frozen lake is crossed in 14 of 17 tries, and in 74 of 100 within a hundred moves")
  func lake() throws {
    let model = try FrozenLake().model
    let process = try DecisionProcess(model, discount: 1)
    #expect(process.isFullyObserved)
    let solution = try ValueIteration(process)
    #expect(solution.errorBound <= 1e-8)
    #expect(abs(solution.initialValue.middle - 14.0 / 17) <= 1e-8)
    #expect(abs(ValueIteration(process, horizon: 100).initialValue.middle - 0.74419) <= 5e-6)
    let discounted = try ValueIteration(DecisionProcess(model, discount: 0.99))
    #expect(abs(discounted.initialValue.middle - 0.542026) <= 5e-7)
  }

  @Test("without slipping the lake is crossed in six moves")
  func firm() throws {
    let world = try FrozenLake(parameters: ["slippery": .boolean(false)])
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    for steps in [6, 7] {
      let episode = try Simulation(world, steps: steps).run(&agent, episode: 0)
      // Before the first move there is an observation.
      #expect(episode.reachedGoal == (steps == 7))
    }
  }

  @Test("the default agent crosses the frozen lake as often as anybody can in a hundred moves")
  func crosses() throws {
    let world = try FrozenLake()
    let score = try Simulation(world, steps: world.steps, seed: 2).score(
      by: OutcomeRewards(world.model, discount: 1), episodes: 0..<1000
    ) { try ActiveInferenceAgent(world.model, world.agent) }
    #expect(score.meanReturn > 0.74419 - 4 * score.standardError)
  }

  @Test("the world of Russell and Norvig has the utilities of the book")
  func utilities() throws {
    let world = try RussellNorvigGrid()
    let process = try DecisionProcess(world.model, discount: 1)
    let solution = try ValueIteration(process)
    #expect(solution.errorBound <= 1e-6)
    let labels = world.model.factors[0].labels ?? []
    for (label, utility) in [
      ("(1, 1)", 0.705), ("(1, 3)", 0.812), ("(3, 3)", 0.918), ("(4, 1)", 0.388),
      ("(2, 3)", 0.868), ("(1, 2)", 0.762), ("(3, 2)", 0.660), ("(2, 1)", 0.655),
      ("(3, 1)", 0.611),
    ] {
      let state = try #require(labels.firstIndex(of: label))
      #expect(abs(solution.values[state] - 0.04 - utility) <= 5e-4 + 1e-9, "\(label)")
    }
    #expect(abs(process.firstReward + 0.04) <= 1e-15)
  }

  @Test("its default agent gains what the book says, and goes the long way round")
  func agent() throws {
    let world = try RussellNorvigGrid()
    let score = try Simulation(world, steps: world.steps, seed: 5).score(
      by: OutcomeRewards(world.model, discount: 1), episodes: 0..<1000
    ) { try ActiveInferenceAgent(world.model, world.agent) }
    #expect(abs(score.meanReturn - 0.7453) <= 4 * score.standardError)
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    let episode = try Simulation(world, steps: 2).run(&agent, episode: 0)
    #expect(episode.steps[0].choice == [0])
  }
}
