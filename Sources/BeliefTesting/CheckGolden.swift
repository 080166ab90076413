import ActiveInference
import Foundation

/// Holds episodes against a golden, a file under version control; works in Swift Testing and XCTest.
///
/// ```swift
/// @Test func maze() throws {
///   try checkGolden("maze", Trace.recorded(of: makeMaze(), steps: 6))
/// }
/// ```
///
/// The golden is `Goldens/maze.json` beside the test's file. Where what was recorded in it comes out
/// again, nothing happens. Else what was found is written to `Goldens/maze.received.json`, which
/// belongs into `.gitignore`, and the error thrown explains the first difference; `aif approve`
/// makes the received file the golden. What a lower record level left out of the golden is not
/// compared, nor are models and agents: only what came of them.
///
/// The first golden is written where the variable `AIF_RECORD` is `missing` or `recording` says so;
/// `all` writes all anew. Recording is told on standard error.
///
/// - Parameters:
///   - name: what the golden is called, unique in the folder of the test's file.
///   - traces: the episodes, as ``/ActiveInference/Trace/recorded(of:_:steps:seed:episodes:level:)``
///     makes them.
///   - tolerances: how far each quantity may lie from the golden.
///   - recording: whether to write the golden; the variable decides unless given. In code it has no
///     effect where the variable `CI` is set.
///   - file: the test's file.
/// - Throws: ``GoldenFailure`` where there is a difference or no golden; ``InvalidInput`` where the
///   golden, the traces or the variable are at fault; what the file system throws.
public func checkGolden(
  _ name: String, _ traces: [Trace], tolerances: Tolerances = .exact,
  recording: Recording? = nil, file: String = #filePath
) throws {
  let check = try GoldenCheck(
    name: name, file: file, recording: recording,
    environment: ProcessInfo.processInfo.environment)
  try check.run(traces, tolerances)
}

/// Holds an episode against a golden; see ``checkGolden(_:_:tolerances:recording:file:)``.
public func checkGolden(
  _ name: String, _ trace: Trace, tolerances: Tolerances = .exact,
  recording: Recording? = nil, file: String = #filePath
) throws {
  try checkGolden(name, [trace], tolerances: tolerances, recording: recording, file: file)
}

/// One comparison with a golden.
package struct GoldenCheck {
  private let name: String
  private let file: GoldenFile
  private let recording: Recording
  /// Says what was recorded.
  private let say: (String) -> Void

  package init(
    name: String, file: String, recording: Recording?, environment: [String: String],
    say: @escaping (String) -> Void = { GoldenCheck.sayOnStandardError($0) }
  ) throws(InvalidInput) {
    self.name = name
    self.file = try GoldenFile(name: name, besides: file)
    self.recording = try Recording.resolved(recording, environment: environment)
    self.say = say
  }

  package func run(_ traces: [Trace], _ tolerances: Tolerances) throws {
    if recording == .all || recording == .missing && !file.exists { return try record(traces) }
    guard file.exists else { throw try failure(.missing, traces) }
    let expected = try file.traces()
    if expected.count != traces.count {
      throw try failure(.episodes(expected: expected.count, actual: traces.count), traces)
    }
    for (one, other) in zip(expected, traces) {
      if let found = explanation(expected: one, actual: other, tolerances: tolerances) {
        throw try failure(.differs(found), traces)
      }
    }
    try file.removeReceived()
  }

  private func record(_ traces: [Trace]) throws {
    try file.write(Golden(traces))
    try file.removeReceived()
    let count = "\(traces.count) \(traces.count == 1 ? "episode" : "episodes")"
    say("recorded the golden '\(name)', \(count): \(file.path)")
  }

  /// Keeps what was found.
  private func failure(_ reason: GoldenFailure.Reason, _ traces: [Trace]) throws -> GoldenFailure {
    try file.writeReceived(Golden(traces))
    return GoldenFailure(
      name: name, reason: reason, golden: file.path, received: file.receivedPath)
  }

  static func sayOnStandardError(_ text: String) {
    FileHandle.standardError.write(Data("BeliefTesting: \(text)\n".utf8))
  }
}
