import ActiveInference
import Foundation
import Testing

@Suite("aif diff")
struct DiffTests {
  private let folder: Folder
  private let traces: [Trace]

  init() throws {
    folder = try Folder()
    let outcome = try run("simulate", "tmaze", "--episodes", "5", "--output", folder.file("a"))
    #expect(outcome.code == 0, "\(outcome.err)")
    traces = try folder.traces("a")
  }

  /// Compares traces with those of `a`.
  private func diff(_ traces: [Trace], _ arguments: String...) throws -> Outcome {
    try run(["diff", folder.file("a"), folder.write(traces, "b")] + arguments)
  }

  private var names: String { "\(folder.file("a")), \(folder.file("b"))" }

  /// The traces with the free energy of some episodes changed.
  private func changed(_ episodes: Int...) -> [Trace] {
    var changed = traces
    for episode in episodes { changed[episode].steps[1].freeEnergy? += 1e-12 }
    return changed
  }

  @Test("finds nothing between a file and itself, whichever format it has")
  func same() throws {
    let outcome = try diff(traces)
    #expect(outcome.code == 0)
    #expect(outcome.out == "\(names): 5 episodes, no difference\n")
    let golden = try folder.write(Golden(traces).text, "golden")
    #expect(try run("diff", folder.file("a"), golden).code == 0)
    #expect(try run("diff", golden, folder.file("a")).code == 0)
    #expect(try run("diff", golden, "-", input: folder.read("a")).code == 0)
    #expect(try run("diff", "-", golden, input: folder.read("a")).code == 0)
  }

  @Test("explains the first difference of each episode that differs")
  func explains() throws {
    var changed = changed(1)
    changed[3].agent.planning.gamma = 8
    changed[3].steps[2].policyPosterior?[0] = 0.75
    let outcome = try diff(changed)
    #expect(outcome.code == 1)
    #expect(outcome.err == "")
    #expect(outcome.lines[0].hasPrefix("seed 0, episode 1, step 1, free energy: expected "))
    #expect(outcome.out.contains("Likely cause: the arithmetic changed"))
    #expect(outcome.out.contains("seed 0, episode 3, step 2, posterior probability of policy 0"))
    #expect(
      outcome.out.contains(
        "Likely cause: the agent's configuration changed: planning.gamma: 16.0 became 8.0"))
    #expect(outcome.lines.last == "\(names): 2 of 5 episodes differ")
  }

  @Test("tells so many episodes as are asked for, and counts the others")
  func limit() throws {
    let outcome = try diff(changed(0, 2, 3, 4), "--limit", "1")
    #expect(outcome.out.contains("seed 0, episode 0, "))
    #expect(!outcome.out.contains("episode 2, "))
    #expect(outcome.out.contains("and 3 more episodes that differ"))
    #expect(outcome.lines.last == "\(names): 4 of 5 episodes differ")
    #expect(try diff(changed(0), "--limit", "0").code == 1)
  }

  @Test("allows for tolerances, of all quantities or of one")
  func tolerances() throws {
    let changed = changed(1)
    #expect(try diff(changed, "--tolerance", "1e-9").code == 0)
    #expect(try diff(changed, "--tolerance", "freeEnergy=1e-9").code == 0)
    #expect(try diff(changed, "--tolerance", "beliefs=1e-9").code == 1)
    #expect(try diff(changed, "--tolerance", "4ulp", "--tolerance", "freeEnergy=1e-9").code == 0)
  }

  @Test("leaves out what the first file left out, not what the second did")
  func levels() throws {
    let low = try folder.write(
      traces.map {
        var trace = $0
        trace.steps = $0.steps.map { $0.reduced(to: .choices) }
        return trace
      }, "low")
    #expect(try run("diff", low, folder.file("a")).code == 0)
    let outcome = try run("diff", folder.file("a"), low)
    #expect(outcome.code == 1)
    #expect(outcome.out.contains("got nothing"))
  }

  @Test("matches episodes by seed and number, and names those that one file lacks")
  func matching() throws {
    var others = changed(4)
    others.swapAt(0, 1)
    others.remove(at: 2)
    var another = traces[0]
    another.seed = 7
    others.append(another)
    let outcome = try diff(others)
    #expect(outcome.code == 1)
    #expect(outcome.lines[0].hasPrefix("seed 0, episode 4, step 1, free energy"))
    #expect(
      outcome.lines.suffix(3) == [
        "only in \(folder.file("a")): 1 episode: seed 0, episode 2",
        "only in \(folder.file("b")): 1 episode: seed 7, episode 0",
        "\(names): 1 of 4 episodes differs; \(folder.file("a")) has 5 episodes, "
          + "\(folder.file("b")) 5",
      ])
    // Replays have the same number all: they are matched in their order.
    let alike = try folder.write([traces[0], traces[0], traces[0]], "alike")
    #expect(try run("diff", alike, alike).code == 0)
    let fewer = try run("diff", alike, folder.write([traces[0]], "one"))
    #expect(fewer.code == 1)
    #expect(fewer.out.contains("2 episodes: seed 0, episode 0; seed 0, episode 0"))
    let nothing = try run("diff", folder.write([traces[0]], "c"), folder.write([traces[1]], "d"))
    #expect(nothing.lines.last?.contains("no episode in common") == true)
  }

  @Test("gives programs the same as objects or rows")
  func formats() throws {
    let others = Array(changed(1).dropLast())
    let result = try object(diff(others, "--format", "json").out)
    let summary = try #require(result["summary"] as? [String: Any])
    #expect(summary["compared"] as? Int == 4)
    #expect(summary["differing"] as? Int == 1)
    #expect(summary["onlyExpected"] as? Int == 1)
    let found = try #require((result["differences"] as? [[String: Any]])?.first)
    #expect(found["episode"] as? Int == 1)
    #expect(found["quantity"] as? String == "freeEnergy")
    let explanation = try #require(found["explanation"] as? [String: Any])
    #expect(explanation["cause"] as? String == "arithmetic")
    let rows = fields(try diff(others, "--format", "csv").out)
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(rows[1].prefix(5) == ["0", "1", "differs", "1", "freeEnergy"])
    #expect(rows[1].last == "arithmetic")
    #expect(rows[2].prefix(3) == ["0", "4", "only in A"])
  }

  @Test("refuses what it cannot read with 2, both files at once")
  func refused() throws {
    let missing = try run("diff", folder.file("x"), folder.file("y"))
    #expect(missing.code == 2)
    #expect(missing.err.split(separator: "\n").count == 2)
    let faulty = try folder.write(folder.read("a") + "{\n", "faulty")
    let outcome = try run("diff", folder.file("a"), faulty)
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("aif: \(faulty): line 6, column 2"))
  }
}
