import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("A deep agent between two ticks") struct DeepStateTests {
  /// An agent in the midst of an episode of its lower level.
  private func makeAgent(ticks: Int) throws -> DeepAgent {
    let agent = try DeepAgent(DeepStories.makeStory())
    agent.begin(seed: .max, episode: 3)
    for tick in 0..<ticks { _ = try agent.act(on: [.outcome(tick % 2)]) }
    return agent
  }

  @Test("is written and read back as it is, seeds of all sizes among it")
  func roundTrip() throws {
    for ticks in 0..<5 {
      let agent = try makeAgent(ticks: ticks)
      let other = try DeepAgent(DeepStories.makeStory())
      try other.resume(from: Array(agent.stateText.utf8), source: "state")
      #expect(other.state == agent.state)
      #expect(other.stateText == agent.stateText)
      #expect(other.state.seed == .max)
    }
  }

  @Test("goes on with habits, preferences and counts as if it had never been saved")
  func goesOn() throws {
    for ticks in 1..<6 {
      let agent = try makeAgent(ticks: ticks)
      let other = try DeepAgent(DeepStories.makeStory())
      try other.resume(agent.state)
      for tick in 0..<4 {
        let observation: [Observation] = [.outcome((tick + ticks) / 2 % 2)]
        var records = [StepRecord(t: 0, observation: []), StepRecord(t: 0, observation: [])]
        for (index, living) in [agent, other].enumerated() {
          records[index].action = try living.act(on: observation)
          living.describe(&records[index], level: .full)
        }
        #expect(records[0] == records[1], "saved after \(ticks), tick \(tick)")
      }
      #expect(agent.levels.map(\.concentration) == other.levels.map(\.concentration))
    }
  }

  @Test("of other levels is refused, each fault at its place")
  func faults() throws {
    let agent = try makeAgent(ticks: 3)
    func places(_ change: (inout DeepAgent.State) -> Void) throws -> [String]? {
      var state = agent.state
      change(&state)
      let error = #expect(throws: InvalidInput.self) {
        try DeepAgent(DeepStories.makeStory()).resume(state)
      }
      return error?.faults.map(\.place)
    }
    #expect(try places { $0.levels.removeLast() } == ["levels"])
    #expect(try places { $0.beginning = 2 } == ["beginning"])
    #expect(try places { $0.levels[1].agent.belief = [] } == ["levels[1].belief"])
    #expect(try places { $0.levels[0].firstStates = [] } == ["levels[0].firstStates"])
    #expect(
      try places {
        $0.levels[0].firstStates[0].belief = [.nan]
        $0.levels[0].firstStates[1].logEvidence = .infinity
      } == ["levels[0].firstStates[0].belief", "levels[0].firstStates[1].logEvidence"])
    let text = agent.stateText.replacing("\"beginning\": 0", with: "\"beginning\": 5")
    let error = #expect(throws: InvalidInput.self) {
      try agent.resume(from: Array(text.utf8), source: "state")
    }
    #expect(error?.faults.map(\.place) == ["beginning"])
    let single = try ActiveInferenceAgent(DeepStories.makeStory().levels[0].model)
    #expect(throws: InvalidInput.self) {
      try single.resume(from: Array(agent.stateText.utf8), source: "state")
    }
  }
}
