import ActiveInference
import BeliefTesting

/// Writes files anew as this build makes them, atomically and in the format that they have.
///
/// Record level, seeds, numbers and order of the episodes stay, and so does every byte of an episode
/// that does not differ.
struct TraceUpdate {
  private let tolerances: Tolerances

  init(tolerances: Tolerances) { self.tolerances = tolerances }

  /// Writes a file anew.
  ///
  /// - Returns: how many episodes differed.
  /// - Throws: ``CommandFailure`` or ``InvalidInput``, the file as it was.
  func update(_ path: String) throws -> Int {
    let file = try TraceFile(path)
    guard file.isRegular else {
      throw CommandFailure.input("\(path): only a file can be written anew")
    }
    let output = try OutputFile(path)
    var verifier = TraceVerifier(tolerances: tolerances)
    var reader = TraceReader(source: path)
    var updated = 0
    while let batch = try file.nextBatch() {
      if case .whole(let bytes) = batch {
        let (text, count) = try renewed(bytes, path, &verifier)
        output.append(text)
        updated += count
        continue
      }
      try batch.forEach(&reader, source: path) { _, bytes, result in
        let trace = try result.get()
        guard let renewed = try renewed(trace, path, &verifier) else {
          output.append(bytes + [UInt8(ascii: "\n")])
          return
        }
        updated += 1
        var line: [UInt8] = []
        renewed.appendLine(to: &line)
        output.append(line)
      }
      if output.isFull { try output.flush() }
    }
    if file.isCut {
      throw CommandFailure.input("\(path): is unfinished and is left as it is")
    }
    try output.finish()
    return updated
  }

  /// The text of a file that is read whole, and how many of its episodes differ.
  private func renewed(
    _ bytes: [UInt8], _ path: String, _ verifier: inout TraceVerifier
  ) throws -> (text: String, updated: Int) {
    var traces = try Trace.read(contentsOf: bytes, source: path)
    var updated = 0
    for index in traces.indices {
      guard let renewed = try renewed(traces[index], path, &verifier) else { continue }
      traces[index] = renewed
      updated += 1
    }
    guard (try? Golden.read(contentsOf: bytes, source: path)) != nil else {
      return (traces.map(\.jsonText).joined(), updated)
    }
    // A golden names one build for all of its episodes.
    for index in traces.indices { traces[index].build = Build.version }
    return (try Golden(traces).text, updated)
  }

  /// The episode made anew; nil where it does not differ.
  private func renewed(
    _ trace: Trace, _ path: String, _ verifier: inout TraceVerifier
  ) throws -> Trace? {
    try Verification.placed(trace, path) {
      if try verifier.finding(in: trace) == nil { return nil }
      do {
        return try verifier.renewed(trace)
      } catch let failure as AgentFailure {
        throw CommandFailure.input("cannot be made anew: the agent stops: \(failure)")
      }
    }
  }
}
