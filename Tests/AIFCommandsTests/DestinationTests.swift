import Foundation
import Testing

/// Where `--output` leads to.
@Suite("The destination of a result")
struct DestinationTests {
  private let folder: Folder
  /// What one episode of the T-maze is written as.
  private let expected: String

  init() throws {
    folder = try Folder()
    #expect(try run("simulate", "tmaze", "--output", folder.file("reference")).code == 0)
    expected = try folder.read("reference")
  }

  private func simulate(_ output: String) throws -> Outcome {
    try run("simulate", "tmaze", "--output", output)
  }

  @Test("keeps its permissions where it is a file already")
  func permissions() throws {
    let file = try folder.write("old\n", "file")
    #expect(chmod(file, 0o640) == 0)
    #expect(try simulate(file).code == 0)
    #expect(try folder.read("file") == expected)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(folder.names == ["file", "reference"])
  }

  @Test("is followed where it is a link, to a file that is there or is not, and stays a link")
  func links() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("inside"), withIntermediateDirectories: false)
    try folder.write("old\n", "inside/there")
    for (link, target) in [
      ("absolute", folder.file("inside/there")), ("relative", "inside/there"),
      ("second", "relative"), ("dangling", "inside/new"),
      ("dangling absolute", folder.file("inside/newer")),
    ] {
      #expect(symlink(target, folder.file(link)) == 0)
      #expect(try simulate(folder.file(link)).code == 0)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(link)) == target)
      #expect(try folder.read(link) == expected)
    }
    let inside = try FileManager.default.contentsOfDirectory(atPath: folder.file("inside"))
    #expect(inside.sorted() == ["new", "newer", "there"])
    #expect(symlink("loop", folder.file("loop")) == 0)
    let loop = try simulate(folder.file("loop"))
    #expect(loop.code == 74)
    #expect(loop.err.contains("symbolic links"))
    #expect(symlink("no/folder", folder.file("nowhere")) == 0)
    #expect(try simulate(folder.file("nowhere")).code == 74)
  }

  @Test("may be a named pipe or standard output by its name")
  func streams() throws {
    let piped = try shell(
      """
      mkfifo "$1"
      cat "$1" & "$0" simulate tmaze --output "$1" >/dev/null || exit
      wait
      """, folder.file("pipe"))
    #expect(piped.code == 0)
    #expect(piped.out == expected)
    #expect(try simulate("-").out == expected)
    #expect(try simulate("/dev/stdout").out.hasPrefix(expected))
    #expect(try shell("\"$0\" simulate tmaze --output /dev/stdout | cat").out.hasPrefix(expected))
    #expect(folder.names == ["pipe", "reference"])
  }

  @Test("has one whole result where two commands write it at once")
  func twoWriters() throws {
    func arguments(_ seed: Int, _ name: String) -> [String] {
      [
        "simulate", "gridworld", "--seed", "\(seed)", "--episodes", "\(20 * seed)", "--output",
        folder.file(name),
      ]
    }
    #expect(try run(arguments(1, "one")).code == 0)
    #expect(try run(arguments(2, "two")).code == 0)
    for _ in 0..<5 {
      let writers = try [1, 2].map { try RunningCommand(arguments($0, "both")) }
      let outcomes = try writers.map { try $0.wait() }
      #expect(outcomes.map(\.code) == [0, 0])
      let text = try folder.read("both")
      #expect(try text == folder.read("one") || text == folder.read("two"))
    }
    #expect(folder.names == ["both", "one", "reference", "two"])
  }

  @Test("leaves alone what an earlier process of the same number has left unfinished")
  func sameNumber() throws {
    let outcome = try shell(
      "echo earlier > \"$1.$$.partial\"; exec \"$0\" simulate tmaze --output \"$1\"",
      folder.file("traces"))
    #expect(outcome.code == 0)
    #expect(try folder.read("traces") == expected)
    let left = folder.names.filter { $0.hasSuffix(".partial") }
    #expect(left.count == 1)
    #expect(try folder.read(left.first ?? "") == "earlier\n")
  }

  @Test(
    "that becomes a folder meanwhile takes nothing away: the message says where the episodes are")
  func placeTaken() throws {
    let output = folder.file("traces")
    let command = try RunningCommand([
      "simulate", "tmaze", "--episodes", "1000000", "--record", "choices", "--output", output,
    ])
    let started = ContinuousClock.now
    func partial() -> String? { folder.names.first { $0.hasSuffix(".partial") } }
    while started.duration(to: .now) < .seconds(30), command.isRunning,
      try partial().map({ try folder.read($0).isEmpty }) ?? true
    {
      usleep(10_000)
    }
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
    command.send(SIGTERM)
    let outcome = try command.wait()
    #expect(outcome.code == 74)
    let kept = try #require(partial())
    #expect(
      outcome.err
        == "aif: \(output): Is a directory; the finished episodes are in \(folder.file(kept))\n")
    let traces = try folder.traces(kept)
    #expect(traces.map(\.episode) == Array(0..<traces.count))
    #expect(traces.count > 0)
  }

  @Test("has the episodes before one in which the agent cannot go on, and the message says so")
  func agentStops() throws {
    // The agent is sure that the door is open; the world's is shut in half of the episodes.
    let sure = try folder.write(
      Sample.door + "\nD: [{factor: door, probability: [1, 0]}]\n", "agent.yaml")
    let world = try folder.write(Sample.door, "world.yaml")
    for seed in 0..<20 {
      let output = folder.file("traces")
      let outcome = try run(
        "simulate", world, "--model", sure, "--episodes", "100", "--seed", "\(seed)", "--output",
        output, "--format", "csv")
      #expect(outcome.code == 2)
      let stop = try #require(outcome.err.firstMatch(of: /^aif: episode (\d+), step/)?.output.1)
      if stop == "0" {
        #expect(!folder.names.contains("traces"))
        continue
      }
      #expect(outcome.err.hasSuffix("; the finished episodes are in \(output)\n"))
      #expect(try folder.traces("traces").map(\.episode) == Array(0..<(Int(stop) ?? 0)))
      #expect(Set(fields(outcome.out).dropFirst().map { $0[0] }).count == Int(stop))
      return
    }
    Issue.record("the first door is shut with every seed")
  }
}
