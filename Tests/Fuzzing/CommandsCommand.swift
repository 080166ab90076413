import ActiveInference
import ArgumentParser
import Foundation

/// Command lines made at random, run by the program itself.
struct CommandsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commands", abstract: "Run aif with mutated arguments and files.")

  @Option(help: "The program.") var aif: String
  @OptionGroup var inputs: MutatedRun

  /// What the program promises, but for signals, of which none is sent.
  private static let promised: Set<Int32> = [0, 1, 2, 74]
  /// Seconds of processor time, and until it is taken to hang.
  private static let (mostSeconds, patience) = (2.0, 10.0)

  func run() throws {
    print("seed \(inputs.seed), \(inputs.count) command lines")
    let corpus = try Corpus(inputs.corpus)
    var codes: [Int32: Int] = [:]
    var failed = 0
    try withTemporaryFolder { folder in
      try CommandLineMaker.furnish(folder)
      for index in 0..<inputs.count {
        var maker = CommandLineMaker(
          mutator: Mutator(
            random: RandomStream(
              seed: inputs.seed, episode: UInt64(index), step: 1, purpose: .user),
            corpus: corpus), folder: folder)
        let line = try maker.line()
        let child = Child(
          program: aif, arguments: line.arguments, input: line.input, output: "\(folder)/out",
          errors: "\(folder)/err", limit: CommandsCommand.patience)
        let feeders = try line.fifos.map { try Feeder($0.file, intoFIFO: $0.fifo) }
        defer { feeders.forEach { $0.end() } }
        let ending = try child.run()
        codes[ending.code ?? -1, default: 0] += 1
        let errors = FileManager.default.contents(atPath: child.errors) ?? Data()
        guard let problem = problem(ending, String(decoding: errors, as: UTF8.self), line.size)
        else { continue }
        failed += 1
        print("FAILED line \(index): \(problem)\n  aif \(line.arguments) \(line.input)")
        for (fifo, file) in line.fifos { print("  with \(file) written into \(fifo)") }
        print("  \(String(decoding: errors.prefix(400), as: UTF8.self))")
        let kept = ".build/fuzz/findings/commands-\(inputs.seed)-\(index)"
        try FileManager.default.createDirectory(
          atPath: ".build/fuzz/findings", withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: kept)
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: false)
        for name in line.files {
          try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(kept)/\(name)")
        }
      }
    }
    print(
      codes.sorted { $0.key < $1.key }.map { "\($0.value) exit \($0.key)" }.joined(separator: ", "))
    if failed > 0 { throw ExitCode(1) }
    print("every exit code is a promised one, every refusal has its message")
  }

  private func problem(_ ending: Child.Ending, _ errors: String, _ size: Int) -> String? {
    guard let code = ending.code else { return ending.description }
    guard CommandsCommand.promised.contains(code) else { return "exit code \(code)" }
    if ending.seconds > CommandsCommand.mostSeconds { return "takes \(ending.seconds) s" }
    // What the program is itself comes on top.
    if ending.peak > 64 << 20 + Probe.mostBytes(for: size) {
      return "takes \(ending.peak >> 20) MiB for \(size) bytes"
    }
    let isRefused = code == 2 || code == 74
    if isRefused && !errors.hasPrefix("aif: ") { return "exit code \(code) without a message" }
    if !isRefused && !errors.isEmpty { return "exit code \(code) with a message" }
    if errors.contains("Fatal error") { return "a trap in its message" }
    return nil
  }
}

/// Makes command lines, with the files that they name.
struct CommandLineMaker {
  /// A command line and what it reads.
  struct Line {
    var arguments: [String]
    var input = Child.Input.file("/dev/null")
    /// FIFOs that it names, and what is written into each.
    var fifos: [(fifo: String, file: String)] = []
    /// The files that were made for it, and their size.
    var files: [String] = []
    var size = 0
  }

  var mutator: Mutator
  let folder: String

  /// Places in the folder that are no files.
  static func furnish(_ folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/directory", withIntermediateDirectories: true)
    try Data([0x7B]).write(to: URL(filePath: "\(folder)/unreadable"))
    chmod("\(folder)/unreadable", 0)
    symlink("loop", "\(folder)/loop")
  }

