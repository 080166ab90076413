import Foundation
import Testing

/// What a command left behind.
struct Outcome {
  /// The exit code; 128 and the signal's number where a signal ended it.
  let code: Int32
  let out: String
  let err: String

  /// The lines of standard output.
  var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// Runs `aif` and waits for its end.
func run(_ arguments: String..., input: String? = nil) throws -> Outcome {
  try run(arguments, input: input)
}

/// Runs `aif` and waits for its end.
func run(_ arguments: [String], input: String? = nil) throws -> Outcome {
  try RunningCommand(arguments, input: input).wait()
}

/// A command that runs.
final class RunningCommand {
  private let process = Process()
  private let folder: Folder

  /// Starts a command; its streams are files, so that none can fill up.
  ///
  /// - Parameter output: where standard output goes in place of a file.
  init(_ arguments: [String], input: String? = nil, output: FileHandle? = nil) throws {
    folder = try Folder()
    process.executableURL = try Self.binary()
    process.arguments = arguments
    // The width that help is wrapped to.
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80"]) { $1 }
    process.standardInput = try FileHandle(
      forReadingFrom: URL(filePath: input.map { try folder.write($0, "in") } ?? "/dev/null"))
    process.standardOutput =
      try output ?? FileHandle(forWritingTo: URL(filePath: folder.write("", "out")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.write("", "err")))
    try process.run()
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  func wait() throws -> Outcome {
    process.waitUntilExit()
    let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return Outcome(
      code: signal + process.terminationStatus, out: try folder.read("out"),
      err: try folder.read("err"))
  }

  /// The program, which is built beside the tests.
  private static func binary() throws -> URL {
    let places =
      [Bundle.main.executableURL, CommandLine.arguments.first.map { URL(filePath: $0) }]
      .compactMap { $0?.deletingLastPathComponent() }
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return try #require(
      places.map { $0.appending(path: "aif") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) },
      "aif is not beside the tests")
  }
}

/// A folder that is gone when nobody holds it any more.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "aif-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ text: String, _ name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
    return file(name)
  }

  /// The text of a file; empty where there is none.
  func read(_ name: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: file(name)) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The names of the files.
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }
}

/// The value of a JSON text.
func json(_ text: String) throws -> Any {
  try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
}

/// The object of a JSON text.
func object(_ text: String) throws -> [String: Any] {
  try #require(json(text) as? [String: Any])
}

/// The fields of comma-separated values, row by row, as RFC 4180 has it.
func fields(_ text: String) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var field = String.UnicodeScalarView()
  var isQuoted = false
  var scalars = Array(text.unicodeScalars)[...]
  while let scalar = scalars.popFirst() {
    switch scalar {
    case "\"" where isQuoted && scalars.first == "\"": field.append(scalars.removeFirst())
    case "\"": isQuoted.toggle()
    case "," where !isQuoted:
      row.append(String(field))
      field = .init()
    case "\n" where !isQuoted:
      rows.append(row + [String(field)])
      row = []
      field = .init()
    default: field.append(scalar)
    }
  }
  return rows
}
