import ActiveInference
import Foundation
import Testing

@Suite("aif learn")
struct LearnTests {
  private let folder: Folder
  private let model: String
  private let data: String

  init() throws {
    folder = try Folder()
    model = try folder.write(
      """
      format: aif.model/1
      name: lamp
      factors: [{name: lamp, size: 2}]
      modalities: [{name: light, labels: [off, on]}]
      A: [{modality: light, given: [lamp]}]
      B: [{factor: lamp, given: [lamp], controls: []}]
      concentration:
        A: [{modality: light, counts: [[3, 1], [1, 3]]}]
        B: [{factor: lamp, counts: [[3, 1], [1, 3]]}]

      """, "lamp.yaml")
    data = try folder.write(
      """
      {"format": "aif.data/1", "observations": [[0], [0], [1], [1], [1], [0], [0], [0], [1], [1]],
       "actions": [[], [], [], [], [], [], [], [], []]}
      """, "data.json")
  }

  @Test("writes the model with the counts of every datum, and tells the evidence of each iteration")
  func learns() throws {
    let outcome = try run(
      "learn", model, "--data", data, "--data", data, "--output", folder.file("learned.json"))
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.lines[0].hasPrefix("iteration") && outcome.lines.last == "converged")
    let learned = try GenerativeModel(
      contentsOf: Array(Data(contentsOf: URL(filePath: folder.file("learned.json")))),
      source: "learned.json")
    let likelihood = try #require(learned.concentration.likelihood[0])
    let transition = try #require(learned.concentration.transition[0])
    #expect(abs(likelihood.values.reduce(0, +) - 28) <= 1e-9)
    #expect(abs(transition.values.reduce(0, +) - 26) <= 1e-9)
  }

  @Test("prints the model alone where it goes to standard output")
  func standardOutput() throws {
    let outcome = try run("learn", model, "--data", "-", "--iterations", "2", input: dataText())
    #expect(outcome.code == 0, "\(outcome.err)")
    _ = try GenerativeModel(contentsOf: Array(outcome.out.utf8), source: "standard output")
  }

  @Test("gives the iterations as numbers, none of which lowers the objective")
  func numbers() throws {
    let file = folder.file("learned.json")
    let json = try object(
      run("learn", model, "--data", data, "--output", file, "--format", "json").out)
    let objective = try #require(json["objective"] as? [Double])
    #expect(objective.count > 2 && objective == objective.sorted())
    let csv = try run(
      "learn", model, "--data", data, "--output", file, "--format", "csv", "--set",
      "agent.learning.A.rate=1")
    #expect(csv.lines[0] == "iteration,logEvidence,objective" && csv.lines.count > 2)
  }

  @Test("refuses what it cannot learn from with code 2, naming the file")
  func refuses() throws {
    let bad = try folder.write(
      #"{"format": "aif.data/1", "observations": [[0], [7]], "actions": [[]]}"#, "bad.json")
    let outcome = try run("learn", model, "--data", data, "--data", bad)
    #expect(outcome.code == 2 && outcome.out == "")
    #expect(outcome.err.contains("bad.json: observations[1][light]: outcome 7"))
    #expect(try run("learn", model).code == 2)
    let level = try run("learn", model, "--data", data, "--set", "agent.inference.chi=0.1")
    #expect(level.code == 2 && level.err.contains("inference.chi"))
    #expect(
      try run("learn", model, "--data", data, "--set", "agent.learning.E.rate=1")
        .err.contains("learning.E: is not learned from whole sequences"))
  }

  @Test("a replay gives the smoothed beliefs of the whole record in its last step")
  func replay() throws {
    let outcome = try run("replay", model, "--data", data, "--smooth")
    #expect(outcome.out.contains(#""smoothing":{"method":"auto""#))
    #expect(outcome.code == 0, "\(outcome.err)")
    let steps = try #require(try object(outcome.out)["steps"] as? [[String: Any]])
    #expect(steps.count == 10 && steps[8]["smoothedBeliefs"] == nil)
    #expect((steps[9]["smoothedBeliefs"] as? [[[Double]]])?.count == 10)
    #expect(steps[9]["windowStart"] as? Int == 0)
    #expect(try #require(steps[9]["logEvidence"] as? Double) < 0)
    let trace = try folder.write(outcome.out, "trace.jsonl")
    #expect(try run("verify", trace).code == 0)
    let table = try run(
      "replay", model, "--data", data, "--set", "agent.inference.smoothing.method=exact",
      "--format", "table")
    #expect(table.lines[0].contains("in hindsight"))
  }

  private func dataText() throws -> String { try String(contentsOfFile: data, encoding: .utf8) }
}
