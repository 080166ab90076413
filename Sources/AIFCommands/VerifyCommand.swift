import ActiveInference
import ArgumentParser
import BeliefTesting

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Feed recorded traces to the agent again and name the first difference.",
    discussion: """
      TRACE is an aif.trace/1 file, one or more episodes; - is standard input. The observations and \
      actions of each episode go to its agent again; where the trace names an environment, the \
      episode is simulated again from its seed too. The first difference of each file is named: \
      step, quantity, index and both values. What the record level left out is not compared. Exit \
      code 1 where something differs.

      Example: aif verify old.jsonl --tolerance 1e-9
      """)

  @Argument(help: ArgumentHelp("Files of traces.", valueName: "TRACE"))
  var traces: [String]

  @Option(
    help: ArgumentHelp("How far two numbers may differ; 0 asks for the same bits.", valueName: "X"))
  var tolerance = 0.0

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = [
      tolerance >= 0 && tolerance.isFinite ? nil : "--tolerance must be a number from 0",
      InputFile.checkStandardInput(traces),
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  /// What came of one file.
  private struct Finding {
    let file: String
    let episodes: Int
    /// Episodes of which no step was recorded.
    let empty: Int
    let difference: TraceVerifier.Finding?
  }

  func run() throws {
    var faults = FaultGatherer()
    let findings = traces.compactMap { path in
      faults.gather {
        let file = InputFile(path: path)
        return try verify(Trace.read(contentsOf: file.bytes(), source: file.name), file.name)
      }
    }
    try faults.check()
    let output = try OutputFile("-")
    output.append(text(findings))
    try output.finish()
    if findings.contains(where: { $0.difference != nil }) { throw CommandFailure.check }
  }

  private func verify(_ traces: [Trace], _ name: String) throws -> Finding {
    var verifier = TraceVerifier(tolerance: tolerance)
    var difference: TraceVerifier.Finding?
    for trace in traces where difference == nil {
      do {
        difference = try verifier.difference(in: trace)
      } catch let faults as InvalidInput {
        throw InvalidInput(source: "\(name), episode \(trace.episode)", faults.faults)
      }
    }
    return Finding(
      file: name, episodes: traces.count, empty: traces.count { $0.steps.isEmpty },
      difference: difference)
  }

  // MARK: - Output

  private func text(_ findings: [Finding]) -> String {
    switch format {
    case .table: return findings.map { printable(line($0)) + "\n" }.joined()
    case .json: return DocumentValue.array(findings.map(document)).prettyJSON
    case .csv:
      let heading = ["file", "episodes", "episode", "step", "quantity", "index", "expected", "got"]
      return ([heading] + findings.map(cells))
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }

  private func line(_ finding: Finding) -> String {
    if let found = finding.difference {
      return "\(finding.file): differs: episode \(found.episode), \(found.text)"
    }
    let count = "\(grouped(finding.episodes)) \(finding.episodes == 1 ? "episode" : "episodes")"
    let empty = finding.empty > 0 ? " (\(grouped(finding.empty)) without recorded steps)" : ""
    return "\(finding.file): \(count)\(empty), no difference"
  }

  private func document(_ finding: Finding) -> DocumentValue {
    .object([
      .init("file", .string(finding.file)),
      .init("episodes", .integer(finding.episodes)),
      .init("difference", finding.difference.map(\.document) ?? .null),
    ])
  }

  private func cells(_ finding: Finding) -> [String] {
    guard let found = finding.difference else {
      return [finding.file, "\(finding.episodes)"] + Array(repeating: "", count: 6)
    }
    let difference = found.difference
    return [
      finding.file, "\(finding.episodes)", "\(found.episode)",
      difference?.step.map { "\($0)" } ?? "", difference?.quantity ?? found.text,
      difference?.index.map { "\($0)" }.joined(separator: " ") ?? "",
      difference.map { "\($0.expected)" } ?? "", difference.map { "\($0.actual)" } ?? "",
    ]
  }
}
