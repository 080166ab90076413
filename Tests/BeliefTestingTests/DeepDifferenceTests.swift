import ActiveInference
import BeliefTesting
import Testing

@Suite("Two traces of deep agents") struct DeepDifferenceTests {
  /// Rooms in which something is heard, below a story that goes from room to room.
  private func trace(
    horizon: Int = 1, loud: Double = 0.8, steps: Int = 2, seed: UInt64 = 1
  ) throws -> Trace {
    let room = try GenerativeModel("room") {
      Factor("who", ["cat", "dog"])
      Modality("sound", ["meow", "woof"], given: "who") {
        $0["who"] == "cat" ? ["meow": loud, "woof": 1 - loud] : ["meow": 1 - loud, "woof": loud]
      }
      Transition(of: "who")
    }
    let story = try GenerativeModel("story") {
      Factor("next", ["cat", "dog"])
      Control("turn", ["stay", "change"])
      Modality("who", ["cat", "dog"], given: "next", counts: .values([[9, 1], [1, 9]]))
      Modality("weather", ["sun", "rain"], given: "next", prefer: ["sun": 1]) {
        $0["next"] == "cat" ? ["sun": 0.6, "rain": 0.4] : ["sun": 0.3, "rain": 0.7]
      }
      Transition(of: "next", controls: "turn") { state in
        (state["next"] == "cat") == (state["turn"] == "stay") ? "cat" : "dog"
      }
    }
    var above = AgentConfiguration()
    above.planning.horizon = horizon
    above.learning.likelihood = .init()
    let agent = try CompiledDeepAgent(
      lower: [
        .init(
          CompiledAgent(room), steps: steps, links: [.initialState(of: "who", from: "who")])
      ], highest: CompiledAgent(story, above))
    return try Trace.recorded(of: agent, in: Sounds(), steps: 8, seed: seed)[0]
  }

  /// A world that makes some sound in some weather.
  private struct Sounds: Environment {
    func reset(using random: inout RandomStream) -> (state: Int, observation: [Observation]) {
      (0, see(&random))
    }
    func step(
      _ state: inout Int, action: [Int], using random: inout RandomStream
    ) -> [Observation] {
      see(&random)
    }
    private func see(_ random: inout RandomStream) -> [Observation] {
      [.outcome(random.nextUnit() < 0.5 ? 0 : 1), .outcome(random.nextUnit() < 0.5 ? 0 : 1)]
    }
  }

  @Test("of the same do not differ")
  func same() throws {
    #expect(try explanation(expected: trace(), actual: trace()) == nil)
  }

  @Test("differ in what a level found, which is named with the tick")
  func found() throws {
    let one = try trace()
    func difference(_ change: (inout Trace) -> Void) throws -> String? {
      var other = try trace()
      change(&other)
      return firstDifference(expected: one, actual: other)?.description
    }
    let step = try #require(one.steps.firstIndex { $0.levels != nil })
    let energy = try #require(one.steps[step].levels?[0].freeEnergy)
    #expect(
      try difference { $0.steps[step].levels?[0].freeEnergy? += 1 }
        == "step \(step), level story, free energy: expected \(energy), got \(energy + 1) (difference 1.0)"
    )
    #expect(
      try difference { $0.steps[0].freeEnergy? += 1 }?.hasPrefix("step 0, level room, free energy")
        == true)
    #expect(
      try difference {
        $0.steps[step].levels?[0].choice = [1 - (one.steps[step].levels?[0].choice?[0] ?? 0)]
      }?
      .hasPrefix("step \(step), level story, choice of turn: expected ") == true)
    // What is seen and done is of all levels.
    #expect(
      try difference { $0.steps[0].observation[1] = .missing }?
        .hasPrefix("step 0, observation of weather: expected ") == true)
    #expect(
      try difference { $0.steps[0].action = [2] }
        == "step 0, action of turn: expected (goes on), got change")
    #expect(
      try difference { $0.steps[step].levels = nil }
        == "step \(step), number of levels above that stepped: expected 1, got 0")
    let counts = try #require(one.finalAbove[0].likelihood[0])
    #expect(
      try difference {
        $0.finalAbove[0].likelihood[0] = Tensor(
          shape: counts.shape, counts.values.enumerated().map { $0 == 0 ? $1 + 1 : $1 })
      }?.hasPrefix("level story, final count in A (who, cat, cat): expected ") == true)
  }

  @Test("name the energies of the level in question")
  func energies() throws {
    let one = try trace()
    var other = one
    let step = try #require(one.steps.firstIndex { $0.levels != nil })
    other.steps[step].levels?[0].terms?.utility[1] += 0.5
    let found = try #require(explanation(expected: one, actual: other))
    let utility = try #require(found.energies.first { $0.quantity == "utility" })
    #expect(utility.level == "story" && utility.policy == "1 (change)" && utility.step == step)
    #expect(utility.expected == one.steps[step].levels?[0].terms?.utility[1])
    #expect(found.description.contains("step \(step), level story, policy 1 (change), utility"))
  }

  @Test("are explained by what changed in a level, which is named")
  func causes() throws {
    let one = try trace()
    func cause(_ other: Trace) throws -> String {
      try #require(explanation(expected: one, actual: other)).cause.description
    }
    #expect(
      try cause(trace(horizon: 2))
        == "the agent's configuration changed: level story, planning.horizon: 1 became 2")
    #expect(
      try cause(trace(loud: 0.7)).hasPrefix(
        "the model changed: level room, A[sound], (meow | cat): 0.8 became 0.7"))
    #expect(
      try cause(trace(steps: 3))
        == "the agent's configuration changed: level room, steps: 2 became 3")
    var fewer = one
    fewer.levels = []
    fewer.steps[0].freeEnergy? += 1
    #expect(
      try cause(fewer) == "the agent's configuration changed: number of levels: 2 became 1")
  }
}
