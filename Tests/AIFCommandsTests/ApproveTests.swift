import ActiveInference
import Foundation
import Testing

@Suite("aif approve")
struct ApproveTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    for name in ["Goldens", "Deep/Goldens", ".build/Goldens"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: true)
    }
  }

  private func door() throws -> Trace {
    let model = try GenerativeModel(contentsOf: Array(Sample.door.utf8), source: "door")
    return try Trace.recorded(of: model, steps: 3, seed: 1)[0]
  }

  /// A golden, and what a test found in its place: another free energy.
  private func differing(_ name: String) throws -> (golden: String, received: String) {
    let trace = try door()
    var changed = trace
    changed.steps[1].freeEnergy? += 0.5
    let received = try Golden([changed]).text
    try folder.write(try Golden([trace]).text, "\(name).json")
    try folder.write(received, "\(name).received.json")
    return (folder.file("\(name).json"), received)
  }

  @Test("explains each received file and makes it the golden")
  func approves() throws {
    let one = try differing("Goldens/one")
    let two = try differing("Deep/Goldens/two")
    let hidden = try differing(".build/Goldens/three")
    let outcome = try run("approve", folder.path)
    #expect(outcome.code == 0 && outcome.err == "")
    for (golden, received) in [one, two] {
      #expect(outcome.out.contains("approved \(golden): episode 0, step 1, free energy: expected "))
      #expect(try String(contentsOfFile: golden, encoding: .utf8) == received)
    }
    #expect(outcome.out.contains("Likely cause: the algorithm changed, at inference"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("Goldens/one.received.json")))
    #expect(try String(contentsOfFile: hidden.golden, encoding: .utf8) != hidden.received)
    let again = try run("approve", folder.path)
    #expect(again.code == 0 && again.out == "nothing to approve in \(folder.path)\n")
  }

  @Test("only shows with --dry-run")
  func dryRun() throws {
    let (golden, received) = try differing("Goldens/one")
    let outcome = try run("approve", "--dry-run", folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.out.hasPrefix("would approve \(golden): episode 0, step 1, free energy"))
    #expect(try String(contentsOfFile: golden, encoding: .utf8) != received)
    #expect(FileManager.default.fileExists(atPath: folder.file("Goldens/one.received.json")))
  }

  @Test("takes a received file by itself, also where there is no golden yet")
  func newGolden() throws {
    let text = try Golden([door()]).text
    let received = try folder.write(text, "Goldens/new.received.json")
    let outcome = try run("approve", received)
    #expect(outcome.code == 0)
    #expect(outcome.out == "approved \(folder.file("Goldens/new.json")): new, 1 episode\n")
    #expect(try folder.read("Goldens/new.json") == text)
  }

  @Test("replaces nothing where one of the files cannot be read, with exit code 2")
  func faults() throws {
    let (golden, received) = try differing("Goldens/one")
    try folder.write("{\"format\": \"aif.golden/1\"}", "Goldens/two.received.json")
    let outcome = try run(
      "approve", folder.path, folder.file("none"), folder.file("Goldens/one.json"))
    #expect(outcome.code == 2 && outcome.out == "")
    #expect(outcome.err.contains("two.received.json: key 'episodes' is missing"))
    #expect(outcome.err.contains("none: No such file or directory"))
    #expect(outcome.err.contains("one.json: is no received file"))
    #expect(try String(contentsOfFile: golden, encoding: .utf8) != received)
  }

  @Test("what it approves is verified like any trace")
  func verified() throws {
    let received = try folder.write(try Golden([door()]).text, "Goldens/door.received.json")
    _ = try run("approve", received)
    let outcome = try run("verify", folder.file("Goldens/door.json"))
    #expect(outcome.code == 0 && outcome.out.hasSuffix("1 episode, no difference\n"))
    _ = try differing("Goldens/other")
    let differs = try run("verify", folder.file("Goldens/other.received.json"))
    #expect(differs.code == 1 && differs.out.contains("step 1, free energy: expected "))
  }
}
