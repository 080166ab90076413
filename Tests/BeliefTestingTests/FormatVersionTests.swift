import ActiveInference
import Foundation
import Testing

@Suite("Files of every version of every format are read for ever")
struct FormatVersionTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Formats")

  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: Self.folder.appending(path: name)))
  }

  @Test("there is a file of each format that the library knows")
  func complete() throws {
    let sources = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let enumerator = FileManager.default.enumerator(atPath: sources.path(percentEncoded: false))
    var formats: Set<String> = []
    while let name = enumerator?.nextObject() as? String {
      guard name.hasSuffix(".swift") else { continue }
      let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
      for match in text.matches(of: /"(aif\.[a-z]+\/[0-9]+)"/) {
        formats.insert(String(match.output.1))
      }
    }
    #expect(formats.isSuperset(of: ["aif.trace/1", "aif.golden/1", "aif.model/1"]))
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Self.folder.path(percentEncoded: false))
    for format in formats {
      // aif.trace/1 is kept as aif.trace-1.json, or with another ending.
      let stem = format.replacing("/", with: "-") + "."
      let name = try #require(files.first { $0.hasPrefix(stem) }, "no file of \(format) in Formats")
      let text = try String(decoding: bytes(name), as: UTF8.self)
      #expect(text.contains(format), "\(name) is not of \(format)")
    }
  }

  private func model() throws -> GenerativeModel {
    try GenerativeModel(contentsOf: bytes("aif.model-1.yaml"), source: "aif.model-1.yaml")
  }

  @Test("aif.model/1")
  func readsModel() throws {
    let model = try model()
    #expect(model.name == "fork")
    #expect(
      model.factors == [
        Variable("place", ["fork", "left", "right"]),
        Variable("context", ["left pays", "right pays"]),
      ])
    #expect(
      model.likelihoods[1].probability.values == [
        0.5, 0.5, 0.1111111111111111, 0.875, 0.8888888888888888, 0.14285714285714285, 0.5, 0.5,
        0.8888888888888888, 0.125, 0.1111111111111111, 0.8571428571428571,
      ])
    #expect(model.transitions[0].given == [] && model.transitions[0].controls == [0])
    #expect(model.preferences[1]?.values == [0, 2])
    #expect(model.initialStates == [[1, 0, 0], [0.6, 0.4]])
    #expect(model.concentration.habit == [1, 1, 1, 1, 2, 1, 1, 1, 1])
  }

  @Test("aif.agent/1")
  func readsAgent() throws {
    let agent = try AgentConfiguration(contentsOf: bytes("aif.agent-1.json"), source: "")
    #expect(agent.preset == .default)
    #expect(agent.planning.horizon == 2)
    #expect(agent.planning.gamma == 16)
    #expect(agent.inference.algorithm == .coordinateAscent)
    #expect(agent.learning.likelihood != nil && agent.learning.transition == nil)
  }

  @Test("aif.data/1")
  func readsData() throws {
    let data = try BehaviourRecord(contentsOf: bytes("aif.data-1.json"), source: "")
    #expect(
      data.observations == [
        [.outcome(0), .outcome(0)], [.outcome(1), .distribution([0.25, 0.75])],
        [.missing, .outcome(1)],
      ])
    #expect(data.actions == [[1], [2]])
  }

  @Test("aif.state/1")
  func readsState() throws {
    let configuration = try AgentConfiguration(contentsOf: bytes("aif.agent-1.json"), source: "")
    let agent = try ActiveInferenceAgent(model(), configuration)
    try agent.resume(from: bytes("aif.state-1.json"), source: "")
    #expect(agent.step == 2 && agent.seed == 2 && agent.episode == 0)
    #expect(agent.stateText == String(decoding: try bytes("aif.state-1.json"), as: UTF8.self))
  }

  @Test("aif.trace/1 and aif.golden/1 say the same of the same episode")
  func readsTraces() throws {
    let traces = try Trace.read(contentsOf: bytes("aif.trace-1.jsonl"), source: "")
    let golden = try Trace.read(contentsOf: bytes("aif.golden-1.json"), source: "")
    for trace in [traces[0], golden[0]] {
      #expect(trace.build == "0.1.0" && trace.seed == 2 && trace.episode == 0)
      #expect(trace.model == (try model()))
      #expect(trace.environment == .init(id: "model", parameters: [:]))
      #expect(trace.steps.count == 2)
      let step = trace.steps[1]
      #expect(step.t == 1)
      #expect(step.observation == [.outcome(1), .outcome(0)])
      #expect(step.states == [1, 1])
      #expect(step.beliefs == [[0.0, 1.0, 0.0], [0.16, 0.84]])
      #expect(step.freeEnergy == 0.8754687373538997)
      #expect(
        step.policyPosterior == [
          1.7683566636143962e-10, 2.4493224453750516e-12, 1.3297777940142987e-05,
          2.4493224453750516e-12, 6.785034450183949e-14, 1.8418538891262676e-07,
          1.3297777940142987e-05, 1.8418538891262676e-07, 0.9999730358915396,
        ])
      #expect(step.terms?.utility[5] == 1.97)
      #expect(step.action == [2] && step.choice == step.action)
      #expect(trace.final.initialState[1] == [3.6, 2.4])
    }
    #expect(traces == golden)
  }
}
