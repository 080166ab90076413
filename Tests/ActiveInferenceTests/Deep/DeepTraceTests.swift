import ActiveInference
import EngineTestSupport
import Testing

@Suite("A trace of a deep agent") struct DeepTraceTests {
  /// Agents of two and three levels, of every scheme that takes steps one by one.
  private static let agents = 6

  private func makeAgent(_ number: Int) throws -> CompiledDeepAgent {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm =
      [.exact, .coordinateAscent, .fixedPoint][number % 3]
    configuration.inference.impossible = .ignore
    configuration.action.selection = .stochastic
    configuration.planning.gamma = 1
    let levels = try RandomLevels(
      seed: UInt64(3000 + number), levels: number % 2 == 0 ? 2 : 3, configuration: configuration
    ).agent
    configuration.inference.chi = 0.4
    let lower = levels.levels.dropLast().map { _ in configuration }
    return try levels.configured(lower + [levels.highest.configuration])
  }

  private func traces(_ number: Int, _ level: RecordLevel = .full) throws -> [Trace] {
    let agent = try makeAgent(number)
    return try Trace.recorded(
      of: agent, in: DeepEnvironment(agent: agent), steps: 7, seed: UInt64(number), episodes: 2,
      level: level)
  }

  // MARK: - Files

  @Test(
    "is written and read back the same to the bit, at every record level", arguments: 0..<agents)
  func roundTrip(number: Int) throws {
    for level in RecordLevel.allCases {
      let traces = try traces(number, level)
      var bytes: [UInt8] = []
      for trace in traces { trace.appendLine(to: &bytes) }
      let read = try Trace.read(contentsOf: bytes, source: "t")
      #expect(read == traces)
      var again: [UInt8] = []
      for trace in read { trace.appendLine(to: &again) }
      #expect(again == bytes)
      #expect(
        try Trace.read(contentsOf: Array(traces[0].jsonText.utf8), source: "t") == [traces[0]])
      if level > .none { #expect(traces.contains { $0.steps.contains { $0.levels != nil } }) }
      #expect(
        try Golden.read(contentsOf: Array(Golden(traces).text.utf8), source: "g").traces == traces)
    }
  }

  @Test("makes the agent again that left it, whatever links its levels")
  func rebuilt() throws {
    let agent = try DeepStories.makeStory()
    let trace = try Trace.recorded(
      of: agent, in: DeepEnvironment(agent: agent), steps: 5, seed: 2)[0]
    var line: [UInt8] = []
    trace.appendLine(to: &line)
    let read = try Trace.read(contentsOf: line, source: "t")[0]
    let again = try #require(try read.deepAgent())
    #expect(again.levels.map(\.model) == agent.levels.map(\.model))
    #expect(again.levels.map(\.configuration) == agent.levels.map(\.configuration))
    #expect(again.lower.map(\.links) == agent.lower.map(\.links))
    #expect(again.lower.map(\.steps) == agent.lower.map(\.steps))
    #expect(read.finalAbove != again.levels.dropFirst().map(\.model.concentration))
    #expect(
      try Trace.recorded(of: again, in: DeepEnvironment(agent: again), steps: 5, seed: 2) == [trace]
    )
  }

  @Test("that says what cannot be is refused with every fault at its place")
  func faults() throws {
    let story = try DeepStories.makeStory()
    let trace = try Trace.recorded(
      of: story, in: DeepEnvironment(agent: story), steps: 4)[0]
    func message(_ change: (inout Trace) -> Void) throws -> String {
      var changed = trace
      change(&changed)
      var line: [UInt8] = []
      changed.appendLine(to: &line)
      let error = #expect(throws: InvalidInput.self) {
        try Trace.read(contentsOf: line, source: "t")
      }
      return error?.faults.map(\.place).joined(separator: ", ") ?? ""
    }
    let step = try #require(trace.steps.firstIndex { $0.levels != nil })
    #expect(
      try message { $0.steps[step].levels?[0].beliefs?[0].append(0) }
        == "steps[\(step)].levels[0].beliefs[\(trace.levels[0].model.factors[0].name)]")
    #expect(
      try message { $0.steps[step].levels = [] } == "steps[\(step)].levels")
    #expect(try message { $0.steps[0].observation.removeLast() } == "steps[0].observation")
    #expect(
      try message {
        $0.levels[0].links[0].modality = "nothing"
        $0.steps = []
      } == "levels[0].below.links[0].modality")
    let text = String(decoding: trace.bytes, as: UTF8.self)
    let single = text.replacing(/,"levels":\[\{"model".*\],"seed"/, with: ",\"seed\"")
    #expect(single.count < text.count)
    #expect(throws: InvalidInput.self) {
      try Trace.read(contentsOf: Array(single.utf8), source: "t")
    }
  }

  // MARK: - Replay

  @Test("is lived again to the bit from what was observed and done", arguments: 0..<agents)
  func replayed(number: Int) throws {
    let agent = try DeepAgent(makeAgent(number))
    for trace in try traces(number) {
      agent.forget()
      let record = BehaviourRecord(
        observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
      let steps = try agent.replay(record, seed: trace.seed, episode: UInt64(trace.episode))
      #expect(steps == trace.steps)
    }
  }

  @Test("of other actions than the levels choose is believed as those were taken")
  func otherActions() throws {
    let levels = try DeepStories.makeStory()
    let agent = try DeepAgent(levels)
    let observations: [[Observation]] = Array(repeating: [.outcome(0)], count: 4)
    var odds: [Double] = []
    for turn in 1...2 {
      let steps = try agent.replay(
        BehaviourRecord(
          observations: observations, actions: [[1, 0], [0, turn], [1, 0], [0, 3 - turn]]))
      #expect(steps.map(\.action) == [[1, 0], [0, turn], [1, 0], [0, 3 - turn]])
      let beliefs = steps.compactMap { $0.levels?[0].beliefs?[0] }.map { $0[0] / $0[1] }
      odds += beliefs
      agent.forget()
    }
    // To stay keeps what was believed after two ticks, to change turns it about; then the same is seen again.
    #expect(odds.count == 4 && odds[0] == odds[2])
    #expect(abs(odds[1] / odds[3] / (odds[0] * odds[0]) - 1) < 1e-12 && odds[0] != 1)
  }

  @Test("has no level act that has not come to the end of its step, nor one rest that has")
  func clocks() throws {
    let agent = try DeepAgent(DeepStories.makeStory())
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0)])
    #expect(throws: InvalidInput.self) { try agent.took([1, 1]) }
    try agent.took([1, 0])
    _ = try agent.act(on: [.outcome(0)])
    #expect(throws: InvalidInput.self) { try agent.took([1, 0]) }
    #expect(throws: InvalidInput.self) { try agent.took([1, 3]) }
    #expect(throws: InvalidInput.self) { try agent.took([1]) }
    try agent.took([1, 2])
  }

  // MARK: - Settings

  @Test("names its levels as their models, and by number where two are called alike")
  func names() throws {
    let story = try DeepStories.makeStory()
    #expect(story.outline.names == ["room", "story"])
    let alike = LevelOutline(
      [story.levels[0].model, story.levels[0].model], links: [[]])
    #expect(alike.names == ["0", "1"])
  }

  @Test("an agent without a level above it ends no episode early")
  func chiAlone() throws {
    var configuration = AgentConfiguration()
    configuration.inference.chi = 0.1
    let model = try DeepStories.makeStory().levels[0].model
    let single = #expect(throws: InvalidInput.self) {
      try ActiveInferenceAgent(model, configuration)
    }
    #expect(single?.faults.map(\.place) == ["inference.chi"])
    let highest = #expect(throws: InvalidInput.self) {
      try DeepStories.makeStory().configured([AgentConfiguration(), configuration])
    }
    #expect(highest?.faults.map(\.place) == ["level 1.inference.chi"])
    configuration.inference.chi = 0
    #expect(throws: InvalidInput.self) { try configuration.check() }
  }

  @Test("other configurations make another agent of the same levels, and faults name the level")
  func configured() throws {
    let story = try DeepStories.makeStory()
    var far = AgentConfiguration()
    far.planning.horizon = 2
    let agent = try story.configured([AgentConfiguration(), far])
    #expect(agent.levels.map(\.configuration.planning.horizon) == [nil, 2])
    #expect(agent.lower.map(\.links) == story.lower.map(\.links))
    far.learning.transition = .init()
    let error = #expect(throws: InvalidInput.self) {
      try story.configured([AgentConfiguration(), far])
    }
    #expect(error?.faults.allSatisfy { $0.place.hasPrefix("levels.story.") } == true)
  }
}

extension Trace {
  fileprivate var bytes: [UInt8] {
    var line: [UInt8] = []
    appendLine(to: &line)
    return line
  }
}
