import ActiveInference
import Foundation
import Testing

@Suite("aif verify --update")
struct VerifyUpdateTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func simulate(_ name: String, _ arguments: String...) throws -> [Trace] {
    let outcome = try run(["simulate"] + arguments + ["--output", folder.file(name)])
    #expect(outcome.code == 0, "\(outcome.err)")
    return try folder.traces(name)
  }

  private func modified(_ name: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: folder.file(name))[.modificationDate] as? Date
  }

  @Test(
    "restores what was changed, byte for byte, at any record level",
    arguments: [RecordLevel.choices, .beliefs, .full, .iterates])
  func restores(level: RecordLevel) throws {
    var traces = try simulate(
      "a.jsonl", "tmaze", "--episodes", "4", "--seed", "3", "--record", level.rawValue, "--set",
      "agent.inference.algorithm=fpi")
    let right = try folder.read("a.jsonl")
    traces[1].steps[2].action = [0]
    traces[3].steps[0].observation[0] = .outcome(3)
    try folder.write(traces, "a.jsonl")
    let outcome = try run("verify", "--update", folder.file("a.jsonl"))
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.lines.first?.contains("a.jsonl: differs: episode 1, ") == true)
    #expect(outcome.lines.last == "\(folder.file("a.jsonl")): updated, 2 episodes")
    #expect(try folder.read("a.jsonl") == right)
    #expect(try run("verify", folder.file("a.jsonl")).code == 0)
  }

  @Test("leaves files and episodes that do not differ as they are, and those with faults")
  func leaves() throws {
    var traces = try simulate("b.jsonl", "tmaze", "--episodes", "3")
    let same = try folder.write("\n" + folder.read("b.jsonl").replacing(":", with: ": "), "a.jsonl")
    traces[2].steps[0].freeEnergy = 7
    // An episode that says the same in another way keeps its bytes.
    var lines = try folder.read("b.jsonl").split(separator: "\n").map(String.init)
    lines[0] = lines[0].replacing("\"seed\":", with: "\"seed\": ")
    try folder.write([traces[2]], "c.jsonl")
    let changed = try folder.read("c.jsonl")
    try folder.write(lines[0] + "\n" + lines[1] + "\n" + changed, "b.jsonl")
    try folder.write(changed + "{}\n", "c.jsonl")
    let (before, faulty) = (try modified("a.jsonl"), try folder.read("c.jsonl"))
    let outcome = try run("verify", "--update", folder.path)
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("c.jsonl: line 2: key 'format' is missing"))
    #expect(outcome.lines.last == "3 files, 7 episodes: 1 the same, 1 updated, 1 with faults")
    #expect(try modified("a.jsonl") == before)
    #expect(same.hasSuffix("a.jsonl"))
    #expect(try folder.read("b.jsonl") == lines.joined(separator: "\n") + "\n")
    #expect(try folder.read("c.jsonl") == faulty)
    #expect(folder.names == ["a.jsonl", "b.jsonl", "c.jsonl"])
  }

  @Test("keeps goldens goldens, and one trace over several lines as it is laid out")
  func formats() throws {
    var traces = try simulate("a.jsonl", "tmaze", "--episodes", "2")
    let golden = try Golden(traces).text
    let pretty = traces[0].jsonText
    traces[0].steps[0].freeEnergy = 7
    try folder.write(Golden(traces).text, "golden.json")
    try folder.write(traces[0].jsonText, "one.json")
    let outcome = try run("verify", "--update", folder.path)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.lines.last == "3 files, 5 episodes: 1 the same, 2 updated")
    #expect(try folder.read("golden.json") == golden)
    #expect(try folder.read("one.json") == pretty)
  }

  @Test("makes a replay anew from its observations and actions")
  func replays() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    let data = try folder.write(Sample.data(actions: "[[0], [1]]"), "data.json")
    let right = try run("replay", model, "--data", data).out
    try folder.write(right, "a.jsonl")
    var traces = try folder.traces("a.jsonl")
    traces[0].steps[1].beliefs?[0] = [0.5, 0.5]
    traces[0].build = "0.0.1"
    try folder.write(traces, "a.jsonl")
    #expect(try run("verify", "--update", folder.file("a.jsonl")).code == 0)
    #expect(try folder.read("a.jsonl") == right)
  }

  @Test("says what cannot be made anew, and leaves it")
  func impossible() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    var trace = try simulate("a.jsonl", model, "--set", "agent.inference.impossible=ignore")[0]
    trace.agent.inference.impossible = .error
    trace.environment = nil
    trace.steps[2].observation[1] = .outcome(1)
    try folder.write([trace], "a.jsonl")
    let before = try folder.read("a.jsonl")
    let outcome = try run("verify", "--update", folder.file("a.jsonl"))
    #expect(outcome.code == 2)
    #expect(
      outcome.err.contains(
        "a.jsonl, episode 0: cannot be made anew: the agent stops: step 2, bell: rings"))
    #expect(try folder.read("a.jsonl") == before)
    trace.agent.inference.impossible = .ignore
    trace.steps[0].freeEnergy = 7
    try folder.write([trace], "a.jsonl")
    let cut = try folder.write(folder.read("a.jsonl") + "{", "a.jsonl.1.partial")
    let unfinished = try run("verify", "--update", cut)
    #expect(unfinished.code == 2)
    #expect(unfinished.err.contains("is unfinished and is left as it is"))
  }

  @Test("says with 74 that a file cannot be written, and leaves it")
  func unwritable() throws {
    var traces = try simulate("a.jsonl", "tmaze", "--episodes", "3")
    traces[0].steps[0].freeEnergy = 7
    try folder.write(traces, "a.jsonl")
    let before = try folder.read("a.jsonl")
    let outcome = try shell(
      "ulimit -f 20; exec \"$0\" verify --update \"$1\"", folder.file("a.jsonl"))
    #expect(outcome.code == 74)
    #expect(outcome.err == "aif: \(folder.file("a.jsonl")): File too large\n")
    #expect(try folder.read("a.jsonl") == before)
    #expect(folder.names == ["a.jsonl"])
  }
}
