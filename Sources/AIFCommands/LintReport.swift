import ActiveInference

/// What `aif lint` tells.
struct LintReport {
  private let name: String
  private let shown: [Finding]
  /// Those that are not shown, by severity.
  private let hidden: [Finding]

  /// - Parameter least: the least severity that is shown.
  init(name: String, findings: [Finding], least: Finding.Severity) {
    self.name = name
    shown = findings.filter { $0.severity >= least }
    hidden = findings.filter { $0.severity < least }
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: printable(text)
    case .json: document.prettyJSON
    case .csv:
      ([LintReport.keys] + shown.map(LintReport.cells))
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }

  /// A finding with its proof and remedy under it, and how many there are.
  private var text: String {
    let findings = shown.map { finding in
      oneLine(
        "\(name): \(finding.place): \(finding.severity.rawValue): \(finding.problem) "
          + "[\(finding.code.rawValue)]") + "\n"
        + "  proof:  \(oneLine(finding.proof))\n"
        + (finding.remedy.isEmpty ? "" : "  remedy: \(oneLine(finding.remedy))\n")
    }
    return findings.joined() + summary
  }

  private var summary: String {
    let found = Finding.Severity.allCases.reversed().compactMap { severity -> String? in
      let count = shown.count { $0.severity == severity }
      return count == 0 ? nil : counted(count, severity.rawValue)
    }
    var text = "\(name): " + (found.isEmpty ? "no findings" : found.joined(separator: ", "))
    let notes = Finding.Severity.allCases.compactMap { severity -> String? in
      let count = hidden.count { $0.severity == severity }
      return count == 0 ? nil : counted(count, severity.rawValue)
    }
    if !notes.isEmpty { text += "; \(notes.joined(separator: ", ")) with --show note" }
    return text + "\n"
  }

  private static let keys = ["code", "severity", "place", "problem", "proof", "remedy"]

  private static func cells(_ finding: Finding) -> [String] {
    [
      finding.code.rawValue, finding.severity.rawValue, finding.place, finding.problem,
      finding.proof, finding.remedy,
    ]
  }

  private var document: DocumentValue {
    .array(
      shown.map { finding in
        .object(zip(LintReport.keys, LintReport.cells(finding)).map { .init($0, .string($1)) })
      })
  }
}
