import ActiveInference
import Foundation
import Testing

@Suite("Planning for a team") struct TeamPlanningTests {
  private func exact() -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .exact
    return configuration
  }

  /// Three lamps, each lit or not; a watchman sees the one that it looks at, and has no preference.
  private func watchman() throws -> GenerativeModel {
    let lamps = 3
    return try GenerativeModel("watchman") {
      for lamp in 0..<lamps { Factor("lamp \(lamp)", ["off", "on"]) }
      Factor("gaze", size: lamps, initially: Column((0..<lamps).map { $0 == 0 ? 1 : 0 }))
      Control("look", size: lamps)
      Modality(
        "light", ["dark", "bright"], given: "lamp 0", "lamp 1", "lamp 2", "gaze"
      ) { state in
        state["lamp \(state.index(of: "gaze"))"] == "on" ? ["bright": 1] : ["dark": 1]
      }
      for lamp in 0..<lamps { Transition(of: "lamp \(lamp)") }
      Transition(of: "gaze", controls: "look") { state in
        Column((0..<lamps).map { $0 == state.index(of: "look") ? 1 : 0 })
      }
    }
  }

  private func team(_ count: Int, _ plans: Team.Plans) throws -> Team {
    let agent = try CompiledAgent(watchman(), exact())
    return try Team(
      (0..<count).map { ("watchman \($0)", agent) },
      sharing: [(0..<3).map { "lamp \($0)" }], plans: plans)
  }

  @Test("values what all will see: two at one lamp learn as much as one")
  func values() throws {
    let world = try team(2, .alone).world()
    let joint = try ActiveInferenceAgent(world, exact())
    joint.begin(seed: 0, episode: 0)
    _ = try joint.act(on: [.missing, .missing])
    let values = joint.negativeExpectedFreeEnergy
    for (policy, expected) in [1, 2, 2, 2, 1, 2, 2, 2, 1].enumerated() {
      #expect(abs(values[policy] - Double(expected) * log(2)) < 1e-12, "\(values)")
    }
  }

  @Test("divides labour, jointly and in turn; who plans alone looks where the others look")
  func division() throws {
    func looks(_ plans: Team.Plans) throws -> [Int] {
      let team = try team(3, plans)
      team.begin(seed: 0, episode: 0)
      return try team.step([[.missing], [.missing], [.missing]]).map { $0[0] }
    }
    #expect(try looks(.alone) == [0, 0, 0])
    #expect(try Set(looks(.inTurn)) == [0, 1, 2])
    #expect(try Set(looks(.jointly)) == [0, 1, 2])
  }

  @Test("who divides labour and shares what it sees knows all lamps at once")
  func knowledge() throws {
    for plans in [Team.Plans.inTurn, .jointly] {
      let team = try team(3, plans)
      let world = try ModelEnvironment(team.world())
      for seed in 0..<20 as Range<UInt64> {
        let episodes = try team.run(in: world, steps: 2, seed: seed)
        for episode in episodes {
          // The first step shows all of them the lamp before which they begin.
          #expect(episode.steps[1].beliefs?.dropLast().allSatisfy { $0.contains(1) } == true)
        }
      }
    }
  }

  @Test("in turn, each takes the best for itself and those before it, whose actions it knows")
  func greedy() throws {
    let team = try team(2, .inTurn)
    let world = try ModelEnvironment(team.world())
    let central = try ActiveInferenceAgent(team.world(), exact())
    for seed in 0..<10 as Range<UInt64> {
      let episodes = try team.run(in: world, steps: 4, seed: seed)
      central.begin(seed: seed, episode: 0)
      for t in 0..<4 {
        _ = try central.act(on: episodes.flatMap { $0.steps[t].observation })
        let actions = try episodes.map { try #require($0.steps[t].action?[0]) }
        // Of all that the second could do once the first has done what it does, nothing is worth more.
        let values = central.negativeExpectedFreeEnergy
        let row = (0..<3).map { values[3 * actions[0] + $0] }
        #expect(abs(row[actions[1]] - (row.max() ?? 0)) < 1e-12, "seed \(seed), step \(t): \(row)")
        // The first does as it would alone.
        #expect(episodes[0].steps[t].choice == episodes[0].steps[t].action)
        try central.took(actions)
      }
    }
  }

  @Test("does without learning and hearing, which is said")
  func refused() throws {
    var model = ModelDescription(try watchman())
    model.likelihoodCounts = [.init("light", try #require(model.likelihoods[0].probability))]
    var configuration = exact()
    configuration.learning.likelihood = .init()
    let learner = try CompiledAgent(GenerativeModel(model), configuration)
    let refusal = #expect(throws: InvalidInput.self) {
      try Team(
        [("a", learner), ("b", learner)], sharing: [["lamp 0"]],
        hearing: [.init("a", in: "light", from: "b", about: "lamp 1")], plans: .inTurn)
    }
    #expect(refusal?.faults.count == 3, "\(String(describing: refusal))")
  }
}
