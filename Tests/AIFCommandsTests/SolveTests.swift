import Foundation
import Testing

@Suite("aif solve")
struct SolveTests {
  @Test("prints the tiger's value between its bounds, whichever of the exact methods finds it")
  func tiger() throws {
    for method in ["exact", "bounds"] {
      let outcome = try run(
        "solve", "tiger", "--discount", "0.75", "--tolerance", "1e-3", "--method", method,
        "--format", "json")
      #expect(outcome.code == 0)
      let bounds = try value(outcome)
      #expect(bounds.lower <= 1.9334395 && 1.9334385 <= bounds.upper)
      #expect(bounds.upper - bounds.lower <= 2e-3)
    }
    let outcome = try run("solve", "tiger")
    #expect(outcome.lines.contains { $0.hasPrefix("optimal value") && $0.contains("19.371") })
  }

  @Test("puts quick bounds around it")
  func quick() throws {
    for method in ["qmdp", "fib"] {
      let bounds = try value(
        run("solve", "tiger", "--method", method, "--format", "json"))
      #expect(bounds.lower < 19.371368 && 19.371368 < bounds.upper)
    }
    // Nothing but listening gains more for ever.
    let hoped = try value(run("solve", "tiger", "--method", "qmdp", "--format", "json"))
    #expect(abs(hoped.lower + 20) <= 1e-6)
    #expect(abs(hoped.upper - 189) <= 1e-3)
  }

  @Test("counts rewards at a temperature")
  func temperature() throws {
    let one = try value(
      run("solve", "frozen-lake", "--discount", "0.99", "--format", "json"))
    let ten = try value(
      run(
        "solve", "frozen-lake", "--discount", "0.99", "--temperature", "10", "--format", "json"))
    #expect(abs(one.lower - 0.542026) <= 1e-4)
    #expect(abs(ten.lower - 5.42026) <= 1e-3)
  }

  @Test("scores the agent, by the same rewards and the same bits on any number of threads")
  func scores() throws {
    let arguments = [
      "solve", "tiger", "--discount", "0.75", "--episodes", "50", "--format", "json",
    ]
    let outcome = try run(arguments + ["--threads", "1"])
    #expect(outcome.code == 0)
    #expect(outcome.out == (try run(arguments + ["--threads", "3"]).out))
    let agent = try #require(
      (try json(outcome.out) as? [String: Any])?["agent"] as? [String: Any])
    let mean = try #require(agent["meanReturn"] as? Double)
    let error = try #require(agent["standardError"] as? Double)
    #expect(abs(mean - 1.933439) <= 4 * error)
    // A worse agent gains less: one that does not mind the tiger.
    let reckless = try run(
      "solve", "tiger", "--discount", "0.75", "--episodes", "50", "--format", "json", "--set",
      "agent.planning.utility=false", "--set", "agent.planning.stateInformationGain=false")
    let other = try #require(
      (try json(reckless.out) as? [String: Any])?["agent"] as? [String: Any])
    #expect(try #require(other["meanReturn"] as? Double) < mean)
  }

  @Test(
    "refuses what has no answer",
    arguments: [
      (["tiger", "--discount", "1"], "discount"),
      (["tiger", "--discount", "1.5"], "--discount must be 0 to 1"),
      (["tiger", "--temperature", "0"], "--temperature must be above 0"),
      (["tiger", "--method", "value-iteration"], "outcomes do not tell the state"),
      (["tiger", "--steps", "5"], "--steps is for --episodes"),
      (["tiger", "--episodes", "0"], "--episodes must be at least 1"),
      (["tigre"], "did you mean 'tiger'?"),
    ])
  func refuses(arguments: [String], message: String) throws {
    let outcome = try run(["solve"] + arguments)
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.contains(message), "\(outcome.err)")
  }

  private func value(_ outcome: Outcome) throws -> (lower: Double, upper: Double) {
    let document = try #require(try json(outcome.out) as? [String: Any])
    let value = try #require(document["optimalValue"] as? [String: Any])
    return (
      try #require(value["lower"] as? Double), try #require(value["upper"] as? Double)
    )
  }
}
