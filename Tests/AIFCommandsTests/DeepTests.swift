import ActiveInference
import Foundation
import Testing

@Suite("Commands and agents of several levels")
struct DeepTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func simulate(_ arguments: String..., name: String = "traces") throws -> [Trace] {
    let outcome = try run(["simulate", "reading"] + arguments + ["--output", folder.file(name)])
    #expect(outcome.code == 0, "\(outcome.err)")
    return try folder.traces(name)
  }

  @Test("simulate writes traces of all levels, which verify finds again at every record level")
  func verified() throws {
    for level in RecordLevel.allCases {
      let traces = try simulate(
        "--episodes", "2", "--steps", "9", "--record", level.rawValue, "--set", "legibility=0.9",
        "--set", "levels.sentence.action.selection=stochastic")
      #expect(traces.count == 2 && traces.allSatisfy { $0.levels.count == 1 })
      let outcome = try run("verify", folder.file("traces"))
      let empty = level == .none ? " (2 without recorded steps)" : ""
      #expect(
        outcome.out == "\(folder.file("traces")): 2 episodes\(empty), no difference\n",
        "\(outcome.err)")
    }
  }

  @Test("simulate writes the same bytes on any number of threads, and those of Trace.recorded")
  func threads() throws {
    let one = try simulate("--episodes", "7", "--steps", "8", "--threads", "1")
    #expect(try simulate("--episodes", "7", "--steps", "8", "--threads", "3", name: "three") == one)
    #expect(Set(one.map { $0.steps[0].states }).count > 1)
  }

  @Test(
    "verify names the level of the first difference, diff what changed in it, and update mends it")
  func explained() throws {
    let trace = try simulate("--steps", "6")[0]
    var changed = trace
    let step = try #require(trace.steps.firstIndex { $0.levels != nil })
    changed.steps[step].levels?[0].beliefs?[0][0] += 0.25
    let path = try folder.write([changed], "changed")
    let outcome = try run("verify", path)
    #expect(outcome.code == 1)
    #expect(
      outcome.out.contains(
        "step \(step), level sentence, belief in (sentence, flee wait feed wait)"))
    let json = try run("verify", path, "--format", "json")
    #expect(json.out.contains("\"level\": \"sentence\""))
    _ = try simulate("--steps", "6", "--set", "levels.1.planning.gamma=4", name: "gamma")
    let diff = try run("diff", folder.file("traces"), folder.file("gamma"))
    #expect(diff.code == 1)
    #expect(diff.out.contains("level sentence, planning.gamma: 16.0 became 4.0"), "\(diff.out)")
    #expect(try run("verify", path, "--update").code == 0)
    #expect(try folder.traces("changed") == [trace])
  }

  @Test("a trace without its upper level is no trace of that world")
  func beheaded() throws {
    let trace = try simulate("--steps", "4")[0]
    var single = trace
    single.levels = []
    single.finalAbove = []
    single.agent.inference.chi = nil
    for step in single.steps.indices {
      single.steps[step].levels = nil
      single.steps[step].observation.removeLast(2)
      single.steps[step].action?.removeLast()
    }
    let outcome = try run("verify", folder.write([single], "single"))
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("modalities: the world has"), "\(outcome.err)")
  }

  @Test("--set reaches every level by name and by number, and refuses what is not there")
  func settings() throws {
    let trace = try simulate(
      "--steps", "2", "--set", "levels.sentence.planning.gamma=2", "--set",
      "levels.0.planning.gamma=3", "--set", "agent.inference.chi=0.5")[0]
    #expect(trace.agent.planning.gamma == 3 && trace.agent.inference.chi == 0.5)
    #expect(trace.levels[0].agent.planning.gamma == 2)
    for (arguments, part) in [
      (["reading", "--set", "levels.sentance.planning.gamma=2"], "there is no such level"),
      (
        ["reading", "--set", "levels.1.planning.gama=2"], "did you mean 'levels.1.planning.gamma'?"
      ),
      (
        ["reading", "--set", "levels.1.action.alpha=1", "--set", "levels.sentence.action.alpha=2"],
        "given twice, as levels.1.action.alpha too"
      ),
      (
        ["reading", "--set", "agent.action.alpha=1", "--set", "levels.word.action.alpha=2"],
        "given twice"
      ),
      (["reading", "--set", "levels.1.inference.chi=0.5"], "level 1.inference.chi"),
      (["reading", "--set", "levels.1.inference.algorithm=mmp"], "level 1.inference.algorithm"),
      (["reading", "--carry", "counts"], "--carry"),
      (["tmaze", "--set", "levels.1.action.alpha=1"], "the agent has one level"),
      (["tmaze", "--set", "agent.inference.chi=0.5"], "inference.chi"),
    ] {
      let outcome = try run(["simulate"] + arguments)
      #expect(outcome.code == 2 && outcome.err.contains(part), "\(arguments): \(outcome.err)")
    }
  }

  @Test("describe and lint tell of all levels")
  func allLevels() throws {
    let described = try run("describe", "reading", "--set", "levels.sentence.planning.horizon=2")
    #expect(described.code == 0)
    #expect(described.lines.contains { $0.hasPrefix("word") && $0.contains("horizon 1") })
    #expect(described.lines.contains { $0.hasPrefix("sentence") && $0.contains("horizon 2") })
    let json = try run("describe", "reading", "--format", "json").out
    #expect(json.hasPrefix("{\n  \"levels\": ["))
    #expect(try run("describe", "reading", "--set", "levels.1.inference.chi=1").code == 2)
    #expect(try run("describe", "tmaze", "--set", "agent.inference.chi=1").code == 2)
    let linted = try run("lint", "reading", "--show", "note")
    #expect(linted.code == 0 && linted.out.contains("reading: word, C: note"), "\(linted.out)")
    #expect(try run("lint", "reading", "--set", "levels.1.action.alpha=1").code == 2)
  }

  @Test("csv has the columns of every level, empty where one went on")
  func rows() throws {
    let lines = try run("simulate", "reading", "--steps", "6", "--format", "csv").lines
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines[0].contains("action.do") && lines[0].contains("sentence.freeEnergy"))
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    let stepped = try #require(lines[0].firstIndex(of: "sentence.step"))
    let action = try #require(lines[0].firstIndex(of: "action.do"))
    for row in lines.dropFirst() { #expect((row[action] == "(goes on)") == (row[stepped] == "")) }
  }

  @Test("what is of one level alone is refused of several, and says so")
  func refused() throws {
    _ = try simulate("--steps", "3")
    let path = folder.file("traces")
    for arguments in [
      ["solve", "reading"], ["solve", "reading", "--episodes", "2"], ["objectives", "reading"],
      ["explain", path], ["physiology", path], ["reduce", path],
    ] {
      let outcome = try run(arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.err.contains("2 levels (word, sentence)"), "\(arguments): \(outcome.err)")
    }
  }
}
