import Foundation
import Testing

@Suite("A signal")
struct SignalTests {
  @Test(
    "ends a long simulation with whole episodes in order in the file",
    arguments: [
      (SIGINT, "10000000", "2"), (SIGTERM, "10000000", "1"),
      (SIGINT, "9223372036854775807", "1"), (SIGTERM, "9223372036854775807", "2"),
    ])
  func simulation(signal: Int32, episodes: String, threads: String) throws {
    let folder = try Folder()
    let command = try RunningCommand([
      "simulate", "tmaze", "--episodes", episodes, "--threads", threads, "--record", "choices",
      "--output", folder.file("traces.jsonl"),
    ])
    // Long enough that some of it has been written, however slow the machine.
    let started = ContinuousClock.now
    while started.duration(to: .now) < .seconds(30), size(folder) < 1 << 18, command.isRunning {
      Thread.sleep(forTimeInterval: 0.05)
    }
    command.send(signal)
    let outcome = try command.wait()
    #expect(outcome.code == 128 + signal)
    #expect(outcome.err == "")
    #expect(folder.names == ["traces.jsonl"])
    let text = try folder.read("traces.jsonl")
    #expect(text.hasSuffix("\n"))
    let numbers = try text.split(separator: "\n").map { try object(String($0))["episode"] as? Int }
    #expect(numbers == Array(0..<numbers.count))
    #expect(numbers.count > 10)
    #expect(outcome.out.contains("in \(numbers.count) of \(numbers.count)") || numbers.count > 999)
    #expect(outcome.out.contains("were asked for"))
  }

  private func size(_ folder: Folder) -> Int {
    folder.names.compactMap {
      try? FileManager.default.attributesOfItem(atPath: folder.file($0))[.size] as? Int
    }.reduce(0, +)
  }

  @Test("before the first episode is finished leaves an old file as it is")
  func firstEpisode() throws {
    let folder = try Folder()
    let old = try folder.write("old\n", "traces.jsonl")
    let command = try RunningCommand([
      "simulate", "tmaze", "--steps", "1000000000", "--record", "none", "--format", "csv",
      "--output", old,
    ])
    let started = ContinuousClock.now
    while started.duration(to: .now) < .seconds(30), folder.names.count < 2, command.isRunning {
      Thread.sleep(forTimeInterval: 0.02)
    }
    Thread.sleep(forTimeInterval: 0.2)
    command.send(SIGINT)
    let outcome = try command.wait()
    #expect(outcome.code == 130)
    #expect(outcome.out == "")
    #expect(try folder.read("traces.jsonl") == "old\n")
    #expect(folder.names == ["traces.jsonl"])
  }

  @Test("ends the wait for a file that nobody writes", arguments: [SIGINT, SIGTERM])
  func waiting(signal: Int32) throws {
    let folder = try Folder()
    mkfifo(folder.file("pipe"), 0o600)
    for arguments in [
      ["validate", folder.file("pipe")], ["simulate", "tmaze", "--output", folder.file("pipe")],
    ] {
      let command = try RunningCommand(arguments)
      Thread.sleep(forTimeInterval: 0.5)
      #expect(command.isRunning)
      command.send(signal)
      let outcome = try command.wait()
      #expect(outcome.code == 128 + signal)
      #expect(outcome.out + outcome.err == "")
    }
  }
}
