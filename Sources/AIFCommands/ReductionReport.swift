import ActiveInference

/// What `aif reduce` tells.
struct ReductionReport {
  private let reduction: ModelReduction

  init(_ reduction: ModelReduction) { self.reduction = reduction }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: table
    case .json: document.prettyJSON
    case .csv:
      ([ReductionReport.heading] + reduction.steps.map { row($0) { "\($0)" } })
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }

  private static let heading = ["column", "prior", "values", "evidence"]

  private var table: String {
    let columns = counted(reduction.columns, "column")
    guard !reduction.steps.isEmpty else { return "nothing to reduce in \(columns)\n" }
    var table = TextTable(ReductionReport.heading)
    for step in reduction.steps { table.add(row(step) { fixed($0, 3) }) }
    return table.text
      + "together \(fixed(reduction.logEvidenceDifference, 3)) nats in favour of the reduced model, "
      + "of \(columns)\n"
  }

  private func row(_ step: ModelReduction.Step, _ number: (Double) -> String) -> [String] {
    [
      step.place, step.hypothesis.rawValue, values(step), number(step.logEvidenceDifference),
    ]
  }

  /// Which values a step is about: those that go, or the one that is expected.
  private func values(_ step: ModelReduction.Step) -> String {
    switch step.hypothesis {
    case .pruned: "without " + step.removed.joined(separator: ", ")
    case .sharpened: "expects " + (step.expected ?? "")
    case .flattened: "all alike"
    }
  }

  private var document: DocumentValue {
    .object([
      .init("logEvidenceDifference", .number(reduction.logEvidenceDifference)),
      .init("columns", .integer(reduction.columns)),
      .init(
        "steps",
        .array(
          reduction.steps.map { step in
            var members: [DocumentValue.Member] = [
              .init("place", .string(step.place)),
              .init("prior", .string(step.hypothesis.rawValue)),
              .init("removed", .array(step.removed.map { .string($0) })),
            ]
            if let expected = step.expected { members.append(.init("expected", .string(expected))) }
            members.append(.init("logEvidenceDifference", .number(step.logEvidenceDifference)))
            return .object(members)
          })),
    ])
  }
}
