import Foundation
import Testing

/// Input that nobody has thought of must end with a message and exit code 2, or 1 of validate; never
/// with a crash.
@Suite("Odd input")
struct OddInputTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func expectRefusal(_ path: String, _ message: String) throws {
    let checked = try run("validate", path)
    #expect(checked.code == 1, "\(checked.err)")
    #expect(checked.out.contains(message), "\(checked.out.prefix(1000))")
    for command in [["simulate", path], ["describe", path]] {
      let outcome = try run(command)
      #expect(outcome.code == 2)
      #expect(outcome.out == "")
      #expect(outcome.err.contains(message), "\(outcome.err.prefix(1000))")
    }
  }

  @Test("is refused with a message")
  func refused() throws {
    let whole = try run("simulate", "tmaze", "--output", "-").out
    let half = String(whole.prefix(whole.count / 2))
    for (text, message) in [
      ("", "is empty"), ("   \n\n", "is empty"),
      ("{", "line 1"), (half, "line 1"),
      ("{\"format\": \"aif.model/2\"}", "'aif.model/2' is not known; this build reads aif.model/1"),
      ("format: aif.agent/1", "'aif.agent/1' is not known"),
      ("format: aif.model/1\n\tname: x", "line 2"),
      ("[1, 2]", "expected an object, found a list"), ("null", "found null"),
      ("just text", "expected an object, found text 'just text'"),
      ("{\"format\": \"aif.model/1\", \"format\": \"aif.model/1\"}", "format"),
      (Sample.door.replacing("size: 2", with: "size: 9223372036854775807"), "A[bell]"),
      (Sample.door.replacing("size: 2", with: "size: -2"), "mood"),
      (Sample.door.replacing("size: 2", with: "size: 1e400"), "too large"),
    ] {
      try expectRefusal(try folder.write(text, "model"), message)
    }
  }

  @Test("of fifty million brackets is refused at once")
  func nested() throws {
    let path = folder.file("nested.json")
    try Data(repeating: UInt8(ascii: "["), count: 50_000_000).write(to: URL(filePath: path))
    try expectRefusal(path, "nested deeper than 128 levels")
  }

  @Test("of arbitrary bytes is refused")
  func binary() throws {
    for (bytes, message) in [
      ([0x7F, 0x45, 0x4C, 0x46, 0x02, 0xFF, 0x00], "UTF-8"), ([0xFF, 0xFE, 0x41, 0x00], "UTF-16"),
      ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "byte order mark"), ([0x7B, 0x00, 0x7D], "line 1"),
    ] as [([UInt8], String)] {
      try Data(bytes).write(to: URL(filePath: folder.file("model")))
      try expectRefusal(folder.file("model"), message)
    }
  }

  @Test("without an end is refused")
  func endless() throws {
    let outcome = try run("describe", "/dev/zero")
    #expect(outcome.code == 2)
    #expect(
      outcome.err == "aif: /dev/zero: has more than 1 MiB and is no regular file; save it as one\n")
  }

  @Test("of a hundred million states is described without making its world")
  func described() throws {
    let text = Sample.nothing.replacing(
      "name: state, size: 1", with: "name: state, size: 100000000"
    )
    .replacing("given: [state], probability: [[1]]", with: "given: [], probability: [1]")
    .replacing(
      "given: [state], controls: [], probability: [[1]]",
      with: "given: [], controls: [], sparse: {shape: [100000000], index: [[0]], value: [1]}")
    let model = try folder.write(text, "model")
    let outcome = try run("describe", model)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.out.contains("100,000,000 states"))
  }

  @Test("that declares an enormous sparse table is refused without making it")
  func sparse() throws {
    let text = Sample.nothing.replacing(
      "probability: [[1]]",
      with:
        "sparse: {shape: [4611686018427387904, 4611686018427387904], index: [[0, 0]], value: [1]}")
    try expectRefusal(try folder.write(text, "model"), "A[outcome]")
    let fitting = """
      {"format": "aif.model/1",
       "factors": [{"name": "s", "size": 1000000000000}],
       "modalities": [{"name": "o", "size": 1}], "controls": [],
       "A": [{"modality": "o", "given": [], "probability": [1]}],
       "B": [{"factor": "s", "given": [], "controls": [],
              "sparse": {"shape": [1000000000000], "index": [[0]], "value": [1]}}]}
      """
    let model = try folder.write(fitting, "model")
    for command in ["simulate", "describe"] {
      let outcome = try run(command, model)
      #expect(outcome.code == 2, "\(outcome.code) \(outcome.err.prefix(300))")
      #expect(outcome.err.hasPrefix("aif: "))
    }
  }

  @Test("of an enormous number of steps runs until it is ended")
  func steps() throws {
    let command = try RunningCommand(["simulate", "tmaze", "--steps", "9223372036854775807"])
    Thread.sleep(forTimeInterval: 0.5)
    #expect(command.isRunning)
    command.send(SIGINT)
    let outcome = try command.wait()
    #expect(outcome.code == 130)
    #expect(outcome.out + outcome.err == "")
  }

  @Test("of one state, one outcome and no control is a world like any other")
  func nothing() throws {
    let model = try folder.write(Sample.nothing, "nothing.yaml")
    #expect(try run("validate", model).code == 0)
    #expect(try run("describe", model).out.contains("1 state"))
    let outcome = try run("simulate", model, "--steps", "2", "--output", folder.file("trace"))
    #expect(outcome.code == 0)
    #expect(
      outcome.lines.dropLast() == [
        "step  observed            believes             does  because (nats)",
        "0     outcome: outcome 0  state: state 0 1.00        utility 0.000",
        "1     outcome: outcome 0  state: state 0 1.00        utility 0.000",
      ])
    #expect(outcome.lines.last?.hasPrefix("ran 1 episode, ") == true)
    #expect(try run("verify", folder.file("trace")).code == 0)
  }

  @Test("of sixty-four factors runs by coordinate ascent")
  func manyFactors() throws {
    let model = try folder.write(Sample.switches(64), "switches.json")
    let outcome = try run(
      "simulate", model, "--steps", "2", "--record", "beliefs", "--output", folder.file("trace"))
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(try run("verify", folder.file("trace")).code == 0)
  }

  @Test("of names in any script is aligned, and none of it moves the terminal")
  func names() throws {
    let model = try folder.write(
      Sample.bandit.replacing(
        "labels: [left, right]", with: "labels: [\"左\", \"e\u{301}\u{1F600}\"]"
      )
      .replacing("[\"no\", \"yes\"]", with: "[\"\\e[31mno\", \"\\u202Eyes\"]"), "names.yaml")
    let outcome = try run("simulate", model)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(!outcome.out.unicodeScalars.contains("\u{1B}"))
    #expect(!outcome.out.unicodeScalars.contains("\u{202E}"))
    #expect(outcome.out.contains("\\u{1B}[31mno") || outcome.out.contains("\\u{202E}yes"))
    let faulty = try folder.write("format: \"a\\eb\"", "faulty.yaml")
    #expect(try !run("validate", faulty).out.unicodeScalars.contains("\u{1B}"))
    #expect(try !run("simulate", faulty).err.unicodeScalars.contains("\u{1B}"))
    #expect(try !run("simulate", "\u{1B}[2J").err.unicodeScalars.contains("\u{1B}"))
  }
}
