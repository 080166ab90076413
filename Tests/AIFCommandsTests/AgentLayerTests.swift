import ActiveInference
import Foundation
import Testing

@Suite("The agent of a simulation: preset < environment < --agent < --set")
struct AgentLayerTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// The agent that ran.
  private func agent(_ arguments: String..., file: String? = nil) throws -> AgentConfiguration {
    var all = ["simulate", "tmaze", "--record", "none", "--output", folder.file("traces")]
    if let file {
      all += ["--agent", try folder.write("format: aif.agent/1\n" + file, "agent.yaml")]
    }
    for argument in arguments { all += ["--set", argument] }
    let outcome = try run(all)
    #expect(outcome.code == 0, "\(outcome.err)")
    return try #require(folder.traces("traces").first).agent
  }

  @Test("the environment asks for a horizon of three")
  func environment() throws { #expect(try agent().planning.horizon == 3) }

  @Test("a file is above the environment")
  func file() throws {
    let agent = try agent(file: "planning: {horizon: 2, gamma: 4}")
    #expect(agent.planning.horizon == 2)
    #expect(agent.planning.gamma == 4)
  }

  @Test("an assignment is above the file")
  func assignment() throws {
    let agent = try agent("agent.planning.horizon=1", file: "planning: {horizon: 2, gamma: 4}")
    #expect(agent.planning.horizon == 1)
    #expect(agent.planning.gamma == 4)
  }

  @Test("a preset is below the environment wherever it is named, and whenever")
  func preset() throws {
    var expected = AgentConfiguration(preset: .pymdp1)
    expected.planning.horizon = 3
    #expect(try agent("agent.preset=pymdp-1") == expected)
    #expect(try agent(file: "preset: pymdp-1") == expected)
    expected.planning.gamma = 2
    #expect(try agent("agent.planning.gamma=2", "agent.preset=pymdp-1") == expected)
    #expect(try agent("agent.planning.gamma=2", file: "preset: pymdp-1") == expected)
    #expect(try agent("agent.preset=pymdp-1", file: "planning: {gamma: 2}") == expected)
    let file = "preset: pymdp-0.0.7\nplanning: {gamma: 2}"
    #expect(try agent("agent.preset=pymdp-1", file: file) == expected)
  }

  @Test("a number may be written as people do", arguments: [".5", "+0.5", "5e-1", "0.50"])
  func numbers(text: String) throws {
    #expect(try agent("agent.planning.gamma=\(text)").planning.gamma == 0.5)
  }

  @Test("several assignments hold together, sections and null among them")
  func several() throws {
    let agent = try agent(
      "agent.inference={\"algorithm\": \"cavi\", \"iterations\": 5}",
      "agent.action.selection=stochastic",
      "agent.planning.inductive=null")
    #expect(agent.inference.algorithm == .coordinateAscent)
    #expect(agent.inference.iterations == 5)
    #expect(agent.action.selection == .stochastic)
    #expect(agent.planning.inductive == nil)
    #expect(agent.planning.horizon == 3)
  }

  @Test("a file from standard input counts as any other")
  func standardInput() throws {
    let outcome = try run(
      "simulate", "tmaze", "--agent", "-", "--record", "none", "--output", folder.file("traces"),
      input: "{\"format\": \"aif.agent/1\", \"planning\": {\"horizon\": 2}}")
    #expect(outcome.code == 0)
    #expect(try folder.traces("traces").first?.agent.planning.horizon == 2)
  }
}

@Suite("aif simulate --carry counts")
struct CarryTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test("goes on with the counts; each line has those it began with and verifies by itself")
  func counts() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    let outcome = try run(
      "simulate", model, "--carry", "counts", "--episodes", "4", "--set",
      "agent.learning.A.rate=1", "--output", folder.file("traces"))
    #expect(outcome.code == 0)
    let traces = try folder.traces("traces")
    #expect(traces.map(\.episode) == [0, 1, 2, 3])
    #expect(
      traces[0].model
        == (try GenerativeModel(contentsOf: Array(Sample.bandit.utf8), source: "bandit")))
    for (last, next) in zip(traces, traces.dropFirst()) {
      #expect(next.model.concentration == last.final)
      #expect(last.final != last.model.concentration)
    }
    // The world does not learn.
    #expect(traces[3].environment?.process == traces[0].model)
    #expect(try run("verify", folder.file("traces")).code == 0)
    let second = try folder.write([traces[2]], "second")
    #expect(try run("verify", second).code == 0)
  }

  @Test("without it every episode begins with the model's counts")
  func independent() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    let outcome = try run(
      "simulate", model, "--episodes", "4", "--set", "agent.learning.A.rate=1", "--output",
      folder.file("traces"))
    #expect(outcome.code == 0)
    let traces = try folder.traces("traces")
    #expect(Set(traces.map(\.model)).count == 1)
    #expect(try run("verify", folder.file("traces")).code == 0)
  }

  @Test("refuses to write traces that could not be verified, where something is forgotten")
  func forgetting() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    let arguments = [
      "simulate", model, "--carry", "counts", "--episodes", "2", "--set",
      "agent.learning.A={\"rate\": 1, \"forgetting\": 0.1}",
    ]
    #expect(try run(arguments).code == 0)
    let outcome = try run(arguments + ["--output", folder.file("traces")])
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("what forgetting returns to"))
  }
}
