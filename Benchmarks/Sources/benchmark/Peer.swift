import Foundation

/// pymdp in a process that lives as long as the benchmark: `Peer/peer.py`.
final class Peer {
  /// What it is.
  struct Identity: Codable {
    let pymdp: String
    let jax: String
    let python: String
    let precision: String
  }

  /// A command and all it may say.
  private struct Command: Encodable {
    let `do`: String
    var agents: Int?
    var horizon: Int?
    var steps: Int?
    var observations: [[Int]]?
    var actions: [Int]?
    var repetitions: Int?
    var seed: UInt64?

    // A key without a value stays, as null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(`do`, forKey: .do)
      try container.encode(agents, forKey: .agents)
      try container.encode(horizon, forKey: .horizon)
      try container.encode(steps, forKey: .steps)
      try container.encode(observations, forKey: .observations)
      try container.encode(actions, forKey: .actions)
      try container.encode(repetitions, forKey: .repetitions)
      try container.encode(seed, forKey: .seed)
    }
    enum Key: CodingKey {
      case `do`, agents, horizon, steps, observations, actions, repetitions, seed
    }
  }

  private struct Seconds: Decodable { let seconds: Double }
  private struct Share: Decodable { let share: Double }
  private struct Posterior: Decodable { let posterior: [[Double]] }

  let python: String
  let script: String
  let identity: Identity
  private let channel: Channel

  init(python: String, script: String) throws {
    self.python = python
    self.script = script
    channel = try Channel(python, [script])
    identity = try channel.ask(Command(do: "hello"), for: Identity.self)
  }

  /// Compiles a closed loop and runs it once.
  ///
  /// - Returns: seconds until the first result.
  func prepare(_ loop: ClosedLoop) throws -> Double {
    let command = Command(
      do: "prepare", agents: loop.agents, horizon: loop.horizon, steps: loop.steps)
    return try channel.ask(command, for: Seconds.self).seconds
  }

  /// Compiles the steps of one agent on a record and takes them once.
  ///
  /// - Parameter actions: the action before each observation; -1 where an episode begins.
  func prepare(horizon: Int, observations: [[Int]], actions: [Int]) throws {
    let command = Command(
      do: "prepare", horizon: horizon, observations: observations, actions: actions)
    _ = try channel.ask(command, for: Seconds.self)
  }

  /// Does what was prepared so many times and says how many seconds that took.
  func run(repetitions: Int, seed: UInt64) throws -> Double {
    let command = Command(do: "run", repetitions: repetitions, seed: seed & 0x7fff_ffff)
    return try channel.ask(command, for: Seconds.self).seconds
  }

  /// The share of the agents of the last closed loop that stand at a reward in the end.
  func rewarded() throws -> Double {
    try channel.ask(Command(do: "rewarded"), for: Share.self).share
  }

  /// The posterior over policies at each step of the last walk.
  func posterior() throws -> [[Double]] {
    try channel.ask(Command(do: "posterior"), for: Posterior.self).posterior
  }
}

/// A process that answers each line with a line.
final class Channel {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  /// Starts a program; what it says on standard error is shown.
  init(_ program: String, _ arguments: [String]) throws {
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { try? input.fileHandleForWriting.close() }

  /// Sends a line and reads the answer.
  func ask<Answer: Decodable>(_ command: some Encodable, for type: Answer.Type) throws -> Answer {
    var line = try JSONEncoder().encode(command)
    line.append(UInt8(ascii: "\n"))
    try input.fileHandleForWriting.write(contentsOf: line)
    return try JSONDecoder().decode(Answer.self, from: readLine())
  }

  /// The next line, without its end.
  func readLine() throws -> Data {
    var searched = unread.startIndex
    while true {
      if let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return unread[..<end]
      }
      searched = unread.endIndex
      let more = output.fileHandleForReading.availableData
      if more.isEmpty {
        process.waitUntilExit()
        throw BenchmarkFailure(
          "\(process.executableURL?.path ?? "a process") ended early, with code"
            + " \(process.terminationStatus)")
      }
      unread.append(more)
    }
  }
}

/// Why there is no result.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
