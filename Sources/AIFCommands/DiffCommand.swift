import ActiveInference
import ArgumentParser
import BeliefTesting

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two files of traces and explain where they differ.",
    discussion: """
      A and B are files of traces (aif.trace/1 or aif.golden/1); one of them may be -, standard \
      input. A is what is expected, B what is in question: what A left out is not compared, what B \
      left out of it is a difference. Episodes of one seed and number are compared; of each that \
      differs the first difference is named, with the energies around it and the likely cause. Exit \
      code 1 where something differs, or an episode is in one of the files alone.

      Example: aif diff before.jsonl after.jsonl --tolerance 1e-9rel
      """)

  @Argument(help: ArgumentHelp("The traces that are expected.", valueName: "A"))
  var expected: String

  @Argument(help: ArgumentHelp("The traces in question.", valueName: "B"))
  var actual: String

  @Option(name: .customLong("tolerance"), help: toleranceHelp)
  var toleranceTexts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Episodes that are told; of the others only how many there are.", valueName: "N"))
  var limit = 10

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = [
      Tolerances.fault(toleranceTexts),
      limit >= 0 ? nil : "--limit must be at least 0",
      InputFile.checkStandardInput([expected, actual]),
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    var faults = FaultGatherer()
    let expected = faults.gather { try TraceFile(self.expected) }
    let actual = faults.gather { try TraceFile(self.actual) }
    try faults.check()
    guard let expected, let actual else { return }
    var diff = TraceDiff(tolerances: try Tolerances(texts: toleranceTexts), limit: limit)
    try diff.compare(expected: expected, actual: actual)
    let output = try OutputFile("-")
    let report = DiffReport(diff, expected, actual)
    switch format {
    case .table: output.append(printable(report.text))
    case .json: output.append(report.document.prettyJSON)
    case .csv:
      output.append(
        report.rows.map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined())
    }
    try output.finish()
    if !diff.isSame { throw CommandFailure.check }
  }
}
