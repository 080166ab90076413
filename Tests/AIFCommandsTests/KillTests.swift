import ActiveInference
import Foundation
import Testing

/// Commands that write a file are ended at random points of their life, which are the same in every
/// run of these tests. What comes of it is compared with the same command left alone, byte for byte.
@Suite("A command that is ended at any point")
struct KillTests {
  /// A command that writes `FILE`.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let arguments: [String]
    /// Whether there is a file already.
    let replaces: Bool

    init(_ name: String, replaces: Bool, _ arguments: String...) {
      testDescription = name
      self.replaces = replaces
      self.arguments = arguments
    }
  }

  static let cases = [
    Case("one episode", replaces: true, "simulate", "tmaze", "--output", "FILE"),
    Case(
      "many episodes on one thread, reported as they come", replaces: false, "simulate", "tmaze",
      "--episodes", "150", "--threads", "1", "--record", "choices", "--format", "csv", "--output",
      "FILE"),
    Case(
      "many episodes on two threads", replaces: true, "simulate", "gridworld", "--episodes", "40",
      "--threads", "2", "--output", "FILE"),
    Case(
      "episodes that go on learning", replaces: false, "simulate", "BANDIT", "--carry", "counts",
      "--set", "agent.learning.A.rate=1", "--episodes", "40", "--format", "csv", "--output", "FILE"),
    Case("an update of a file", replaces: true, "verify", "--update", "FILE"),
    Case("a replay", replaces: true, "replay", "DOOR", "--data", "DATA", "--output", "FILE"),
  ]

  private static let points = 34
  private let folder: Folder
  private static let old = Data("old\n".utf8)
  /// Twelve episodes, of which two differ from what is made of them today.
  private let outdated: Data

  init() throws {
    folder = try Folder()
    #expect(
      try run("simulate", "tmaze", "--episodes", "12", "--output", folder.file("old")).code == 0)
    var traces = try folder.traces("old")
    for episode in [3, 9] { traces[episode].steps[0].freeEnergy = 1 }
    outdated = try Data(contentsOf: URL(filePath: folder.write(traces, "old")))
    try folder.write(Sample.bandit, "bandit.yaml")
    try folder.write(Sample.door, "door.yaml")
    let steps = 60
    let observations = Array(repeating: "[0, 0]", count: steps).joined(separator: ", ")
    let actions = Array(repeating: "[0]", count: steps - 1).joined(separator: ", ")
    try folder.write(
      "{\"format\": \"aif.data/1\", \"observations\": [\(observations)], \"actions\": [\(actions)]}",
      "data.json")
  }

  private func arguments(_ command: Case, output: String) -> [String] {
    let files = [
      "FILE": output, "BANDIT": folder.file("bandit.yaml"), "DOOR": folder.file("door.yaml"),
      "DATA": folder.file("data.json"),
    ]
    return command.arguments.map { files[$0] ?? $0 }
  }

  /// What the command writes when it is left alone, and the seconds that takes.
  private func undisturbed(_ command: Case) throws -> (bytes: Data, seconds: Double) {
    try before(command)?.write(to: URL(filePath: folder.file("reference")))
    let started = ContinuousClock.now
    let outcome = try run(arguments(command, output: folder.file("reference")))
    let seconds = started.duration(to: .now) / .seconds(1)
    #expect(outcome.code == 0, "\(outcome.err)")
    return (try data("reference", folder), seconds)
  }

  /// What is in the file before the command runs.
  private func before(_ command: Case) -> Data? {
    command.replaces ? command.arguments[0] == "verify" ? outdated : Self.old : nil
  }

  private func data(_ name: String, _ folder: Folder) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.file(name)))
  }

  /// Numbers that are the same in every run of the tests.
  private func random(_ seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
  }

  /// What is left of one run.
  private struct Remains {
    let outcome: Outcome
    let file: Data?
    /// Of an unfinished file, if there is one.
    let partial: Data?
  }

  /// Runs the command and sends it signals, each after so many seconds more.
  private func remains(_ command: Case, _ signals: [(Int32, after: Double)]) throws -> Remains {
    let place = try Folder()
    try before(command)?.write(to: URL(filePath: place.file("traces.jsonl")))
    let running = try RunningCommand(arguments(command, output: place.file("traces.jsonl")))
    for (signal, delay) in signals {
      usleep(UInt32(delay * 1e6))
      if running.isRunning { running.send(signal) }
    }
    let outcome = try running.wait()
    let partials = place.names.filter { $0 != "traces.jsonl" }
    #expect(partials.count <= 1)
    #expect(partials.allSatisfy { $0.hasPrefix("traces.jsonl.") && $0.hasSuffix(".partial") })
    return Remains(
      outcome: outcome, file: try? data("traces.jsonl", place),
      partial: try partials.first.map { try data($0, place) })
  }

  /// How many episodes have a row that was printed whole.
  private func reported(_ outcome: Outcome) -> Int {
    guard outcome.out.hasPrefix("episode,") else { return 0 }
    let rows = outcome.out.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return Set(rows.dropFirst().map { $0.prefix { $0 != "," } }).count
  }

  private func lines(_ bytes: Data) -> Int { bytes.count { $0 == UInt8(ascii: "\n") } }

  @Test(
    "by kill -9 leaves the old file or the whole new one, and nothing is lost", arguments: cases)
  func killed(command: Case) throws {
    let (reference, seconds) = try undisturbed(command)
    var chance = random(9)
    var states: [String: Int] = [:]
    for _ in 0..<Self.points {
      let remains = try remains(command, [(SIGKILL, chance.nextUnit() * 1.1 * seconds)])
      #expect([0, 128 + SIGKILL].contains(remains.outcome.code))
      let isNew = remains.file == reference
      #expect(isNew || remains.file == before(command))
      // What a reader sees of an unfinished file, the end without a line end left out.
      let partial = remains.partial ?? Data()
      #expect(partial == reference.prefix(partial.count))
      #expect(reported(remains.outcome) <= lines(isNew ? reference : partial))
      if remains.outcome.code == 0 { #expect(isNew && remains.partial == nil) }
      let isTorn = partial.last.map { $0 != UInt8(ascii: "\n") } ?? false
      states[
        remains.outcome.code == 0
          ? "done before"
          : isNew
            ? "new file"
            : isTorn
              ? "torn end" : !partial.isEmpty ? "whole lines unfinished" : "nothing finished",
        default: 0] += 1
    }
    let counts = states.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    print("kill -9, \(command.testDescription): \(counts.joined(separator: ", "))")
    #expect(states.count > 1, "every point was at the same stage")
  }

  @Test(
    "by a signal leaves whole episodes in order, and the exit code says which signal",
    arguments: cases, [SIGINT, SIGTERM, SIGHUP])
  func ended(command: Case, signal: Int32) throws {
    let (reference, seconds) = try undisturbed(command)
    var chance = random(UInt64(signal))
    for _ in 0..<Self.points / 6 {
      let remains = try remains(command, [(signal, chance.nextUnit() * 1.1 * seconds)])
      let code = remains.outcome.code
      #expect([0, 128 + signal].contains(code))
      #expect(remains.outcome.err == "")
      #expect(remains.partial == nil)
      let old = before(command)
      if code == 0 { #expect(remains.file == reference) }
      guard let file = remains.file, file != old else {
        #expect(remains.file == old)
        #expect(reported(remains.outcome) == 0)
        continue
      }
      #expect(file == reference.prefix(file.count))
      #expect(file.last == UInt8(ascii: "\n"))
      #expect(reported(remains.outcome) <= lines(file))
    }
  }

  @Test("by a second signal loses nothing that was written", arguments: [cases[1], cases[2]])
  func impatience(command: Case) throws {
    let (reference, seconds) = try undisturbed(command)
    var chance = random(2)
    for _ in 0..<Self.points / 3 {
      let begin = chance.nextUnit() * seconds
      let remains = try remains(
        command, [(SIGINT, begin), (SIGINT, after: chance.nextUnit() * 0.003)])
      #expect([0, 128 + SIGINT].contains(remains.outcome.code))
      let partial = remains.partial ?? Data()
      #expect(partial == reference.prefix(partial.count))
      if let file = remains.file, file != Self.old {
        #expect(file == reference.prefix(file.count))
        #expect(file.last == UInt8(ascii: "\n"))
        #expect(reported(remains.outcome) <= lines(file))
      } else {
        #expect(reported(remains.outcome) <= lines(partial))
      }
    }
  }
}
