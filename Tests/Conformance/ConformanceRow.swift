import ActiveInference

/// One line of the conformance table: an algorithm or an option, and the cases that exercise it.
package struct ConformanceRow: Sendable {
  package let title: String
  /// The settings of `aif.agent/1` that it is about: `planning.novelty=exact`, or a path alone where
  /// the values are numbers or lists.
  package let settings: [String]
  /// Whether a case exercises it.
  package let includes: @Sendable (ConformanceCase) -> Bool

  init(
    _ title: String, _ settings: [String] = [],
    where includes: @escaping @Sendable (ConformanceCase) -> Bool
  ) {
    self.title = title
    self.settings = settings
    self.includes = includes
  }

  /// The cases that an oracle judges.
  package func cases(of oracle: Oracle) -> [ConformanceCase] {
    Conformance.cases.filter { $0.oracle == oracle && includes($0) && isAbout($0) }
  }

  /// Of when episodes end (`inference.chi`) nothing else is compared, so such a case counts in that row alone.
  private func isAbout(_ conformanceCase: ConformanceCase) -> Bool {
    conformanceCase.configuration.inference.chi == nil || settings.contains("inference.chi")
  }

  /// Everything that is beyond tolerance.
  package var faults: [String] {
    Conformance.cases.filter { !$0.differences.isEmpty && includes($0) }
      .map { "\(title), \($0.oracle.rawValue), \($0.differences)" }
  }
}

/// Rows about one part of an agent.
package struct ConformanceSection: Sendable {
  package let title: String
  package let rows: [ConformanceRow]

  /// The whole table.
  package static let all = [
    inference, observations, planning, successor, choice, learning, models,
  ]
}

extension ConformanceCase {
  /// The value of a setting as a complete file has it; nil where the file has no such key.
  package func value(of path: String) -> DocumentValue? {
    path.split(separator: ".").reduce(Optional(configuration.document)) { value, key in
      guard case .object(let members) = value else { return nil }
      return members.first { $0.key == key }?.value
    }
  }
}
