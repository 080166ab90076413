import ActiveInference
import Foundation
import Testing

@Suite("aif replay")
struct ReplayTests {
  private let folder: Folder
  private let model: String

  init() throws {
    folder = try Folder()
    model = try folder.write(Sample.door, "door.yaml")
  }

  private func replay(_ data: String, _ arguments: String...) throws -> Outcome {
    try run(["replay", model, "--data", folder.write(data, "data.json")] + arguments)
  }

  @Test("tells every quantity of the contract for hard, soft and missing observations")
  func keys() throws {
    let outcome = try replay(Sample.data(actions: "[[0], [1]]"))
    #expect(outcome.code == 0)
    #expect(outcome.err == "")
    #expect(outcome.lines.count == 1)
    let trace = try object(outcome.out)
    #expect(
      trace.keys.sorted() == [
        "agent", "build", "episode", "final", "format", "model", "seed", "steps",
      ])
    let steps = try #require(trace["steps"] as? [[String: Any]])
    #expect(steps.map { $0["t"] as? Int } == [0, 1, 2])
    for step in steps {
      #expect(
        step.keys.sorted() == [
          "action", "actionMarginals", "beliefs", "choice", "freeEnergy",
          "negativeExpectedFreeEnergy", "observation", "policyPosterior", "t", "terms",
        ])
    }
    let terms = try #require(steps[0]["terms"] as? [String: [Double]])
    #expect(
      terms.keys.sorted() == [
        "inductive", "parameterInformationGain", "stateInformationGain", "utility",
      ])
    #expect(terms["inductive"] == [0, 0])
  }

  @Test("takes the recorded actions, and at a last step without one the choice")
  func actions() throws {
    for (actions, last) in [("[[0], [0]]", 0), ("[[0], [0], [1]]", 1)] {
      let outcome = try replay(Sample.data(actions: actions), "--output", folder.file("trace"))
      #expect(outcome.code == 0, "\(outcome.err)")
      #expect(outcome.out == "")
      let steps = try #require(folder.traces("trace").first).steps
      #expect(steps.prefix(2).map(\.action) == [[0], [0]])
      #expect(steps[2].action == [last])
      #expect(steps[2].choice == [0])
      // Nobody pushed, so the door stays as it was.
      #expect(steps[2].beliefs?[0] == [1, 0])
    }
  }

  @Test("reads data, model or agent from standard input")
  func standardInput() throws {
    let data = Sample.data(actions: "[[0], [1]]")
    let expected = try replay(data).out
    #expect(try run("replay", model, "--data", "-", input: data).out == expected)
    let path = try folder.write(data, "data.json")
    #expect(try run("replay", "-", "--data", path, input: Sample.door).out == expected)
    let agent = "{\"format\": \"aif.agent/1\", \"planning\": {\"horizon\": 2}}"
    let outcome = try run("replay", model, "--data", path, "--agent", "-", input: agent)
    #expect(outcome.code == 0)
    #expect(outcome.out.contains("\"horizon\":2"))
  }

  @Test(
    "names the place of what does not fit the model",
    arguments: [
      ("[[2, 0]]", "[]", "observations[0][sight]: outcome 2 is not in 0...1"),
      ("[[0, 0], [0, -1]]", "[[0]]", "observations[1][bell]: outcome -1"),
      ("[[0]]", "[]", "observations[0]: has 1 entry for 2 modalities"),
      ("[[[0.5, 0.4], 0]]", "[]", "observations[0][sight]: sums to 0.9"),
      ("[[0, 0]]", "[[2]]", "actions[0][push]: action 2 is not in 0...1"),
      ("[[0, 0]]", "[[0], [0]]", "actions: has 2 steps for 1 observations"),
      ("[]", "[]", "observations: is empty"),
      ("[[\"open\", 0]]", "[]", "observations[0][0]"),
    ])
  func faults(observations: String, actions: String, message: String) throws {
    let outcome = try replay(
      """
      {"format": "aif.data/1", "observations": \(observations), "actions": \(actions)}
      """, "--output", folder.file("trace"))
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.contains(message), "\(outcome.err)")
    #expect(folder.names == ["data.json", "door.yaml"])
  }

  @Test("tells all that is wrong with model, data and agent at once")
  func allFaults() throws {
    let outcome = try replay(
      "{\"format\": \"aif.data/1\", \"observations\": [[7, 7]], \"actions\": []}", "--agent",
      folder.file("none"), "--set", "agent.x=1")
    #expect(outcome.code == 2)
    for part in ["[sight]: outcome 7", "[bell]: outcome 7", "none: No such file"] {
      #expect(outcome.err.contains(part), "\(outcome.err)")
    }
  }

  /// Seen open, left alone, seen shut.
  private let impossible = """
    {"format": "aif.data/1", "observations": [[0, 0], [1, 0], [null, 0]], "actions": [[0], [0]]}
    """

  @Test("names step and modality of an observation that cannot be")
  func impossibleObservation() throws {
    let outcome = try replay(impossible, "--output", folder.file("trace"))
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("data.json: step 1, sight: shut has probability zero"))
    #expect(outcome.err.contains("inference.impossible"))
    #expect(folder.names == ["data.json", "door.yaml"])
  }

  @Test("ignores it where it is told to, and says so in the step")
  func ignored() throws {
    let outcome = try replay(
      impossible, "--set", "agent.inference.impossible=ignore", "--output", folder.file("trace"))
    #expect(outcome.code == 0, "\(outcome.err)")
    let steps = try #require(folder.traces("trace").first).steps
    #expect(steps.map(\.impossible) == [[], ["sight"], []])
    #expect(steps[1].beliefs?[0] == [1, 0])
    #expect(try run("verify", folder.file("trace")).code == 0)
    let table = try replay(
      impossible, "--set", "agent.inference.impossible=ignore", "--format", "table")
    #expect(table.out.contains("sight: shut (impossible)"))
    #expect(table.out.contains("sight: missing"))
  }

  @Test("prints the steps as a table or as comma-separated values")
  func formats() throws {
    let data = Sample.data(actions: "[[0], [1]]")
    #expect(try replay(data, "--format", "table").out.contains("sight: uncertain"))
    let rows = fields(try replay(data, "--format", "csv").out)
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(rows[2][2] == "1.0 0.0")
    #expect(rows[2][3] == "")
  }

  @Test("agrees with the simulation whose record it is given")
  func agrees() throws {
    let simulated = try run("simulate", model, "--output", folder.file("simulated"))
    #expect(simulated.code == 0)
    let trace = try #require(folder.traces("simulated").first)
    let record = BehaviourRecord(
      observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
    #expect(try replay(record.jsonText, "--output", folder.file("replayed")).code == 0)
    let steps = try #require(folder.traces("replayed").first).steps
    #expect(steps.map(\.beliefs) == trace.steps.map(\.beliefs))
    #expect(steps.map(\.terms) == trace.steps.map(\.terms))
  }
}
