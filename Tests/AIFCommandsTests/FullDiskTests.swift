import ActiveInference
import Foundation
import Testing

/// Places that take no more, really so: a limit on the size of files, a file system of 64 KiB, a
/// folder that only can be read.
@Suite("A place that takes no more")
struct FullDiskTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// What a command that ran out of space left: whole episodes in order from the first.
  private func expectWholeEpisodes(_ text: String) throws {
    #expect(text.hasSuffix("\n"))
    let traces = try Trace.read(contentsOf: Array(text.utf8), source: "traces")
    #expect(traces.map(\.episode) == Array(0..<traces.count))
    #expect(traces.count > 0)
  }

  @Test("for files beyond a size ends the command with 74, its whole episodes kept")
  func limitedSize() throws {
    let output = folder.file("traces.jsonl")
    let outcome = try shell(
      "ulimit -f 400; exec \"$0\" simulate tmaze --episodes 100000 --output \"$1\"", output)
    #expect(outcome.code == 74)
    #expect(outcome.out == "")
    #expect(
      outcome.err
        == "aif: \(output): File too large; the finished episodes are in \(output)\n")
    #expect(folder.names == ["traces.jsonl"])
    try expectWholeEpisodes(try folder.read("traces.jsonl"))
  }

  @Test("leaves an old file as it is where not even one episode fits, or a replay does not")
  func nothingFits() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    let data = try folder.write(Sample.data(actions: "[[0], [1]]"), "data.json")
    let output = try folder.write("old\n", "traces.jsonl")
    let simulated = try shell(
      "ulimit -f 1; exec \"$0\" simulate gridworld --episodes 3 --output \"$1\"", output)
    #expect(simulated.code == 74)
    #expect(simulated.err == "aif: \(output): File too large\n")
    let replayed = try shell(
      "ulimit -f 1; exec \"$0\" replay \"$2\" --data \"$3\" --output \"$1\"", output, model, data)
    #expect(replayed.code == 74)
    #expect(replayed.err == "aif: \(output): File too large\n")
    #expect(try folder.read("traces.jsonl") == "old\n")
    #expect(folder.names == ["data.json", "door.yaml", "traces.jsonl"])
  }

  @Test("cuts the torn end of standard output where that is a file, and leaves what was there")
  func standardOutput() throws {
    let file = try folder.write("", "out")
    let outcome = try shell(
      "ulimit -f 400; exec \"$0\" simulate tmaze --episodes 100000 --output - > \"$1\"", file)
    #expect(outcome.code == 74)
    #expect(outcome.err == "aif: standard output: File too large\n")
    try expectWholeEpisodes(try folder.read("out"))
    try folder.write("before\n", "out")
    let appended = try shell(
      "ulimit -f 400; exec \"$0\" simulate tmaze --episodes 100000 --output - >> \"$1\"", file)
    #expect(appended.code == 74)
    let text = try folder.read("out")
    #expect(text.hasPrefix("before\n{"))
    try expectWholeEpisodes(String(text.dropFirst(7)))
  }

  #if os(Linux)
    private static let isRoot = geteuid() == 0

    @Test(
      "is a full disk: 74, its whole episodes kept",
      .enabled(if: isRoot, "a file system is mounted by root alone"))
    func fullDisk() throws {
      // In a name space of its own, so that nothing stays mounted.
      let script = """
        mount -t tmpfs -o size=64k none "$1" || exit 99
        "$0" simulate tmaze --episodes 100000 --output "$1/traces.jsonl" > "$1.out"
        echo $?
        ls "$1"
        cat "$1/traces.jsonl" > "$1.copy"
        """
      let disk = folder.file("disk")
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
      let outcome = try shell("exec unshare -m -- sh -c '\(script)' \"$0\" \"$1\"", disk)
      if outcome.code == 99 || outcome.err.contains("unshare") { return Self.skipped(outcome) }
      #expect(outcome.lines == ["74", "traces.jsonl"])
      let output = "\(disk)/traces.jsonl"
      #expect(
        outcome.err
          == "aif: \(output): No space left on device; the finished episodes are in \(output)\n")
      #expect(try folder.read("disk.out") == "")
      try expectWholeEpisodes(try folder.read("disk.copy"))
    }

    @Test(
      "is a folder on a file system that only can be read: 74 before any work is done",
      .enabled(if: isRoot, "a file system is mounted by root alone"))
    func readOnly() throws {
      let script = """
        echo old > "$1/traces.jsonl"
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
        for name in traces.jsonl new; do
          timeout 20 "$0" simulate tmaze --steps 1000000000 --output "$1/$name"
          echo $?
        done
        """
      let place = folder.file("place")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      let outcome = try shell("exec unshare -m -- sh -c '\(script)' \"$0\" \"$1\"", place)
      if outcome.code == 99 || outcome.err.contains("unshare") { return Self.skipped(outcome) }
      #expect(outcome.lines == ["74", "74"])
      #expect(
        outcome.err == """
          aif: \(place)/traces.jsonl: Read-only file system
          aif: \(place)/new: its folder: Read-only file system

          """)
      #expect(try folder.read("place/traces.jsonl") == "old\n")
      #expect(folder.names == ["place"])
    }

    /// Where even root may not mount, as in most containers; the tests of sizes and of permissions
    /// hold the same.
    private static func skipped(_ outcome: Outcome) {
      print("not tested, mounting is not possible here: \(outcome.err)")
    }

    @Test(
      "is a folder without permission to write: 74 before any work is done",
      .enabled(if: !isRoot, "root may write everywhere"))
    func forbidden() throws {
      let place = folder.file("place")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      try folder.write("old\n", "place/traces.jsonl")
      #expect(chmod(place, 0o500) == 0)
      defer { chmod(place, 0o700) }
      let output = "\(place)/traces.jsonl"
      let outcome = try run("simulate", "tmaze", "--steps", "1000000000", "--output", output)
      #expect(outcome.code == 74)
      #expect(outcome.err == "aif: \(output): its folder: Permission denied\n")
      #expect(try folder.read("place/traces.jsonl") == "old\n")
    }
  #endif

  @Test("is a folder that is a file: 74 before any work is done")
  func noFolder() throws {
    let file = try folder.write("", "file")
    let outcome = try run(
      "simulate", "tmaze", "--steps", "1000000000", "--output", "\(file)/traces.jsonl")
    #expect(outcome.code == 74)
    #expect(outcome.err == "aif: \(file)/traces.jsonl: Not a directory\n")
    #expect(folder.names == ["file"])
  }
}
