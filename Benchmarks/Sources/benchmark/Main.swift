import Foundation

/// What the engine costs, beside what pymdp does: `Benchmarks/run` starts it.
///
/// `benchmark [--quick] [--peer PYTHON SCRIPT] [--output FILE]` measures; `--once AGENTS HORIZON
/// STEPS` is one closed loop in a process of its own, `--successor SIDE` a successor map, `--smoothing` and
/// `--windows` measure smoothing and windows alone.
@main
struct Main {
  static func main() {
    do {
      var arguments = Array(CommandLine.arguments.dropFirst())
      if arguments.first == "--once" { return try runOnce(Array(arguments.dropFirst())) }
      if arguments.first == "--successor" {
        return try runSuccessor(Array(arguments.dropFirst()))
      }
      if arguments == ["--smoothing"] {
        var report = Report()
        report.smoothing = try measureSmoothing(steps: 10_000, blocks: 9)
        return say(report.smoothingTable)
      }
      if arguments == ["--windows"] {
        var report = Report()
        report.windows = try measureWindows(blocks: 9)
        say(report.windowTable)
        report.policyMessages = try measurePolicyMessages(blocks: 9)
        return say(report.policyMessageTable)
      }
      let isQuick = take(&arguments, "--quick", count: 0) != nil
      let peer = try take(&arguments, "--peer", count: 2).map { words in
        try Peer(python: words[0], script: words[1])
      }
      let output = take(&arguments, "--output", count: 1)?.first
      if let unknown = arguments.first { throw BenchmarkFailure("what is \(unknown)?") }
      let report = try measure(peer, isQuick: isQuick)
      if let output {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: URL(filePath: output))
      }
    } catch {
      note("\(error)")
      exit(1)
    }
  }

  /// Takes an option and the words that follow it out of the arguments.
  private static func take(_ arguments: inout [String], _ option: String, count: Int) -> [String]? {
    guard let index = arguments.firstIndex(of: option), index + count < arguments.count else {
      return nil
    }
    let words = Array(arguments[(index + 1)..<(index + 1 + count)])
    arguments.removeSubrange(index...(index + count))
    return words
  }

  private static func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  /// Prints at once, where `print` would wait for more.
  private static func say(_ text: String) {
    FileHandle.standardOutput.write(Data("\(text)\n\n".utf8))
  }

  private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path

  private static func measure(_ peer: Peer?, isQuick: Bool) throws -> Report {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let blocks = isQuick ? 5 : 9
    let horizons = isQuick ? [3] : [2, 3, 4]
    var report = Report()
    report.isQuick = isQuick
    report.peer = peer?.identity
    say(report.heading)

    for horizon in horizons {
      note("one agent, horizon \(horizon)")
      let one = ClosedLoop(agents: 1, horizon: horizon, steps: 101, threads: 1)
      report.comparisons.append(try compare(one, peer, blocks: blocks))
      report.comparisons.append(try compareOnRecord(horizon: horizon, peer, blocks: blocks))
    }
    for horizon in horizons {
      note("1,000 agents, horizon \(horizon)")
      let many = ClosedLoop(agents: 1000, horizon: horizon, steps: 7, threads: cores)
      report.comparisons.append(try compare(many, peer, blocks: horizon > 3 ? 5 : blocks))
    }
    say(report.table("closed loop", "closed loop in the T-maze, world included"))
    say(report.table("on a record", "one agent on a record, no world"))
    if peer != nil { say(report.agreement) }

    note("starts")
    report.starts = try starts(peer, cores: cores, blocks: isQuick ? 1 : 3)
    say(report.startTable)

    note("cue chaining")
    report.chaining = try measureChaining(blocks: blocks)
    say(report.chainingTable)

    note("savings")
    report.savings = try measureSavings(horizons: horizons, blocks: blocks)
    say(report.savingTable)

    note("successor maps")
    report.successor = try measureSuccessor(
      sides: isQuick ? [100] : [100, 1000], program: program)
    say(report.successorTable)

    note("smoothing")
    report.smoothing = try measureSmoothing(steps: 10_000, blocks: blocks)
    say(report.smoothingTable)
    note("windows")
    report.windows = try measureWindows(blocks: blocks)
    say(report.windowTable)
    report.policyMessages = try measurePolicyMessages(blocks: blocks)
    say(report.policyMessageTable)

    note("threads")
    report.growth = try measureThreads(blocks: blocks)
    say(report.threadTable)

    report.growth += try measureGrowth(peer, isQuick: isQuick) { note("growth with \($0)") }
    report.machine.busyAfter = Report.Machine.busyCores()
    say(report.load)
    return report
  }

  private static func starts(_ peer: Peer?, cores: Int, blocks: Int) throws -> [Start] {
    let cases = [("one episode", 1, 1), ("an episode each", 1000, cores)]
    return try cases.prefix(blocks > 1 ? 2 : 1).map { name, agents, threads in
      try compareStarts(
        name, ClosedLoop(agents: agents, horizon: 3, steps: 7, threads: threads),
        program: program, peer, blocks: blocks)
    }
  }
}
