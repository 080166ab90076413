import ActiveInference
import Foundation
import Testing

@Suite("aif verify on folders and streams")
struct VerifyFolderTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Traces of the T-maze in a file.
  @discardableResult
  private func simulate(_ name: String, _ arguments: String...) throws -> [Trace] {
    let outcome = try run(["simulate", "tmaze"] + arguments + ["--output", folder.file(name)])
    #expect(outcome.code == 0, "\(outcome.err)")
    return try folder.traces(name)
  }

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
  }

  @Test("finds traces and goldens in the folders inside, in order, and leaves other files alone")
  func search() throws {
    try makeFolder("a/inside")
    try makeFolder("a/.hidden")
    let traces = try simulate("a/z.jsonl", "--episodes", "2")
    try simulate("a/inside/b.jsonl")
    try folder.write("{", "a/.hidden/c.jsonl")
    try folder.write(Golden(traces).text, "a/golden.json")
    try folder.write(Golden(traces).text.replacing("aif", with: "no"), "a/golden.received.json")
    try folder.write(traces[0].jsonText, "a/one.json")
    try folder.write("{\"format\": \"aif.model/1\"}", "a/model.json")
    try folder.write("nothing", "a/notes.txt")
    for path in ["a", "a/"] {
      let outcome = try run("verify", folder.file(path))
      #expect(outcome.code == 0, "\(outcome.err)")
      let start = folder.file("a")
      #expect(
        outcome.lines == [
          "\(start)/golden.json: 2 episodes, no difference",
          "\(start)/inside/b.jsonl: 1 episode, no difference",
          "\(start)/one.json: 1 episode, no difference",
          "\(start)/z.jsonl: 2 episodes, no difference",
          "4 files, 6 episodes: 4 the same",
        ])
    }
  }

  @Test("that have no traces are an error, and the others are verified")
  func empty() throws {
    try makeFolder("a")
    try simulate("b.jsonl")
    let outcome = try run("verify", folder.file("a"), folder.file("b.jsonl"))
    #expect(outcome.code == 2)
    #expect(outcome.err.hasPrefix("aif: \(folder.file("a")): the folder has no file of traces"))
    #expect(outcome.out == "\(folder.file("b.jsonl")): 1 episode, no difference\n")
  }

  @Test("tells the faults of a file, verifies the others, and ends with 2 rather than 1")
  func faults() throws {
    var traces = try simulate("a.jsonl", "--episodes", "3")
    try simulate("c.jsonl")
    traces[1].steps[1].freeEnergy = 7
    try folder.write(traces, "d.jsonl")
    let lines = try folder.read("a.jsonl").split(separator: "\n")
    try folder.write("\(lines[0])\n\n{}\n\(lines[2])\n{\n", "b.jsonl")
    let outcome = try run("verify", folder.path)
    #expect(outcome.code == 2)
    let errors = outcome.err.split(separator: "\n")
    #expect(errors.allSatisfy { $0.hasPrefix("aif: \(folder.file("b.jsonl")): line ") })
    #expect(outcome.err.contains("b.jsonl: line 3: key 'format' is missing"))
    #expect(outcome.err.contains("b.jsonl: line 5, column 2: expected a key"))
    #expect(outcome.lines.first?.hasSuffix("a.jsonl: 3 episodes, no difference") == true)
    #expect(outcome.lines.contains { $0.contains("d.jsonl: differs: episode 1, ") })
    #expect(
      outcome.lines.last == "4 files, 9 episodes: 2 the same, 1 differs, 1 with faults")
    let result = try object(run("verify", folder.path, "--format", "json").out)
    let summary = try #require(result["summary"] as? [String: Int])
    #expect(
      summary == [
        "files": 4, "episodes": 9, "same": 2, "different": 1, "updated": 0, "faulty": 1,
      ])
    let files = try #require(result["files"] as? [[String: Any]])
    // A line with faults is one of them here, however many it has.
    #expect((files[1]["faults"] as? [String])?.count == 2)
    let difference = try #require(files[3]["difference"] as? [String: Any])
    #expect(difference["quantity"] as? String == "freeEnergy")
    let explanation = try #require(difference["explanation"] as? [String: Any])
    #expect(explanation["cause"] as? String == "algorithm")
    #expect((explanation["energies"] as? [Any])?.isEmpty == false)
  }

  @Test("says the same on any number of threads")
  func threads() throws {
    var traces = try simulate("a.jsonl", "--episodes", "60")
    traces[7].steps[1].freeEnergy = 7
    traces[41].steps[1].freeEnergy = 7
    try folder.write(traces, "b.jsonl")
    for name in ["c.jsonl", "d.jsonl", "e.jsonl"] { try simulate(name, "--episodes", "2") }
    let one = try run("verify", folder.path, "--threads", "1")
    #expect(one.code == 1)
    #expect(one.out.contains("b.jsonl: differs: episode 7, "))
    #expect(one.out.contains("(2 of 60 episodes)"))
    for threads in ["2", "5"] {
      #expect(try run("verify", folder.path, "--threads", threads).out == one.out)
    }
  }

  @Test("holds quantities to tolerances of their own")
  func tolerances() throws {
    var trace = try simulate("a.jsonl")[0]
    trace.steps[2].beliefs?[1][0] += 1e-12
    try folder.write([trace], "a.jsonl")
    func code(_ tolerances: String...) throws -> Int32 {
      try run(["verify", folder.path] + tolerances.flatMap { ["--tolerance", $0] }).code
    }
    #expect(try code() == 1)
    #expect(try code("beliefs=1e-9") == 0)
    #expect(try code("beliefs=1e-9rel") == 0)
    #expect(try code("freeEnergy=1e-9") == 1)
    #expect(try code("1e-9", "beliefs=exact") == 1)
  }

  @Test("leaves out the cut end of an unfinished file, and only of such a file")
  func unfinished() throws {
    try simulate("a.jsonl", "--episodes", "3")
    let text = try folder.read("a.jsonl").dropLast(100)
    let partial = try folder.write(String(text), "a.jsonl.17.partial")
    let outcome = try run("verify", partial)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(
      outcome.out == "\(partial): 2 episodes, no difference; its end is cut off and left out\n")
    let torn = try run("verify", folder.write(String(text), "torn.jsonl"))
    #expect(torn.code == 2)
    #expect(torn.err.contains("torn.jsonl: line 3, column "))
    let nothing = try run("verify", folder.write("{\"for", "b.partial"))
    #expect(nothing.code == 2)
    #expect(nothing.err.contains("holds no whole episode"))
  }
}
