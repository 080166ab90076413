import ActiveInference
import Testing

@Suite("Agent files")
struct AgentFileTests {
  private func read(_ text: String) throws -> AgentConfiguration {
    try AgentConfiguration(contentsOf: Array(text.utf8), source: "agent.yaml")
  }

  @Test("a file that says nothing is the default agent")
  func minimal() throws {
    #expect(try read("format: aif.agent/1") == AgentConfiguration())
  }

  @Test(
    "every preset reads back from what is written", arguments: AgentConfiguration.Preset.allCases)
  func presets(preset: AgentConfiguration.Preset) throws {
    let agent = AgentConfiguration(preset: preset)
    #expect(try read(agent.jsonText) == agent)
    #expect(try read(agent.yamlText) == agent)
    #expect(try read("{\"format\": \"aif.agent/1\", \"preset\": \"\(preset.rawValue)\"}") == agent)
    try agent.check()
  }

  @Test("what is written names every key in the order of the contract")
  func complete() {
    #expect(
      AgentConfiguration().yamlText == """
        format: aif.agent/1
        preset: default
        inference:
          algorithm: auto
          iterations: 16
          tolerance: 1.0e-12
          impossible: error
        planning:
          method: enumerate
          objective: expectedFreeEnergy
          biasedJoint: exactPosterior
          horizon: null
          gamma: 16.0
          utility: true
          stateInformationGain: true
          informationGain: joint
          parameterInformationGain: false
          novelty: exact
          inductive: null
        action:
          selection: deterministic
          mode: full
          alpha: 16.0
        learning: {}

        """)
  }

  @Test("the example of the contract is read")
  func contract() throws {
    let agent = try read(
      """
      format: aif.agent/1
      preset: default
      inference: {algorithm: auto, iterations: 16, tolerance: 1e-12, horizon: null, impossible: error}
      planning:
        method: enumerate
        horizon: 1
        gamma: 16.0
        utility: true
        stateInformationGain: true
        informationGain: joint
        parameterInformationGain: false
        novelty: exact
        inductive: null
        backup: softmax
        policyThreshold: 0.0625
        outcomeThreshold: 0.0625
      action: {selection: deterministic, mode: full, alpha: 16.0}
      learning: {A: {rate: 1.0, forgetting: 0.0, modalities: [reward]}, B: {rate: 1.0, factors: [location]}}
      """)
    var expected = AgentConfiguration()
    expected.planning.horizon = 1
    expected.learning.likelihood = .init(subset: ["reward"])
    expected.learning.transition = .init(subset: ["location"])
    #expect(agent == expected)
  }

  @Test("a thousand random agents read back bit for bit, as JSON and as YAML")
  func randomAgents() throws {
    var random = TestRandom(state: 1)
    for _ in 0..<1000 {
      let agent = randomAgent(&random)
      try agent.check()
      #expect(try read(agent.jsonText) == agent)
      #expect(try read(agent.yamlText) == agent)
      #expect(
        try AgentConfiguration(document: agent.document, source: "").document == agent.document)
    }
  }

  @Test("what is set in code is checked as a file is")
  func check() {
    var agent = AgentConfiguration()
    agent.planning.gamma = .infinity
    agent.action.alpha = .nan
    agent.inference.iterations = 0
    agent.planning.horizon = -2
    agent.learning.habit = .init(rate: -1, forgetting: 2)
    #expect(
      messages { try agent.check() } == """
        agent: inference.iterations: is 0; give 1 or more
        agent: planning.horizon: is -2; give 1 or more
        agent: planning.gamma: is inf; give a finite number, 0 or more
        agent: action.alpha: is nan; give a finite number, 0 or more
        agent: learning.E.rate: is -1.0; give a finite number, 0 to 1e100
        agent: learning.E.forgetting: is 2.0; give a finite number, 0 to 1
        """)
    var mixed = AgentConfiguration(preset: .pymdp1)
    mixed.inference.convention = .standard
    mixed.planning.convention = .pymdp007
    #expect(
      messages { try mixed.check() } == """
        agent: inference.convention: is not that of the preset pymdp-1
        agent: planning.convention: is not that of the preset pymdp-1
        """)
  }

  /// A valid agent with every setting drawn.
  private func randomAgent(_ random: inout TestRandom) -> AgentConfiguration {
    var agent = AgentConfiguration(preset: .allCases.randomElement(using: &random) ?? .default)
    func positive() -> Double { abs(random.anyDouble()) }
    func fraction() -> Double { Double.random(in: 0..<1, using: &random) }
    func rule(_ names: [String]) -> LearningSettings.Rule? {
      guard Bool.random(using: &random) else { return nil }
      let subset = names.filter { _ in Bool.random(using: &random) }
      return .init(
        rate: min(positive(), 1e100), forgetting: fraction(),
        subset: names.isEmpty || Bool.random(using: &random) ? nil : subset)
    }
    agent.inference.algorithm = .allCases.randomElement(using: &random) ?? .exact
    agent.inference.iterations = .random(in: 1...1_000_000, using: &random)
    agent.inference.tolerance = positive()
    agent.inference.impossible = agent.preset == .default ? .ignore : .floored
    agent.planning.horizon = Bool.random(using: &random) ? nil : .random(in: 1...9, using: &random)
    agent.planning.gamma = positive()
    // Precision is fixed or inferred, and inferred by policy alone.
    agent.planning.precision = nil
    if agent.inference.algorithm == .policyMessages && Bool.random(using: &random) {
      agent.planning.precision = PrecisionSettings()
      agent.planning.precision?.beta = 1e-3 + fraction()
      agent.planning.gamma = AgentConfiguration(preset: agent.preset).planning.gamma
    }
    if agent.inference.algorithm.isByPolicy {
      agent.inference.policyMessages.tau = 1e-3 + fraction()
    }
    agent.planning.utility = .random(using: &random)
    agent.planning.stateInformationGain = .random(using: &random)
    agent.planning.informationGain = .allCases.randomElement(using: &random) ?? .joint
    agent.planning.parameterInformationGain = .random(using: &random)
    agent.planning.novelty = .allCases.randomElement(using: &random) ?? .exact
    if Bool.random(using: &random) {
      agent.planning.inductive = .init(
        depth: .random(in: 1...9, using: &random), threshold: fraction(),
        epsilon: max(fraction(), 1e-300))
    }
    agent.action.selection = .allCases.randomElement(using: &random) ?? .stochastic
    agent.action.mode = .allCases.randomElement(using: &random) ?? .full
    agent.action.alpha = positive()
    agent.learning.likelihood = rule(["where", "yes", "1", "a: b"])
    agent.learning.transition = rule(["lamp", "null"])
    agent.learning.preference = rule(["\"", ""])
    agent.learning.initialState = rule(["x"])
    agent.learning.habit = rule([])
    return agent
  }
}
