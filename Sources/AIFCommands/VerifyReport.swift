import ActiveInference
import BeliefTesting

/// Prints what came of files of traces.
///
/// A table is printed as it comes; other formats at the end. A file with faults has no line in a table:
/// what is wrong with it is a message.
final class VerifyReport {
  private let format: OutputFormat
  private let output: OutputFile
  private(set) var findings: [FileFinding] = []
  private var explained = 0

  /// So many files are explained in a table, of the others the difference alone is named.
  private static let mostExplained = 5

  init(_ format: OutputFormat, to output: OutputFile) {
    self.format = format
    self.output = output
  }

  /// Takes in what came of a file.
  func add(_ finding: FileFinding) throws {
    findings.append(finding)
    if let warning = warning(finding) {
      StandardError.write("aif: warning: \(printable(warning))\n")
    }
    guard format == .table, finding.isSound else { return }
    output.append(printable(line(finding)) + "\n")
    if let explanation = finding.first?.finding.explanation, explained < VerifyReport.mostExplained
    {
      explained += 1
      output.append(printable(explanation.details))
    }
    try output.flush()
  }

  /// Says that episodes of a file were written anew.
  func update(_ index: Int, episodes: Int) throws {
    findings[index].updated = episodes
    guard format == .table else { return }
    output.append(
      printable("\(findings[index].name): updated, \(counted(episodes, "episode"))") + "\n")
    try output.flush()
  }

  /// Says what could not be written anew, and why.
  func fail(_ index: Int, _ error: any Error) { findings[index].add(error, at: .max) }

  /// Prints what is left to print.
  func finish() throws {
    switch format {
    case .table: if findings.count > 1 { output.append(summaryLine + "\n") }
    case .json:
      output.append(
        DocumentValue.object([
          .init("summary", summary), .init("files", .array(findings.map(document))),
        ]).prettyJSON)
    case .csv:
      let heading =
        ["file", "episodes", "episode"] + Difference.headings + ["differing", "cause", "faults"]
      output.append(
        ([heading] + findings.map(cells))
          .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined())
    }
    try output.finish()
  }

  // MARK: - A file

  private func line(_ finding: FileFinding) -> String {
    let cut = finding.isCut ? "; its end is cut off and left out" : ""
    let count = counted(finding.episodes, "episode")
    if let found = finding.first?.finding {
      let all = finding.episodes > 1 ? " (\(grouped(finding.differing)) of \(count))" : ""
      return "\(finding.name): differs: episode \(found.episode), \(found.text)\(all)\(cut)"
    }
    let empty = finding.empty > 0 ? " (\(grouped(finding.empty)) without recorded steps)" : ""
    return "\(finding.name): \(count)\(empty), no difference\(cut)"
  }

  /// What to know of a file beside its differences; nil where there is nothing.
  private func warning(_ finding: FileFinding) -> String? {
    if finding.timed == 0 { return nil }
    return "\(finding.name): \(counted(finding.timed, "episode")) planned within"
      + " planning.budget.microseconds; what a search finds in that time is another on every run, so a"
      + " difference need not mean a change; use budget.nodes"
  }

  private func document(_ finding: FileFinding) -> DocumentValue {
    let members: [DocumentValue.Member?] = [
      .init("file", .string(finding.name)),
      .init("episodes", .integer(finding.episodes)),
      .init("differing", .integer(finding.differing)),
      .init("difference", finding.first.map { document($0.finding) } ?? .null),
      .init("faults", .array(finding.problems.map { .string($0) })),
      finding.isCut ? .init("isCut", .boolean(true)) : nil,
      finding.updated.map { .init("updated", .integer($0)) },
      warning(finding).map { .init("warnings", .array([.string($0)])) },
    ]
    return .object(members.compactMap { $0 })
  }

  private func document(_ found: TraceVerifier.Finding) -> DocumentValue {
    .object(
      [.init("seed", found.seed.document), .init("episode", .integer(found.episode))]
        + (found.explanation?.difference.members ?? [])
        + [.init("text", .string(found.text))]
        + (found.explanation.map { [.init("explanation", $0.document)] } ?? []))
  }

  private func cells(_ finding: FileFinding) -> [String] {
    let start = [finding.name, "\(finding.episodes)"]
    let end = ["\(finding.differing)"]
    let faults = finding.problems.joined(separator: "\n")
    guard let found = finding.first?.finding else {
      return start + Array(repeating: "", count: 6) + end + ["", faults]
    }
    let difference = found.explanation?.difference.cells ?? ["", found.text, "", "", ""]
    let cause = found.explanation?.cause.kind ?? ""
    return start + ["\(found.episode)"] + difference + end + [cause, faults]
  }

  // MARK: - All files

  private var same: Int { findings.count { $0.isSound && $0.differing == 0 } }
  private var updated: Int { findings.count { $0.isSound && $0.updated != nil } }
  private var different: Int {
    findings.count { $0.isSound && $0.differing > 0 && $0.updated == nil }
  }
  private var faulty: Int { findings.count { !$0.isSound } }
  private var episodes: Int { findings.reduce(0) { $0 + $1.episodes } }

  /// `12 files, 3,400 episodes: 11 the same, 1 differs`.
  private var summaryLine: String {
    let parts = [
      same > 0 ? "\(grouped(same)) the same" : nil,
      different > 0 ? "\(grouped(different)) \(different == 1 ? "differs" : "differ")" : nil,
      updated > 0 ? "\(grouped(updated)) updated" : nil,
      faulty > 0 ? "\(grouped(faulty)) with faults" : nil,
    ].compactMap { $0 }
    return "\(counted(findings.count, "file")), \(counted(episodes, "episode")): "
      + parts.joined(separator: ", ")
  }

  private var summary: DocumentValue {
    .object([
      .init("files", .integer(findings.count)),
      .init("episodes", .integer(episodes)),
      .init("same", .integer(same)),
      .init("different", .integer(different)),
      .init("updated", .integer(updated)),
      .init("faulty", .integer(faulty)),
    ])
  }
}

/// `1 episode`, `3,400 episodes`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}
