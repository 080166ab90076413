import ActiveInference
import EngineTestSupport
import Testing

@Suite("What does not go with messages by policy") struct PolicyMessageFaultTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  private func read(_ text: String) throws -> AgentConfiguration {
    try AgentConfiguration(contentsOf: Array("format: aif.agent/1\n\(text)".utf8), source: "a")
  }

  @Test("is refused by name")
  func settings() throws {
    for (place, change) in [
      ("planning.method: successor weighs no whole policies", { $0.planning.method = .successor }),
      ("planning.objective:", { $0.planning.objective = .freeEnergyOfFuture }),
    ] as [(String, (inout AgentConfiguration) -> Void)] {
      var configuration = AgentConfiguration(preset: .spm)
      configuration.planning.parameterInformationGain = false
      change(&configuration)
      let found = message { _ = try CompiledAgent(ExtremeModels.switches(), configuration) }
      #expect(found.contains(place), "\(found)")
    }
  }

  @Test("is a model without controls, or whose factors drive one another")
  func models() throws {
    let still = try ExtremeModels.switches {
      $0.controls = []
      $0.transitions = [
        .init(
          "state", given: ["state"], controls: [], Tensor(shape: [2, 2], [0.9, 0.2, 0.1, 0.8]))
      ]
    }
    let found = message {
      _ = try CompiledAgent(still, AgentConfiguration(preset: .spm))
    }
    #expect(found.contains("the model has no controls"), "\(found)")
  }

  @Test("are its constants beside another algorithm")
  func constants() {
    let found = message {
      _ = try read("inference: {algorithm: cavi, policyMessages: {tau: 2}}")
    }
    #expect(
      found
        == "a: inference.policyMessages: is not for the algorithm cavi; leave it out, or use mmp-spm"
    )
  }

  @Test("are a fixed precision and one that is inferred at once")
  func precision() throws {
    let both = message { _ = try read("preset: spm\nplanning: {gamma: 2}") }
    #expect(both.contains("planning.gamma: is not read where precision is inferred"), "\(both)")
    let elsewhere = message { _ = try read("planning: {precision: {beta: 2}}") }
    #expect(elsewhere.contains("which auto does not find"), "\(elsewhere)")
    #expect(try read("preset: spm\nplanning: {precision: null, gamma: 2}").planning.gamma == 2)
    let exact = try AgentConfiguration(preset: .spm)
      .setting("inference.algorithm", to: .string("exact"))
    #expect(exact.planning.precision == nil && exact.planning.gamma == 1)
  }

  @Test("is a step in halves, and an explanation of a single step")
  func halves() throws {
    let agent = try ActiveInferenceAgent(
      ExtremeModels.switches(), AgentConfiguration(preset: .spm))
    agent.begin(seed: 0, episode: 0)
    let found = message { try agent.perceive([.outcome(0)]) }
    #expect(found.contains("not taken in halves"), "\(found)")
  }
}
