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

/// Runs a shell script, in which `aif` is `"$0"` and the arguments are `"$1"` and so on.
func shell(_ script: String, _ arguments: String...) throws -> Outcome {
  try RunningCommand(
    ["-c", script, RunningCommand.binary().path(percentEncoded: false)] + arguments,
    program: "/bin/sh"
  ).wait()
}

/// A command that runs.
///
/// By `posix_spawn` and `waitpid`: Foundation's `Process` loses the end of a child now and then when
/// several tests run one at once.
final class RunningCommand {
  private let child: pid_t
  private let folder: Folder
  private var status: Int32?

  /// Starts a command; its streams are files, so that none can fill up.
  ///
  /// - Parameters:
  ///   - output: where standard output goes in place of a file.
  ///   - program: `aif` unless given.
  init(
    _ arguments: [String], input: String? = nil, output: FileHandle? = nil, program: String? = nil
  ) throws {
    let folder = try Folder()
    self.folder = folder
    let program = try program ?? Self.binary().path(percentEncoded: false)
    let standardInput = try FileHandle(
      forReadingFrom: URL(filePath: input.map { try folder.write($0, "in") } ?? "/dev/null"))
    let standardOutput =
      try output ?? FileHandle(forWritingTo: URL(filePath: folder.write("", "out")))
    let standardError = try FileHandle(forWritingTo: URL(filePath: folder.write("", "err")))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, handle) in [standardInput, standardOutput, standardError].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, Int32(number))
    }
    // A pipe's reading end must not live on in the child, or nobody would see it closed.
    for descriptor: Int32 in 3..<256 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    // The width that help is wrapped to.
    let environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80"]) { $1 }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, program, &actions, nil, &words, &settings)
    try #require(failure == 0, "\(program) cannot be started: \(failure)")
    self.child = child
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(child, signal) }

  var isRunning: Bool { !poll(WNOHANG) }

  /// Waits for the end; a command that takes minutes is ended, so that no test hangs.
  func wait() throws -> Outcome {
    let started = ContinuousClock.now
    while isRunning {
      if started.duration(to: .now) > .seconds(120) {
        Issue.record("the command does not end")
        send(SIGKILL)
        _ = poll(0)
      }
      usleep(1000)
    }
    let status = status ?? 0
    let signal = status & 0x7f
    return Outcome(
      code: signal == 0 ? status >> 8 & 0xff : 128 + signal, out: try folder.read("out"),
      err: try folder.read("err"))
  }

  /// Whether the command has ended.
  private func poll(_ options: Int32) -> Bool {
    if status != nil { return true }
    var result: Int32 = 0
    guard waitpid(child, &result, options) == child else { return false }
    status = result
    return true
  }

  /// The program, which is built beside the tests.
  static func binary() throws -> URL {
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
