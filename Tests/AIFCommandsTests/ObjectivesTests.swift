import Foundation
import Testing

@Suite("aif objectives")
struct ObjectivesTests {
  private let maze = ["objectives", "tmaze-legacy"]

  @Test("tells what each objective makes of every action")
  func table() throws {
    let lines = try run(maze).lines
    #expect(lines.first?.hasPrefix("action  EFE       FEF       FEEF      evidence") == true)
    #expect(lines.count == 5)
    #expect(lines.contains { $0.hasPrefix("centre  5.130387  5.130387  4.437240  5.130387") })
    #expect(lines.contains { $0.hasPrefix("left    4.535279  5.130387  3.744093  5.130387") })
    #expect(lines.contains { $0.hasPrefix("right   4.535279  5.130387  3.744093  5.130387") })
    #expect(lines.contains { $0.hasPrefix("cue     4.437240  5.130387  4.437240  5.130387") })
    let cue = try run(maze + ["--set", "nullCue=true"]).lines
    #expect(cue.contains { $0.hasPrefix("cue     4.842705  5.535852  4.842705") })
  }

  @Test("takes the biased joint that the agent has")
  func biasedJoint() throws {
    let text = try run(
      maze + ["--set", "agent.planning.biasedJoint=stateIndependent", "--format", "json"]
    ).out
    let result = try #require(json(text) as? [String: Any])
    #expect(result["biasedJoint"] as? String == "stateIndependent")
    #expect(result["informationGain"] as? String == "joint")
    let actions = try #require(result["actions"] as? [[String: Any]])
    let expected = [5.1304, 5.7255, 5.7255, 5.8235]
    #expect(
      actions.map { $0["action"] as? [String] } == [["centre"], ["left"], ["right"], ["cue"]])
    for (action, value) in zip(actions, expected) {
      let got = try #require(action["freeEnergyOfFuture"] as? Double)
      #expect(abs(got - value) < 5e-5)
      #expect(try abs(#require(action["expectedFreeEnergy"] as? Double) - 5.130387) < 1e-6)
    }
  }

  @Test("of an unknown world or setting ends with 2")
  func faults() throws {
    #expect(try run("objectives", "tmase").code == 2)
    let outcome = try run(maze + ["--set", "agent.planning.biasedJoint=statePreference"])
    #expect(outcome.code == 2 && outcome.err.contains("is not in this build"))
  }
}
