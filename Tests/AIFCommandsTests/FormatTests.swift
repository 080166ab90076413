import Foundation
import Testing

@Suite("--format")
struct FormatTests {
  private static let commands = [
    ["environments"], ["describe", "tmaze"], ["objectives", "tmaze"], ["simulate", "tmaze"],
    ["simulate", "tmaze", "--episodes", "3"],
    ["simulate", "gridworld", "--set", "map=S.#|..G"],
    ["solve", "tiger", "--discount", "0.5", "--episodes", "3"],
    ["lint", "gridworld", "--set", "map=S.#|..G", "--show", "note"],
  ]

  @Test("json is one JSON value", arguments: commands)
  func parses(command: [String]) throws {
    let outcome = try run(command + ["--format", "json"])
    #expect(outcome.code == 0)
    _ = try json(outcome.out)
    #expect(outcome.out.hasSuffix("\n"))
  }

  @Test("csv has a heading and as many fields in each row", arguments: commands)
  func rows(command: [String]) throws {
    let outcome = try run(command + ["--format", "csv"])
    #expect(outcome.code == 0)
    let rows = fields(outcome.out)
    #expect(rows.count > 1)
    #expect(rows[0].allSatisfy { !$0.isEmpty })
    #expect(Set(rows[0]).count == rows[0].count)
    #expect(rows.allSatisfy { $0.count == rows[0].count })
  }

  @Test("csv of a simulation has a row a step and a column a belief")
  func steps() throws {
    let rows = fields(try run("simulate", "tmaze", "--episodes", "3", "--format", "csv").out)
    #expect(rows.count == 1 + 3 * 7)
    #expect(
      rows[0].prefix(5) == [
        "episode", "step", "observation.where", "observation.reward",
        "observation.cue",
      ])
    #expect(rows[0].contains("belief.context.reward left"))
    #expect(rows[8].prefix(3) == ["1", "0", "centre"])
  }

  @Test("csv of a low record level leaves cells empty")
  func record() throws {
    let rows = fields(
      try run("simulate", "tmaze", "--record", "choices", "--format", "csv").out)
    let column = try #require(rows[0].firstIndex(of: "freeEnergy"))
    #expect(rows.dropFirst().allSatisfy { $0[column] == "" })
  }

  @Test("csv quotes what must be quoted")
  func quotes() throws {
    let folder = try Folder()
    let odd = "a \\\"b\\\", c\\nd"
    let model = try folder.write(
      Sample.nothing.replacing("{name: state, size: 1}", with: "{name: \"\(odd)\", size: 1}")
        .replacingOccurrences(of: "[state]", with: "[\"\(odd)\"]")
        .replacing("factor: state", with: "factor: \"\(odd)\""), "odd.yaml")
    let rows = fields(try run("describe", model, "--format", "csv").out)
    #expect(rows[1] == ["factor", "a \"b\", c\nd", "1 state", "a \"b\", c\nd"])
    let steps = fields(try run("simulate", model, "--format", "csv").out)
    #expect(steps.allSatisfy { $0.count == steps[0].count })
    #expect(steps[0].contains("state.a \"b\", c\nd"))
    // A comma that carries an accent is a comma still.
    let accent = try folder.write(
      Sample.nothing.replacing("{name: outcome, size", with: "{name: \"x,\u{301}y\", size")
        .replacing("modality: outcome", with: "modality: \"x,\u{301}y\""), "accent.yaml")
    #expect(fields(try run("describe", accent, "--format", "csv").out)[2].count == 4)
  }

  @Test("csv and json of validate have a place, a problem and a remedy for each fault")
  func validate() throws {
    let folder = try Folder()
    let model = try folder.write(
      Sample.door.replacing("[[1, 0], [0, 1]]", with: "[[0.9, 0], [0, 1]]")
        .replacing("logPreference: [1, 0]", with: "logPreference: [1]"), "model.yaml")
    let rows = fields(try run("validate", model, "--format", "csv").out)
    #expect(rows[0] == ["place", "problem", "remedy"])
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { $0.count == 3 })
    let faults = try json(try run("validate", model, "--format", "json").out) as? [[String: String]]
    #expect(faults?.count == 2)
    #expect(faults?.first?.keys.sorted() == ["place", "problem", "remedy"])
    let good = try folder.write(Sample.door, "good.yaml")
    #expect(try run("validate", good, "--format", "json").out == "[]\n")
    #expect(try run("validate", good, "--format", "csv").out == "place,problem,remedy\n")
    #expect(try run("validate", good).out == "\(good): no faults\n")
  }
}

@Suite("aif describe and aif environments")
struct DescriptionTests {
  @Test("describe tells sizes, dependencies, policies, memory and cost")
  func describe() throws {
    let lines = try run("describe", "tmaze").lines
    #expect(
      lines.contains("modality   reward         3 outcomes                      location, context"))
    #expect(lines.contains { $0.hasPrefix("policies   all sequences  125") })
    #expect(lines.contains { $0.hasPrefix("memory     agent") })
    #expect(lines.contains { $0.hasPrefix("cost       a step         at most") })
    let five = try object(
      try run(
        "describe", "tmaze", "--set", "agent.planning.horizon=5", "--format", "json"
      ).out)
    let policies = try #require(five["policies"] as? [String: Any])
    #expect(policies["count"] as? Int == 3125)
    #expect(policies["prefixes"] as? Int == 3905)
  }

  @Test("describe says which inference auto has chosen")
  func algorithm() throws {
    let folder = try Folder()
    for (count, name) in [(12, "exact"), (13, "cavi"), (64, "cavi")] {
      let model = try folder.write(Sample.switches(count), "model.json")
      let text = try run("describe", model, "--format", "json").out
      #expect(((try object(text))["inference"] as? [String: Any])?["algorithm"] as? String == name)
    }
  }

  @Test("environments lists every parameter with its default")
  func environments() throws {
    let worlds = try #require(
      json(try run("environments", "--format", "json").out) as? [[String: Any]])
    #expect(
      worlds.map { $0["id"] as? String } == [
        "tmaze", "tmaze-simplified", "tmaze-legacy", "gridworld", "cue-chaining",
        "generalized-tmaze", "tiger", "frozen-lake", "russell-norvig", "reading",
      ]
    )
    for world in worlds {
      let id = try #require(world["id"] as? String)
      let parameters = try #require(world["parameters"] as? [[String: Any]])
      // Each default is taken where it is given.
      var arguments = ["describe", id]
      for parameter in parameters {
        let name = try #require(parameter["name"] as? String)
        let value = try #require(parameter["default"])
        let text = String(
          decoding: try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed),
          as: UTF8.self)
        arguments += ["--set", "\(name)=\(text)"]
      }
      #expect(try run(arguments).out == run("describe", id).out)
      #expect(try run("environments").out.contains("\(id)\n"))
    }
  }
}
