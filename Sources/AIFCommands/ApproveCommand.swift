import ActiveInference
import ArgumentParser
import BeliefTesting
import Foundation

struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Make what failed tests found the goldens of the next run.",
    discussion: """
      A test that differs from its golden, Goldens/maze.json, leaves what it found beside it as \
      maze.received.json. For each such file in a FOLDER and the folders inside it, hidden ones \
      apart, the first difference is explained, and the received file becomes the golden. A received \
      file can be named by itself. Where one cannot be read nothing is replaced, and the exit code \
      is 2.

      Example: aif approve Tests --dry-run
      """)

  @Argument(help: ArgumentHelp("Folders to search, or received files.", valueName: "FOLDER"))
  var folders: [String]

  @Flag(help: "Explain only; replace nothing.")
  var dryRun = false

  /// What a received file would change.
  private struct Approval {
    let file: GoldenFile
    let bytes: [UInt8]
    /// In words.
    let change: String
  }

  func run() throws {
    var faults = FaultGatherer()
    let files = folders.compactMap { folder in faults.gather { try received(in: folder) } }
      .joined()
    // A file may lie in several of the folders.
    var paths: Set<String> = []
    let approvals = files.filter { paths.insert($0.path).inserted }.compactMap { file in
      faults.gather { try approval(of: file) }
    }
    try faults.check()
    let output = try OutputFile("-")
    for approval in approvals {
      if !dryRun { try approve(approval) }
      let heading = "\(dryRun ? "would approve" : "approved") \(approval.file.path)"
      output.append(printable("\(heading): \(approval.change)\n"))
    }
    if approvals.isEmpty {
      output.append(printable("nothing to approve in \(folders.joined(separator: ", "))\n"))
    }
    try output.finish()
  }

  /// The goldens whose received files are in a folder, in the order of their paths.
  private func received(in path: String) throws -> [GoldenFile] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CommandFailure.input("\(path): No such file or directory")
    }
    if !isFolder.boolValue {
      if let file = GoldenFile(received: path) { return [file] }
      throw CommandFailure.input("\(path): is no received file; one ends in .received.json")
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let found = FileManager.default.enumerator(atPath: path)
    var names: [String] = []
    while let name = found?.nextObject() as? String {
      if name.split(separator: "/").last?.hasPrefix(".") == true {
        found?.skipDescendants()
      } else {
        names.append(name)
      }
    }
    return names.sorted().compactMap { GoldenFile(received: folder + $0) }
  }

  private func approval(of file: GoldenFile) throws -> Approval {
    let bytes = try InputFile(path: file.receivedPath).bytes()
    let actual = try Trace.read(contentsOf: bytes, source: file.receivedPath)
    guard FileManager.default.fileExists(atPath: file.path) else {
      return Approval(file: file, bytes: bytes, change: "new, \(count(actual))")
    }
    let expected = try Trace.read(
      contentsOf: InputFile(path: file.path).bytes(), source: file.path)
    return Approval(file: file, bytes: bytes, change: change(expected, actual))
  }

  private func change(_ expected: [Trace], _ actual: [Trace]) -> String {
    for (one, other) in zip(expected, actual) {
      if let explanation = explanation(expected: one, actual: other) { return "\(explanation)\n" }
    }
    if expected.count == actual.count { return "no difference" }
    return "\(count(expected)) became \(actual.count)"
  }

  private func count(_ traces: [Trace]) -> String {
    "\(grouped(traces.count)) \(traces.count == 1 ? "episode" : "episodes")"
  }

  private func approve(_ approval: Approval) throws {
    let output = try OutputFile(approval.file.path)
    output.append(approval.bytes)
    try output.finish()
    // What was read is the golden now; what a test may have written since stays.
    guard try InputFile(path: approval.file.receivedPath).bytes() == approval.bytes else { return }
    if unlink(approval.file.receivedPath) != 0 {
      throw CommandFailure.output(
        "\(approval.file.receivedPath): \(String(cString: strerror(errno)))")
    }
  }
}
