import AIFCommands
import ActiveInference
import Foundation
import Testing

@Suite("aif lint")
struct LintCommandTests {
  /// Settings that change what an environment's model is.
  private static let settings: [String: [[String: ParameterValue]]] = [
    "tmaze": [["rewardProbability": .number(0.7)], ["rewardCondition": .text("left")]],
    "tmaze-simplified": [["cueValidity": .number(0.7)], ["dependentOutcomes": .boolean(true)]],
    "tmaze-legacy": [["nullCue": .boolean(true)], ["rewardCondition": .text("right")]],
    "gridworld": [
      ["successProbability": .number(0.75)], ["observationNoise": .number(0.25)],
      ["map": .text("S..#|.#..|...G")], ["includeStay": .boolean(false)],
      ["rows": .integer(4), "columns": .integer(6)], ["start": .text("(0, 0)")],
    ],
    "cue-chaining": [
      ["includeStay": .boolean(false)], ["rewardCondition": .text("top")],
      ["activeCue2": .text("L1")],
    ],
    "generalized-tmaze": [["maze": .text("large")], ["rewardingSets": .text("1 2")]],
    "reading": [["legibility": .number(0.75)], ["sentence": .text("wait wait wait flee")]],
    "tiger": [["hearing": .number(0.6)]],
    "frozen-lake": [["slippery": .boolean(false)]],
    "russell-norvig": [["success": .number(1)]],
  ]

  @Test("finds nothing in any environment that comes with it, as it comes or with other settings")
  func environments() throws {
    for type in AIFCommand.environments {
      for parameters in [[:]] + (Self.settings[type.identifier] ?? []) {
        let findings = try type.init(parameters: parameters).model.findings
          .filter { $0.severity > .note }
        #expect(findings == [], "\(type.identifier) \(parameters)")
      }
    }
  }

  @Test("says what is wrong, where, how it was proved and what to do")
  func findings() throws {
    let folder = try Folder()
    let model = try folder.write(Sample.door, "door.yaml")
    let outcome = try run("lint", model)
    #expect(outcome.code == 1)
    #expect(outcome.err == "")
    #expect(
      outcome.lines.prefix(3) == [
        "\(model): A[bell]: warning: tells nothing of any state [uninformative-modality]",
        "  proof:  its columns are equal for all states that are reached (every state that D makes "
          + "possible was followed through B under every action)",
        "  remedy: let its outcomes differ by state, or leave the modality out",
      ])
    #expect(outcome.lines.last?.hasSuffix("with --show note") == true)
    let all = try run("lint", model, "--show", "note")
    #expect(all.out.contains("impossible-outcome"))
    #expect(all.out.contains("rings is never seen"))
  }

  @Test("fails from the severity that is asked for")
  func failOn() throws {
    let folder = try Folder()
    let model = try folder.write(Sample.door, "door.yaml")
    #expect(try run("lint", model, "--fail-on", "error").code == 0)
    #expect(try run("lint", model, "--fail-on", "note").code == 1)
    #expect(try run("lint", "tmaze").code == 0)
    #expect(try run("lint", "tmaze").lines.last?.hasPrefix("tmaze: no findings") == true)
    #expect(try run("lint", model, "--fail-on", "never").code == 2)
  }

  @Test("json and csv hold the same findings")
  func formats() throws {
    let folder = try Folder()
    let model = try folder.write(Sample.door, "door.yaml")
    let values = try #require(
      json(try run("lint", model, "--format", "json").out) as? [[String: String]])
    let rows = fields(try run("lint", model, "--format", "csv").out)
    #expect(rows[0] == ["code", "severity", "place", "problem", "proof", "remedy"])
    #expect(values.map { value in rows[0].map { value[$0] ?? "" } } == Array(rows.dropFirst()))
    #expect(values.contains { $0["code"] == "uninformative-modality" })
    #expect(try run("lint", "tmaze", "--format", "json").out == "[]\n")
  }

  @Test("a model that is none has its faults as findings; what cannot be read is bad input")
  func invalid() throws {
    let folder = try Folder()
    let model = try folder.write(
      Sample.door.replacing("[[0.9, 0.1], [0.1, 0.9]]", with: "[[0.9, 0.1], [0.2, 0.8]]")
        .replacing("logPreference: [1, 0]", with: "logPreference: [1]"), "transposed.yaml")
    let outcome = try run("lint", model)
    #expect(outcome.code == 1)
    #expect(
      outcome.out.contains("B[mood]: error: is normalised over mood, not over its first axis"))
    #expect(outcome.out.contains("[swapped-axes]"))
    #expect(outcome.out.contains("C[sight]: error"))
    #expect(outcome.lines.last == "\(model): 2 errors")
    #expect(try run("lint", folder.write("{", "broken.json")).code == 2)
    #expect(try run("lint", "tmaze-").code == 2)
    #expect(try run("lint", "tmaze-").err.contains("did you mean 'tmaze'?"))
    #expect(try run("lint", model, "--set", "rows=3").code == 2)
    #expect(try run("lint", "tmaze", "--set", "agent.planning.horizon=3").code == 2)
    #expect(try run("lint", "gridworld", "--set", "rows=0").code == 2)
  }
}
