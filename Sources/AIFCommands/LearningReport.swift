import ActiveInference

/// The iterations of learning for people and programs.
struct LearningReport {
  private let result: SequenceLearning.Result

  init(_ result: SequenceLearning.Result) { self.result = result }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: table
    case .csv:
      rows.map { "\($0.iteration),\($0.evidence),\($0.objective)\n" }
        .reduce("iteration,\(evidenceKey),objective\n", +)
    case .json:
      JSONWriter.text(document, isPretty: true) + "\n"
    }
  }

  private var rows: [(iteration: Int, evidence: Double, objective: Double)] {
    result.logEvidence.indices.map { ($0, result.logEvidence[$0], result.objective[$0]) }
  }

  private var evidenceKey: String { result.isExact ? "logEvidence" : "logEvidenceBound" }

  private var table: String {
    let evidence = result.isExact ? "log evidence" : "bound of the log evidence"
    var table = TextTable(["iteration", evidence, "objective (nats)"])
    for row in rows {
      table.add(["\(row.iteration)", fixed(row.evidence, 6), fixed(row.objective, 6)])
    }
    return table.text
      + (result.converged ? "converged\n" : "not converged: more --iterations may go on\n")
  }

  private var document: DocumentValue {
    .object([
      .init(evidenceKey, .numbers(result.logEvidence)),
      .init("objective", .numbers(result.objective)),
      .init("converged", .boolean(result.converged)),
    ])
  }
}
