import ActiveInference
import Testing

@Suite("Settings over settings")
struct AgentOverlayTests {
  /// What an environment might ask for.
  private var base: AgentConfiguration {
    var base = AgentConfiguration()
    base.planning.horizon = 3
    base.planning.gamma = 4
    base.planning.inductive = .init(depth: 5, threshold: 0.2, epsilon: 0.01)
    base.learning.likelihood = .init(rate: 0.5, forgetting: 0.1, subset: ["reward"])
    return base
  }

  private func applying(_ text: String) throws -> AgentConfiguration {
    try base.applying(contentsOf: Array("format: aif.agent/1\n\(text)".utf8), source: "a.yaml")
  }

  @Test("a file without a preset changes only what it names")
  func partial() throws {
    var expected = base
    expected.planning.gamma = 2
    expected.planning.inductive?.depth = 9
    expected.learning.likelihood?.rate = 2
    expected.learning.habit = .init()
    #expect(
      try applying(
        """
        planning: {gamma: 2, inductive: {depth: 9}}
        learning: {A: {rate: 2}, E: {}}
        """) == expected)
    #expect(try applying("") == base)
  }

  @Test("a file with a preset begins from that preset afresh, wherever in the file it is named")
  func preset() throws {
    var expected = AgentConfiguration(preset: .pymdp1)
    expected.planning.gamma = 2
    #expect(try applying("preset: pymdp-1\nplanning: {gamma: 2}") == expected)
    #expect(try applying("planning: {gamma: 2}\npreset: pymdp-1") == expected)
    #expect(try applying("preset: default") == AgentConfiguration())
  }

  @Test("null and the empty object take away")
  func removal() throws {
    var expected = base
    expected.planning.inductive = nil
    expected.planning.horizon = nil
    expected.learning.likelihood = nil
    #expect(
      try applying("planning: {inductive: null, horizon: null}\nlearning: {A: null}") == expected)
    expected = base
    expected.learning = LearningSettings()
    #expect(try applying("learning: {}") == expected)
  }

  @Test("a setting is changed by its path")
  func setting() throws {
    var expected = base
    expected.planning.horizon = 2
    #expect(try base.setting("planning.horizon", to: .integer(2)) == expected)
    expected = base
    expected.learning.transition = .init(rate: 0.25)
    #expect(try base.setting("learning.B.rate", to: .number(0.25)) == expected)
    #expect(
      try base.setting("learning.B", to: .object([.init("rate", .number(0.25))])) == expected)
    expected = AgentConfiguration()
    expected.planning.inductive = .init(depth: 7)
    #expect(
      try AgentConfiguration().setting("planning.inductive.depth", to: .integer(7)) == expected)
    #expect(
      try base.setting("preset", to: .string("pymdp-1")) == AgentConfiguration(preset: .pymdp1))
  }

  @Test("every path of a complete file can be set, and a misspelt one names the nearest")
  func paths() throws {
    for path in AgentConfiguration.settingPaths {
      // A list is no setting's value, so that each is found and then refused, never unknown.
      let found = messages { _ = try base.setting(path, to: .array([.null])) }
      #expect(found.hasPrefix("--set: agent.\(path)"), "\(path): \(found)")
      #expect(!found.contains("no such setting"))
    }
    #expect(AgentConfiguration.settingPaths.contains("planning.inductive.epsilon"))
    #expect(
      messages { _ = try base.setting("planing.horizon", to: .integer(2)) }
        == "--set: agent.planing.horizon: there is no such setting; "
        + "did you mean 'agent.planning.horizon'?")
    #expect(
      messages { _ = try base.setting("gamma", to: .integer(2)) }
        == "--set: agent.gamma: there is no such setting; did you mean 'agent.planning.gamma'?")
    #expect(
      messages { _ = try base.setting("planning.gamma", to: .integer(-2)) }
        == "--set: agent.planning.gamma: is -2.0; give a finite number, 0 or more")
    #expect(
      messages { _ = try base.setting("inference.impossible", to: .string("floored")) }
        == "--set: agent.inference.impossible: 'floored' is of the presets pymdp-1, "
        + "pymdp-0.0.7 and spm; give error or ignore, or one of these presets")
  }
}
