import ActiveInference
import BenchmarkWorkloads
import Foundation
import TMaze

/// A process from its start to its first result, and the memory it took.
struct Start: Codable {
  let name: String
  let agents: Int
  let policies: Int
  /// Nanoseconds from the start of the process to the end of its first closed loop.
  let ours: Sample
  let ourMemory: Int?
  var peer: Sample?
  var peerMemory: Int?
}

/// What a process started with `--once` does: a closed loop, its first action, its peak memory.
func runOnce(_ arguments: [String]) throws {
  let numbers = arguments.compactMap { Int($0) }
  guard numbers.count == 3 else { throw BenchmarkFailure("--once AGENTS HORIZON STEPS") }
  let loop = ClosedLoop(
    agents: numbers[0], horizon: numbers[1], steps: numbers[2],
    threads: numbers[0] == 1 ? 1 : ProcessInfo.processInfo.activeProcessorCount)
  guard let way = ways.first else { return }
  let rewarded = try way.prepare(loop)(0)
  // Not by print: what it writes is held back until the process ends.
  FileHandle.standardOutput.write(Data("rewarded \(rewarded)\n".utf8))
  FileHandle.standardOutput.write(Data("\(peakMemory().map(String.init) ?? "unknown")\n".utf8))
}

/// The most memory this process has held, in bytes; known on Linux.
func peakMemory() -> Int? {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return nil }
  return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 << 10 }
}

/// Starts both sides in turn.
///
/// - Parameter program: this program.
func compareStarts(
  _ name: String, _ loop: ClosedLoop, program: String, _ peer: Peer?, blocks: Int
) throws -> Start {
  let once = ["--once", "\(loop.agents)", "\(loop.horizon)", "\(loop.steps)"]
  let clock = ContinuousClock()
  func start(_ program: String, _ arguments: [String]) throws -> (time: Double, memory: Int?) {
    let began = clock.now
    let process = try Channel(program, arguments)
    _ = try process.readLine()
    let time = (clock.now - began) / .nanoseconds(1)
    return (time, Int(String(decoding: try process.readLine(), as: UTF8.self)))
  }
  var ours: [(time: Double, memory: Int?)] = []
  var theirs: [(time: Double, memory: Int?)] = []
  // Once for the file system, which would otherwise be measured on one side alone.
  _ = try start(program, once)
  for _ in 0..<blocks {
    for _ in 0..<5 { ours.append(try start(program, once)) }
    if let peer { theirs.append(try start(peer.python, [peer.script] + once)) }
  }
  func sample(_ starts: [(time: Double, memory: Int?)]) -> Sample {
    Sample(blocks: starts.map(\.time))
  }
  return Start(
    name: name, agents: loop.agents, policies: loop.policies, ours: sample(ours),
    ourMemory: ours.compactMap(\.memory).max(), peer: theirs.isEmpty ? nil : sample(theirs),
    peerMemory: theirs.compactMap(\.memory).max())
}
