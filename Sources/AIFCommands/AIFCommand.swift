import ActiveInference
import ArgumentParser
import Classics
import CueChaining
import GeneralizedTMaze
import GridWorld
import Reading
import TMaze

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The command `aif`, as a library: an executable of one's own adds environments and keeps every
/// command.
///
/// ```swift
/// AIFCommand.main(environments: AIFCommand.environments + [MyWorld.self])
/// ```
public enum AIFCommand {
  /// The environments that come with the package.
  public static let environments: [any NamedEnvironment.Type] = [
    TMaze.self,
    SimplifiedTMaze.self,
    LegacyTMaze.self,
    GridWorld.self,
    CueChaining.self,
    GeneralizedTMaze.self,
    Tiger.self,
    FrozenLake.self,
    RussellNorvigGrid.self,
    Reading.self,
  ]

  /// Runs the command that the arguments name and ends the process with the promised exit code.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name; the process's own unless given.
  ///   - environments: what can be simulated by name.
  public static func main(
    _ arguments: [String]? = nil,
    environments: [any NamedEnvironment.Type] = AIFCommand.environments
  ) -> Never {
    occupyStandardStreams()
    Interruption.install()
    exit(run(arguments, environments))
  }

  private static func run(
    _ arguments: [String]?, _ environments: [any NamedEnvironment.Type]
  ) -> Int32 {
    do {
      return try Catalog.$current.withValue(Catalog(environments)) {
        var command = try RootCommand.parseAsRoot(arguments)
        try command.run()
        return 0
      }
    } catch let failure as CommandFailure {
      if let message = failure.message { complain(message) }
      return failure.exitCode
    } catch let faults as InvalidInput {
      complain(faults.description)
      return CommandFailure.input("").exitCode
    } catch {
      return endOfParsing(error)
    }
  }

  /// What the argument parser ends with: help and version are results, the rest is a usage error.
  private static func endOfParsing(_ error: any Error) -> Int32 {
    let text = RootCommand.fullMessage(for: error)
    guard RootCommand.exitCode(for: error) == .success else {
      let message = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let first = message.first.map(String.init) ?? ""
      complain(first.hasPrefix("Error: ") ? String(first.dropFirst(7)) : first)
      if message.count > 1 { StandardError.write(printable(String(message[1])) + "\n") }
      return CommandFailure.input("").exitCode
    }
    do {
      let output = try OutputFile("-")
      output.append(text.hasSuffix("\n") ? text : text + "\n")
      try output.finish()
      return 0
    } catch {
      let failure = error as? CommandFailure ?? .output("\(error)")
      if let message = failure.message { complain(message) }
      return failure.exitCode
    }
  }

  /// Each line is one thing that is wrong.
  private static func complain(_ message: String) {
    let lines = message.split(separator: "\n", omittingEmptySubsequences: true)
    StandardError.write(lines.map { "aif: \(printable(String($0)))\n" }.joined())
  }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aif",
    abstract: "Active inference in discrete worlds: simulate, replay and verify agents.",
    discussion: "Example: aif simulate tmaze",
    version:
      "aif \(Build.version) (\(Build.platform)); random numbers Philox4x64-10",
    subcommands: [
      SimulateCommand.self, ReplayCommand.self, LearnCommand.self, VerifyCommand.self,
      DiffCommand.self, ExplainCommand.self, ApproveCommand.self, ValidateCommand.self,
      LintCommand.self, DescribeCommand.self, ObjectivesCommand.self, SolveCommand.self,
      ReduceCommand.self, PhysiologyCommand.self,
      EnvironmentsCommand.self,
    ])
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case json
  case csv
}
