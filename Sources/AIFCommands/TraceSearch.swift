import ActiveInference
import Foundation

/// The files that paths name: a file itself, of a folder every file of traces in it, those in folders
/// inside it included, in the order of their paths.
struct TraceSearch {
  private(set) var files: [String] = []
  /// What is wrong with folders, a sentence each.
  private(set) var problems: [String] = []

  /// Bytes within which a `.json` file of traces says that it is one.
  private static let heading = 256

  init(_ paths: [String]) {
    for path in paths {
      guard TraceSearch.isFolder(path) else {
        files.append(path)
        continue
      }
      let before = files.count
      let hadProblems = !problems.isEmpty
      var folder = path
      while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
      search(folder)
      if files.count == before && !hadProblems {
        problems.append(
          "\(path): the folder has no file of traces (.jsonl, or .json of traces or goldens)")
      }
    }
  }

  private mutating func search(_ folder: String) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      problems.append("\(folder): the folder cannot be read")
      return
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      if TraceSearch.isFolder(path) {
        // A link may lead back to where it is.
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        if !isLink { search(path) }
      } else if name.hasSuffix(".jsonl") || TraceSearch.holdsTraces(path) {
        files.append(path)
      }
    }
  }

  /// Whether a file of a folder is `.json` and begins as traces and goldens do, which models, agents
  /// and data do not. What a failed test received is no golden yet.
  private static func holdsTraces(_ path: String) -> Bool {
    guard path.hasSuffix(".json"), !path.hasSuffix(".received.json"),
      let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: heading)
    else { return false }
    return String(decoding: bytes, as: UTF8.self)
      .contains(/^\s*\{\s*"format"\s*:\s*"aif\.(trace|golden)\/1"/)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return path != "-" && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder
  }
}
