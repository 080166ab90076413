import ActiveInference
import EngineTestSupport
import Testing

@Suite("An agent between two steps") struct SaveResumeTests {
  @Test("goes on with the same bits where it was saved", arguments: 0..<40)
  func sameBits(seed: Int) throws {
    var options = RandomModel.Options()
    options.counts = seed % 2 == 0
    options.horizon = 1 + seed % 2
    var random = try RandomModel(seed: UInt64(3000 + seed), options)
    let presets = AgentConfiguration.Preset.stepByStep
    var configuration = AgentConfiguration(preset: presets[seed % presets.count])
    if configuration.preset == .default {
      configuration.inference.algorithm = seed % 4 < 2 ? .exact : .coordinateAscent
      configuration.inference.impossible = .ignore
    }
    configuration.planning.horizon = options.horizon
    configuration.action.selection = .stochastic
    configuration.action.mode = seed % 3 == 0 ? .full : .marginal
    configuration.action.alpha = 0.5
    if options.counts {
      configuration.learning.likelihood = .init(rate: 0.7, forgetting: 0.1)
      configuration.learning.transition = .init(rate: 0.3)
      let counts = random.model.concentration
      if counts.initialState.contains(where: { $0 != nil }) {
        configuration.learning.initialState = .init()
      }
      if counts.preference.contains(where: { $0 != nil }) {
        configuration.learning.preference = .init()
      }
      if counts.habit != nil { configuration.learning.habit = .init() }
    }
    let record = random.record(steps: 8, soften: true)
    let agent = try ActiveInferenceAgent(random.model, configuration)
    agent.begin(seed: 11, episode: UInt64(seed))
    var saved: ActiveInferenceAgent.State?
    var expected: [StepRecord] = []
    for (t, observation) in record.observations.enumerated() {
      if t == 4 { saved = agent.state }
      let action = try agent.act(on: observation)
      var step = StepRecord(t: t, observation: observation, action: action)
      agent.describe(&step, level: .full)
      if t >= 4 { expected.append(step) }
    }
    // Another agent, which has done other things before.
    let other = try ActiveInferenceAgent(random.model, configuration)
    _ = try other.replay(random.record(steps: 3))
    try other.resume(try #require(saved))
    for step in expected {
      let action = try other.act(on: step.observation)
      var again = StepRecord(t: step.t, observation: step.observation, action: action)
      other.describe(&again, level: .full)
      #expect(again == step, "step \(step.t)")
    }
    #expect(other.state == agent.state)
  }

  @Test("is not resumed from a state that is not its own")
  func refused() throws {
    let agent = try ActiveInferenceAgent(SampleModels.tMaze())
    var state = agent.state
    state.step = -1
    state.belief = [1]
    state.action = [9]
    let refused = #expect(throws: InvalidInput.self) { try agent.resume(state) }
    #expect(
      refused?.description == """
        state: step: -1 is negative
        state: belief: is not a belief of this agent; it has 10 entries
        state: action: [9] is not an action of this model
        """)
  }

  @Test("is unchanged by a step that failed")
  func failedStep() throws {
    let agent = try ActiveInferenceAgent(SampleModels.tMaze())
    let other = try ActiveInferenceAgent(SampleModels.tMaze())
    for agent in [agent, other] {
      agent.begin(seed: 0, episode: 0)
      _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
      try agent.took([3])
    }
    let before = agent.state
    // At the cue, a reward cannot be seen, nor can an outcome that does not exist.
    for (reward, cue) in [(1, 1), (0, 7)] {
      #expect(throws: AgentFailure.self) {
        try agent.act(on: [.outcome(3), .outcome(reward), .outcome(cue)])
      }
    }
    #expect(agent.state == before)
    let seen: [Observation] = [.outcome(3), .outcome(0), .outcome(1)]
    #expect(try agent.act(on: seen) == other.act(on: seen))
    #expect(agent.state == other.state)
  }
}
