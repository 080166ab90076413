import ActiveInference
import Foundation
import Testing

@Suite("aif verify")
struct VerifyTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Traces of simulated episodes.
  private func simulate(_ arguments: String..., name: String = "traces") throws -> [Trace] {
    let outcome = try run(["simulate"] + arguments + ["--output", folder.file(name)])
    #expect(outcome.code == 0, "\(outcome.err)")
    return try folder.traces(name)
  }

  /// What is said about a trace that was changed.
  private func verify(_ trace: Trace, _ arguments: String...) throws -> Outcome {
    try run(["verify", folder.write([trace], "changed")] + arguments)
  }

  @Test("finds nothing in a trace of any record level")
  func levels() throws {
    for algorithm in ["exact", "cavi", "fpi"] {
      for level in RecordLevel.allCases {
        _ = try simulate(
          "tmaze", "--episodes", "2", "--record", level.rawValue, "--set",
          "agent.inference.algorithm=\(algorithm)")
        let outcome = try run("verify", folder.file("traces"))
        #expect(outcome.code == 0, "\(level) \(algorithm): \(outcome.out)\(outcome.err)")
        let empty = level == .none ? " (2 without recorded steps)" : ""
        #expect(outcome.out == "\(folder.file("traces")): 2 episodes\(empty), no difference\n")
      }
    }
  }

  @Test("finds nothing in a replay")
  func replay() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    let data = try folder.write(Sample.data(actions: "[[0], [1]]"), "data.json")
    let replay = try run("replay", model, "--data", data)
    #expect(try run("verify", "-", input: replay.out).code == 0)
  }

  @Test("finds nothing where choices are drawn, with any seed")
  func stochastic() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    for seed in ["1", "9223372036854775807"] {
      _ = try simulate(
        model, "--seed", seed, "--episodes", "3", "--set", "agent.action.selection=stochastic",
        "--set", "agent.action.alpha=0.5", "--set", "agent.learning.A.rate=1")
      #expect(try run("verify", folder.file("traces")).code == 0)
    }
    var trace = try #require(folder.traces("traces").last)
    trace.seed = 2
    #expect(try verify(trace).code == 1)
  }

  @Test("warns of agents that search as long as the clock allows, in words and in its JSON")
  func clock() throws {
    for (budget, isTimed) in [("microseconds=1000000", true), ("nodes=50", false)] {
      _ = try simulate(
        "tmaze", "--episodes", "2", "--set", "agent.planning.method=sophisticated", "--set",
        "agent.planning.horizon=1", "--set", "agent.planning.budget.\(budget)")
      let outcome = try run("verify", folder.file("traces"), "--format", "json")
      #expect(outcome.code == 0)
      let file = try #require((object(outcome.out)["files"] as? [[String: Any]])?.first)
      let warnings = file["warnings"] as? [String] ?? []
      #expect(warnings.count == (isTimed ? 1 : 0))
      #expect(warnings.allSatisfy { outcome.err == "aif: warning: \($0)\n" })
      #expect(
        outcome.err.contains("2 episodes planned within planning.budget.microseconds") == isTimed)
    }
  }

  @Test("names step, quantity, index and both values of a belief changed by 1e-12")
  func belief() throws {
    var trace = try simulate("tmaze")[0]
    let was = try #require(trace.steps[2].beliefs?[1][0])
    trace.steps[2].beliefs?[1][0] += 1e-12
    let changed = try #require(trace.steps[2].beliefs?[1][0])
    let outcome = try verify(trace)
    #expect(outcome.code == 1)
    #expect(outcome.err == "")
    #expect(outcome.out.contains("episode 0"))
    #expect(outcome.out.contains("step 2, belief in (context, reward left)"))
    #expect(outcome.out.contains("\(was)"))
    #expect(outcome.out.contains("\(changed)"))

    let result = try object(verify(trace, "--format", "json").out)
    let found = try #require((result["files"] as? [[String: Any]])?.first)
    let difference = try #require(found["difference"] as? [String: Any])
    #expect(difference["step"] as? Int == 2)
    #expect(difference["quantity"] as? String == "beliefs")
    #expect(difference["index"] as? [Int] == [1, 0])
    // Foundation's reader may be off by the last bit.
    #expect(abs(try #require(difference["expected"] as? Double) - changed) < 1e-16)
    #expect(abs(try #require(difference["actual"] as? Double) - was) < 1e-16)

    #expect(try verify(trace, "--tolerance", "1e-9").code == 0)
    #expect(try verify(trace, "--tolerance", "1e-13").code == 1)
  }

  @Test("names an action, an observation or a true state that was changed")
  func changes() throws {
    let trace = try simulate("tmaze", "--set", "rewardCondition=left")[0]
    let changes: [(String, (inout Trace) -> Void)] = [
      ("step 1, action of move", { $0.steps[1].action = [4] }),
      ("step 1, choice of move", { $0.steps[1].choice = [4] }),
      ("step 1, observation of cue", { $0.steps[1].observation[2] = .outcome(2) }),
      ("step 4, true state of context", { $0.steps[4].states = [1, 1] }),
      ("step 6, free energy", { $0.steps[6].freeEnergy? += 1 }),
    ]
    for (name, change) in changes {
      var changed = trace
      change(&changed)
      let outcome = try verify(changed)
      #expect(outcome.code == 1)
      #expect(outcome.out.contains(name), "\(outcome.out)")
    }
  }

  @Test("names a count that was changed at the end")
  func counts() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    var trace = try simulate(model, "--set", "agent.learning.A.rate=1")[0]
    let table = try #require(trace.final.likelihood[0])
    trace.final.likelihood[0] = Tensor(
      shape: table.shape, table.values.enumerated().map { $0 == 3 ? $1 + 1 : $1 })
    let outcome = try verify(trace)
    #expect(outcome.code == 1)
    #expect(outcome.out.contains("final count in A (win, yes, right)"), "\(outcome.out)")
  }

  @Test("looks at several files and at several episodes in each")
  func several() throws {
    _ = try simulate("tmaze", "--episodes", "3", name: "good")
    var traces = try simulate("gridworld", "--episodes", "3", name: "bad")
    traces[1].steps[0].beliefs?[0][0] = 0.25
    try folder.write(traces, "bad")
    let outcome = try run("verify", folder.file("good"), folder.file("bad"), folder.file("good"))
    #expect(outcome.code == 1)
    #expect(outcome.lines[0].hasSuffix("good: 3 episodes, no difference"))
    #expect(outcome.lines[1].contains("bad: differs: episode 1, "))
    #expect(outcome.lines[1].hasSuffix("(1 of 3 episodes)"))
    let explained = outcome.lines.filter { $0.hasPrefix("    ") }
    #expect(explained.contains { $0.contains("energies in nats") })
    #expect(explained.contains { $0.contains("Likely cause: the algorithm changed, at inference") })
    #expect(outcome.lines.count == 4 + explained.count)
    #expect(outcome.lines.last == "3 files, 9 episodes: 2 the same, 1 differs")
    let rows = fields(try run("verify", folder.file("bad"), "--format", "csv").out)
    #expect(
      rows[0] == [
        "file", "episodes", "episode", "step", "quantity", "index", "expected", "got", "differing",
        "cause", "faults",
      ])
    #expect(rows[1][1...5] == ["3", "1", "0", "beliefs", "0 0"])
  }

  @Test("refuses what could not have been recorded, with exit code 2")
  func refused() throws {
    var trace = try simulate("tmaze")[0]
    trace.environment?.id = "tmaez"
    let unknown = try verify(trace)
    #expect(unknown.code == 2)
    #expect(unknown.err.contains("did you mean 'tmaze'"))
    trace.environment = nil
    trace.steps[3].action = nil
    let missing = try verify(trace)
    #expect(missing.code == 2)
    #expect(missing.err.contains("changed, episode 0: steps[3].action: is missing"))
    let model = try folder.write(Sample.door, "door.yaml")
    #expect(try run("verify", model).code == 2)
  }

  @Test("says where the agent stops, with exit code 1")
  func stops() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    var trace = try simulate(model, "--set", "agent.inference.impossible=ignore")[0]
    trace.agent.inference.impossible = .error
    trace.environment = nil
    trace.steps[2].observation[1] = .outcome(1)
    let outcome = try verify(trace)
    #expect(outcome.code == 1)
    #expect(outcome.out.contains("the agent stops: step 2, bell: rings has probability zero"))
  }
}
