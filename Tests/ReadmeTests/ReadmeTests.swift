import ActiveInference
import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  @Test(
    "shows the code that is tested, character by character",
    arguments: ["OwnModel.swift", "OwnAgent.swift", "OwnEnvironment.swift", "OwnTest.swift"])
  func showsTestedCode(file: String) throws {
    let tested = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
    let blocks = try Self.blocks(of: "swift")
    // The block about the same thing: the first line of documentation, or the name of the test.
    let subject = try #require(
      tested.split(separator: "\n").first { $0.hasPrefix("///") || $0.hasPrefix("@Test") })
    let shown = try #require(
      blocks.first { $0.contains(subject) }, "README.md shows no block with: \(subject)")
    let difference = zip(shown.split(separator: "\n"), tested.split(separator: "\n"))
      .first { $0 != $1 }
    #expect(
      shown == tested,
      "README.md shows '\(difference?.0 ?? "")' where \(file) has '\(difference?.1 ?? "")'")
  }

  @Test("begins with the two commands, each a block by itself")
  func beginsWithTheCommands() throws {
    #expect(try Self.blocks(of: "sh").prefix(2) == ["./aif simulate tmaze\n", "./test\n"])
  }

  @Test("names only files that are there")
  func namesExistingFiles() throws {
    let text = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    for link in text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
      let path = Self.root.appending(path: String(link.output.1)).path(percentEncoded: false)
      #expect(FileManager.default.fileExists(atPath: path), "\(link.output.1)")
    }
  }

  @Test("own model: the agent looks at the cue before it goes for the reward")
  func ownModel() throws {
    let episode = try runInMaze()
    #expect(episode.reachedGoal == true)
    #expect(episode.steps.first?.action == [3])
    let model = try makeMaze()
    #expect(try GenerativeModel(contentsOf: Array(model.yamlText.utf8), source: "yaml") == model)
  }

  @Test("own agent: it is misled as often as the cue misleads, the library's is not")
  func ownAgent() throws {
    let rewards = try compareAgents()
    #expect((930...970).contains(rewards.follower))
    #expect(rewards.activeInference > rewards.follower)
  }

  @Test("own environment: an agent that believes its model wins more than half of the time")
  func ownEnvironment() throws {
    let levers = try Levers()
    let simulation = Simulation(levers, steps: levers.steps, seed: 1, level: .choices)
    var agent = try ActiveInferenceAgent(levers.model, levers.agent)
    var wins = 0
    for index in 0..<100 as Range<UInt64> {
      let episode = try simulation.run(&agent, episode: index)
      #expect(episode.steps.allSatisfy { $0.states?.count == 1 })
      wins += episode.steps.count { $0.observation == [.outcome(1)] }
    }
    #expect(wins > 100 * (levers.steps - 1) * 6 / 10)
  }

  /// What stands between ``` and ``` for a language, each with its last line break.
  private static func blocks(of language: String) throws -> [String] {
    let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    return text.matches(of: /(?m)^```(\w*)\n((?:.*\n)*?)```$/)
      .filter { $0.output.1 == language }.map { String($0.output.2) }
  }
}
