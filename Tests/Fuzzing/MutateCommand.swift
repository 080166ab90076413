import ArgumentParser
import Foundation
import Synchronization

/// Many mutated inputs, in processes of their own, so that a crash ends one of them and not the run.
struct MutateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate", abstract: "Put mutated inputs through every reader.")

  @OptionGroup var inputs: MutatedRun
  @Option(help: "Where an input that is too much is kept.") var findings = ".build/fuzz/findings"

  func run() throws {
    let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
    print("seed \(inputs.seed), \(inputs.count) inputs, \(processors) processes")
    let corpus = try Corpus(inputs.corpus)
    let found = Mutex<[Int: String]>([:])
    let endings = Mutex<[String: Int]>([:])
    DispatchQueue.concurrentPerform(iterations: processors) { part in
      var next = part
      while next < inputs.count {
        do {
          let part = try Part(inputs, from: next, stride: processors)
          found.withLock { $0.merge(part.findings) { $1 } }
          endings.withLock { $0.merge(part.endings, uniquingKeysWith: +) }
          next = part.next
        } catch {
          found.withLock { $0[next] = "the process could not be run: \(error)" }
          return
        }
      }
    }
    let all = found.withLock { $0 }
    let counts = endings.withLock { $0 }
    print(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    guard all.isEmpty else {
      for (index, text) in all.sorted(by: { $0.key < $1.key }) {
        try keep(Mutator.input(corpus, seed: inputs.seed, index: index), index, text)
      }
      throw ExitCode(1)
    }
    // A run in which nothing got through the readers would find nothing behind them.
    if inputs.count >= 1000 && (counts["ran"] ?? 0) * 20 < inputs.count {
      print("too few inputs came as far as an agent that runs")
      throw ExitCode(1)
    }
    print("no crash, nothing over a second or over 64 MiB and 64 times the input")
  }

  private func keep(_ input: Mutator.Input, _ index: Int, _ text: String) throws {
    try FileManager.default.createDirectory(
      atPath: findings, withIntermediateDirectories: true)
    let path = "\(findings)/\(input.format.rawValue)-\(inputs.seed)-\(index)"
    try Data(input.bytes).write(to: URL(filePath: path))
    print("FAILED input \(index): \(text)\n  again: fuzz try \(input.format.rawValue) \(path)")
  }
}

/// The inputs of a run.
struct MutatedRun: ParsableArguments {
  @Option(help: "The seed of all mutations.") var seed: UInt64 = 1
  @Option(help: "How many inputs.") var count = 10_000
  @Option(help: "The inputs to begin from.") var corpus = "Tests/Fuzzing/Corpus"
}

/// What one process made of every so many-th input, up to the end or to where it fell.
private struct Part {
  var findings: [Int: String] = [:]
  var endings: [String: Int] = [:]
  /// The input to go on with.
  var next: Int

  init(_ inputs: MutatedRun, from first: Int, stride: Int) throws {
    next = inputs.count
    try withTemporaryFolder { folder in
      let ending = try Child(
        program: CommandLine.arguments[0],
        arguments: [
          "examine", "--seed", "\(inputs.seed)", "--count", "\(inputs.count)", "--corpus",
          inputs.corpus,
          "--first", "\(first)", "--stride", "\(stride)",
        ],
        output: "\(folder)/out", errors: "\(folder)/err", limit: 3600
      ).run()
      let output = String(
        decoding: FileManager.default.contents(atPath: "\(folder)/out") ?? Data(), as: UTF8.self)
      var last = first
      for line in output.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let index = Int(words[0]) else { continue }
        last = index
        if words[1] == "begins" { continue }
        if words[1] == "found" {
          findings[index] = words.count > 2 ? String(words[2]) : ""
        } else {
          endings[String(words[1]), default: 0] += 1
        }
      }
      if ending.code == 0 { return }
      let errors = String(
        decoding: FileManager.default.contents(atPath: "\(folder)/err") ?? Data(), as: UTF8.self)
      let reason = errors.split(separator: "\n").first { $0.contains("atal") } ?? ""
      let isLate = ending.signal == SIGALRM
      findings[last] =
        isLate ? "does not end in \(ExamineCommand.patience) s" : "\(ending.description) \(reason)"
      next = last + stride
    }
  }
}

/// Every so many-th input of a run, in this process; says how each begins and ends.
struct ExamineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "examine", shouldDisplay: false)
  /// Seconds after which an input has not ended.
  static let patience: UInt32 = 20

  @OptionGroup var inputs: MutatedRun
  @Option var first = 0
  @Option var stride = 1

  func run() throws {
    let probe = try Probe()
    let corpus = try Corpus(inputs.corpus)
    limitMemory()
    for index in Swift.stride(from: first, to: inputs.count, by: stride) {
      let input = Mutator.input(corpus, seed: inputs.seed, index: index)
      say("\(index) begins")
      // Its signal ends the process, which the other one understands.
      alarm(ExamineCommand.patience)
      let result = probe.measured(input.bytes, as: input.format)
      alarm(0)
      let text = result.finding.map { "found \($0.replacing("\n", with: " ").prefix(500))" }
      say("\(index) \(text ?? result.ending)")
    }
  }

  /// What asks for more than any input may have is a crash, not a machine without memory.
  private func limitMemory() {
    #if os(Linux)
      var limit = rlimit(rlim_cur: 8 << 30, rlim_max: 8 << 30)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
  }

  private func say(_ line: String) {
    var line = line + "\n"
    line.withUTF8 { _ = write(1, $0.baseAddress, $0.count) }
  }
}

/// One input again, from a file.
struct TryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try", abstract: "Examine one file and say what it took.")

  @Argument var format: Format
  @Argument var file: String

  func run() throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: file)))
    let result = try Probe().measured(bytes, as: format)
    print(
      "\(result.ending), \(result.seconds) s, \(result.bytes >> 10) KiB for \(bytes.count) bytes")
    if let finding = result.finding {
      print("FAILED: \(finding)")
      throw ExitCode(1)
    }
  }
}

extension Format: ExpressibleByArgument {}
