import ActiveInference
import Foundation

/// A golden on disk, and what a failed test found in its place: `maze.json`, `maze.received.json`.
package struct GoldenFile {
  /// The golden.
  package let path: String

  private static let ending = ".json"
  private static let receivedEnding = ".received.json"

  /// The golden of a name in the folder `Goldens` beside a test's file.
  ///
  /// - Throws: ``InvalidInput`` where a file cannot be called so.
  init(name: String, besides testFile: String) throws(InvalidInput) {
    if name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.contains("\0")
      || name.hasSuffix(".received")
    {
      throw InvalidInput(
        source: "golden",
        [
          Fault(
            "name", "'\(name)' cannot be a file's",
            remedy: "give one without / and without a leading dot or a final .received")
        ])
    }
    let folder = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Goldens")
    path = folder.appending(path: name + GoldenFile.ending).path(percentEncoded: false)
  }

  /// The golden whose received file this is; nil where it is another kind of file.
  package init?(received: String) {
    let name = received.split(separator: "/").last ?? ""
    guard name.hasSuffix(GoldenFile.receivedEnding), name.count > GoldenFile.receivedEnding.count
    else { return nil }
    path = received.dropLast(GoldenFile.receivedEnding.count) + GoldenFile.ending
  }

  /// What was found in its place by a test that failed.
  package var receivedPath: String {
    path.dropLast(GoldenFile.ending.count) + GoldenFile.receivedEnding
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// The traces expected; a golden may also be a file of `aif.trace/1`.
  func traces() throws -> [Trace] {
    try Trace.read(contentsOf: Array(Data(contentsOf: URL(filePath: path))), source: path)
  }

  func write(_ golden: Golden) throws { try write(golden, to: path) }

  func writeReceived(_ golden: Golden) throws { try write(golden, to: receivedPath) }

  func removeReceived() throws {
    if FileManager.default.fileExists(atPath: receivedPath) {
      try FileManager.default.removeItem(atPath: receivedPath)
    }
  }

  /// Writes a file that appears whole or not at all.
  private func write(_ golden: Golden, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(golden.text.utf8).write(to: url, options: .atomic)
  }
}
