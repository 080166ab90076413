import ActiveInference
import Classics
import ReferenceSolvers
import Testing

@Suite("The tiger") struct TigerTests {
  @Test("is worth what Kaelbling's tiger is", arguments: [(0.95, 19.371368), (0.75, 1.933439)])
  func value(discount: Double, value: Double) throws {
    let process = try DecisionProcess(Tiger().model, discount: discount)
    let bounds = try ExactValue(process, tolerance: 1e-4).initialValue
    #expect(bounds.lower - 1e-6 <= value && value <= bounds.upper + 1e-6)
    #expect(bounds.gap <= 2e-4)
    #expect(process.firstReward == 0)
  }

  @Test(
    "its default agent listens until it has heard two growls more from one side, then opens the other"
  )
  func listens() throws {
    let world = try Tiger()
    var agent = try ActiveInferenceAgent(world.model, world.agent)
    var opened = 0
    for index in 0..<20 as Range<UInt64> {
      let episode = try Simulation(world, steps: 40, level: .choices).run(&agent, episode: index)
      var surplus = 0
      for step in episode.steps {
        // A growl counts after listening alone, and a new tiger begins anew.
        switch step.observation[1] {
        case .outcome(1): surplus += step.observation[0] == .outcome(0) ? 1 : -1
        case .outcome(2), .outcome(3): surplus = 0
        default: break
        }
        let expected = surplus >= 2 ? 2 : surplus <= -2 ? 1 : 0
        #expect(step.choice == [expected])
        opened += expected > 0 ? 1 : 0
      }
    }
    #expect(opened > 100)
  }

  @Test("that agent gains what the best one could")
  func score() throws {
    let world = try Tiger()
    let score = try Simulation(world, steps: 120, seed: 1).score(
      by: OutcomeRewards(world.model, discount: 0.95), episodes: 0..<2000
    ) { try ActiveInferenceAgent(world.model, world.agent) }
    #expect(abs(score.meanReturn - 19.371368) <= 4 * score.standardError + score.cutOff / 100)
    #expect(score.standardError < 1.5)
  }

  @Test("places the tiger anew behind either door, as likely, once one was opened")
  func anew() throws {
    let world = try Tiger()
    var random = RandomStream(seed: 3, episode: 0, step: 0, purpose: .user)
    var (state, _) = world.reset(using: &random)
    var left = 0
    for _ in 0..<2000 {
      let before = state
      let seen = world.step(&state, action: [1], using: &random)
      #expect(seen[1] == .outcome(before[0] == 0 ? 3 : 2))
      left += state[0] == 0 ? 1 : 0
    }
    #expect((900...1100).contains(left))
  }

  @Test("names every fault of its parameters")
  func faults() {
    let error = #expect(throws: InvalidInput.self) {
      try Tiger(parameters: ["hearing": .number(2), "treasure": .text("much")])
    }
    #expect(error?.faults.count == 2)
  }
}
