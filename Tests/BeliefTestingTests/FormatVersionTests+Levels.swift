import ActiveInference
import BeliefTesting
import Testing

extension FormatVersionTests {
  private func trace() throws -> Trace {
    try Trace.read(contentsOf: bytes("aif.trace-1-levels.jsonl"), source: "")[0]
  }

  private func agent() throws -> DeepAgent {
    try DeepAgent(#require(try trace().deepAgent()))
  }

  @Test("aif.agent/1 of a level with another above it")
  func readsAgentOfLevel() throws {
    let agent = try AgentConfiguration(contentsOf: bytes("aif.agent-1-levels.json"), source: "")
    #expect(agent.inference.chi == 0.125)
    #expect(try trace().agent == agent)
  }

  @Test("aif.trace/1 and aif.golden/1 say the same of the same episode of several levels")
  func readsTracesOfLevels() throws {
    let golden = try Trace.read(contentsOf: bytes("aif.golden-1-levels.json"), source: "")
    #expect(try golden == [trace()])
    for trace in try [trace(), golden[0]] {
      #expect(trace.build == "0.1.0" && trace.seed == 2 && trace.episode == 0)
      #expect(trace.environment?.id == "reading")
      #expect(trace.environment?.parameters["legibility"] == .number(0.9))
      #expect(trace.model.name == "word" && trace.model.factors.map(\.size) == [3, 4, 2, 2])
      #expect(trace.levels.count == 1 && trace.finalAbove.count == 1)
      let sentence = try #require(trace.levels.first)
      #expect(sentence.model.name == "sentence" && sentence.model.factors.map(\.size) == [6, 4, 3])
      #expect(sentence.model.preferences[2]?.values == [0, 1, -4])
      #expect(sentence.agent.planning.horizon == 1 && sentence.agent.inference.chi == nil)
      #expect(sentence.steps == 8)
      #expect(sentence.links == [.initialState(of: "word", from: "word")])
      // A tick at which the word goes on, and the tick at which it is over.
      #expect(trace.steps.map { $0.levels?.count } == [nil, 1, nil, nil])
      #expect(trace.steps[0].action == [3, 0] && trace.steps[0].choice == [3])
      let tick = trace.steps[1]
      #expect(tick.observation == [2, 3, 0, 0].map { .outcome($0) })
      #expect(tick.states == [2, 3, 0, 0] && tick.action == [3, 4])
      #expect(tick.beliefs?[0] == [0.02008032128514055, 0.0, 0.9799196787148595])
      #expect(tick.freeEnergy == 0.5917946862996576)
      let step = try #require(tick.levels?.first)
      #expect(step.t == 0 && step.action == [3] && step.states == nil)
      #expect(
        step.observation == [
          .distribution([0.02008032128514056, 0.0, 0.9799196787148594]), .outcome(0), .outcome(0),
        ])
      #expect(
        step.beliefs?[0] == [
          0.01004016064257028, 0.24497991967871485, 0.24497991967871485, 0.01004016064257028,
          0.24497991967871485, 0.24497991967871485,
        ])
      #expect(step.terms?.utility[5] == -1.5000000000000002)
      #expect(step.policyPosterior?[3] == 0.6878078495793537)
    }
  }

  @Test("a trace of several levels is lived again as it was recorded")
  func livesAgain() throws {
    let (trace, agent) = (try trace(), try agent())
    var again = trace
    again.steps = try agent.replay(
      BehaviourRecord(
        observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action)),
      seed: trace.seed, episode: UInt64(trace.episode))
    for step in again.steps.indices { again.steps[step].states = trace.steps[step].states }
    again.final = agent.levels[0].concentration
    again.finalAbove = agent.levels.dropFirst().map(\.concentration)
    let difference = firstDifference(expected: trace, actual: again)
    #expect(difference == nil, "\(difference?.description ?? "")")
  }

  @Test("aif.state/1 of several levels, from which the episode goes on as it was recorded")
  func readsStateOfLevels() throws {
    let agent = try agent()
    try agent.resume(from: bytes("aif.state-1-levels.json"), source: "")
    #expect(
      agent.stateText == String(decoding: try bytes("aif.state-1-levels.json"), as: UTF8.self))
    #expect(agent.state.seed == 2 && agent.state.episode == 0 && agent.state.beginning == 0)
    let levels = agent.state.levels
    #expect(levels.map(\.episodes) == [2, 0] && levels.map(\.agent.step) == [1, 1])
    #expect(
      levels[0].firstStates.map(\.logEvidence) == [
        -3.4011973816621555, -1.3862943611198906, -1.3862943611198906,
      ])
    #expect(levels[0].firstStates[1].belief[17] == 0.9)
    let expected = try #require(try trace().steps.last)
    #expect(try agent.act(on: expected.observation) == expected.action)
    var step = StepRecord(t: 3, observation: expected.observation, action: expected.action)
    agent.describe(&step, level: .full)
    step.states = expected.states
    #expect(step == expected)
  }
}
