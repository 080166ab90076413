import Foundation
import Testing

/// The texts are in `Help`, one file a command. To write them anew after a change that is meant:
///
///     AIF_WRITE_HELP=1 swift test --filter HelpTests
///
/// and look at what `git diff` says.
@Suite("Help")
struct HelpTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Help")
  static let commands = [
    "simulate", "replay", "learn", "verify", "diff", "explain", "approve", "validate", "lint",
    "describe", "objectives", "solve", "reduce", "physiology",
    "environments",
  ]

  @Test("is what the files beside the tests say", arguments: [""] + commands)
  func isVerbatim(command: String) throws {
    let outcome = try run(command.isEmpty ? ["--help"] : [command, "--help"])
    #expect(outcome.code == 0)
    #expect(outcome.err == "")
    let file = Self.folder.appending(path: command.isEmpty ? "aif.txt" : "\(command).txt")
    if ProcessInfo.processInfo.environment["AIF_WRITE_HELP"] != nil {
      try Data(outcome.out.utf8).write(to: file)
    }
    #expect(outcome.out == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test("fits a terminal of eighty columns and gives an example", arguments: [""] + commands)
  func fits(command: String) throws {
    let outcome = try run(command.isEmpty ? ["--help"] : [command, "--help"])
    #expect(outcome.lines.allSatisfy { $0.count <= 80 })
    #expect(outcome.out.contains("Example: aif"))
  }

  @Test("every example in it works")
  func examplesWork() throws {
    #expect(
      try run("simulate", "tmaze", "--set", "cueValidity=0.8", "--set", "agent.planning.horizon=4")
        .code == 0)
    #expect(try run("describe", "tmaze", "--set", "agent.planning.horizon=5").code == 0)
    #expect(try run("solve", "tiger", "--discount", "0.95", "--episodes", "100").code == 0)
    #expect(try run("environments", "--format", "json").code == 0)
  }

  @Test("is printed where no command is named")
  func isPrintedAlone() throws {
    #expect(try run().out == run("--help").out)
  }

  @Test("names the build and the generator of random numbers as version")
  func version() throws {
    let outcome = try run("--version")
    #expect(outcome.code == 0)
    #expect(outcome.out.hasPrefix("aif "))
    #expect(outcome.out.contains("debug") || outcome.out.contains("release"))
    #expect(outcome.out.contains("Philox4x64-10"))
  }
}
