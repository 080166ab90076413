import ActiveInference

/// Whether ``checkGolden(_:_:tolerances:recording:file:)`` writes goldens instead of comparing with
/// them.
public enum Recording: String, Hashable, Sendable, CaseIterable {
  /// Nothing is written; a golden that is missing is a failure.
  case never
  /// A golden that is missing is written; the others are compared with.
  case missing
  /// Every golden is written anew.
  case all

  /// What holds for a call: what it asks for, else the variable `AIF_RECORD`, else never.
  ///
  /// Where `CI` is set, a test must not write what it should be held against: only the variable,
  /// which somebody set for that run, makes it record there.
  ///
  /// - Throws: ``InvalidInput`` where the variable is something else.
  package static func resolved(
    _ asked: Recording?, environment: [String: String]
  ) throws(InvalidInput) -> Recording {
    var requested: Recording?
    if let text = environment["AIF_RECORD"], !text.isEmpty {
      guard let recording = Recording(rawValue: text) else {
        throw InvalidInput(
          source: "AIF_RECORD",
          [
            Fault(
              "", "'\(text)' is no way to record",
              remedy: "one of \(allCases.map(\.rawValue).joined(separator: ", "))")
          ])
      }
      requested = recording
    }
    guard let asked else { return requested ?? .never }
    return environment["CI"] == nil ? asked : requested ?? .never
  }
}