  mutating func line() throws -> Line {
    var line = Line(arguments: [])
    let command = mutator.pick([
      "simulate", "simulate", "replay", "verify", "validate", "describe", "environments",
      "explain", "learn", "lint", "reduce",
    ])
    line.arguments.append(command)
    let takesEnvironment = (command == "simulate" || command == "describe") && mutator.one(in: 2)
    switch command {
    case "environments": break
    case "reduce":
      line.arguments.append(try mutator.one(in: 2) ? path(.trace, &line) : path(.model, &line))
      line.arguments += ["--prior", try path(.model, &line)]
    case "verify", "explain": line.arguments.append(try path(.trace, &line))
    default:
      line.arguments.append(
        takesEnvironment ? environment() : try path(.model, &line))
    }
    if command == "replay" || command == "learn" {
      line.arguments += ["--data", try path(.data, &line)]
    }
    for _ in 0..<mutator.below(4) { line.arguments += try option(&line) }
    // What has no end by itself would not end here either.
    if command == "simulate" {
      line.arguments += ["--steps", mutator.pick(["1", "3", "0", "-1", "x", "1e3", ""])]
    }
    if mutator.one(in: 12) { line.arguments.shuffle(using: &mutator.random) }
    if mutator.one(in: 20), let last = line.arguments.popLast() {
      line.arguments.append(last + "\u{1B}")
    }
    return line
  }

  private mutating func environment() -> String {
    mutator.pick(["tmaze", "tmaze-simplified", "tmaze-legacy", "gridworld", "tmazE", "", "nowhere"])
  }

  private mutating func option(_ line: inout Line) throws -> [String] {
    switch mutator.below(9) {
    case 0: return ["--set", "agent.\(setting())=\(value())"]
    case 1: return ["--set", "\(parameter())=\(value())"]
    case 2: return ["--agent", try path(.agent, &line)]
    case 3: return ["--model", try path(.model, &line)]
    case 4: return ["--format", mutator.pick(["json", "csv", "table", "xml", ""])]
    case 5: return ["--record", mutator.pick(["none", "beliefs", "full", "iterates", "all"])]
    case 6: return ["--seed", value()]
    case 7: return ["--tolerance", value()]
    default:
      return mutator.pick([
        ["--threads", value()], ["--episodes", mutator.pick(["1", "2", "0", "-3", "x"])],
        ["--carry", "counts"], ["--step", mutator.pick(["0", "1", "9", "-1", "x"])],
        ["--output", "\(folder)/written"],
        ["--output", "\(folder)/directory"],
        ["--output", "\(folder)/none/such"], ["--help"], ["--version"], ["--"], ["-"],
        ["--unknown"],
        ["--output", "-"],
      ])
    }
  }

  private mutating func setting() -> String {
    mutator.pick([
      "planning.horizon", "planning.gamma", "inference.iterations", "inference.algorithm",
      "learning",
      "planning.inductive", "planning.inductive.depth", "preset", "action.mode",
      "inference.tolerance",
      "planning.horizn", "", ".", "planning", "learning.A.rate",
    ])
  }

  private mutating func parameter() -> String {
    mutator.pick([
      "cueValidity", "rewardProbability", "rows", "columns", "size", "width", "height", "layout",
      "map",
      "start", "goal", "noise", "x", "", "=",
    ])
  }

  private mutating func value() -> String {
    switch mutator.below(5) {
    case 0: return "\(mutator.integer())"
    case 1: return "\(mutator.number())"
    case 2: return mutator.pick(Mutator.unwritable).1
    case 3: return mutator.pick(Mutator.keys)
    default:
      return mutator.pick([
        "0.5", "3", "null", "{}", "[]", "[1,2]", "{\"depth\": 1000000000000}", "true", "\"\"", "",
        "{\"A\": {\"rate\": -1}}", "[[[[", String(repeating: "[", count: 5000), "nan", "-0",
      ])
    }
  }

  /// A file made for the line, or something that is no file.
  private mutating func path(_ format: Format, _ line: inout Line) throws -> String {
    let odd =
      [
        "directory", "unreadable", "loop", "none", "directory/", "none/such", "",
      ].map { $0.isEmpty ? "" : "\(folder)/\($0)" } + [
        "/dev/null", "/dev/zero", "/dev/full", "/proc/self/mem",
      ]
    if mutator.one(in: 4) { return mutator.pick(odd) }
    let name = "input\(line.files.count)"
    let bytes =
      mutator.one(in: 2) ? mutator.pick(mutator.corpus[format]) : mutator.bytes(format)
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    line.files.append(name)
    line.size += bytes.count
    let path = "\(folder)/\(name)"
    switch mutator.below(18) {
    case 0, 1:
      line.input = .file(path)
      return "-"
    case 2, 3:
      line.input = .pipe(from: path)
      return "-"
    case 4, 5:
      let fifo = "\(folder)/fifo\(line.fifos.count)"
      if mkfifo(fifo, 0o600) != 0 && errno != EEXIST {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      line.fifos.append((fifo, path))
      return fifo
    default: return path
    }
  }
}
