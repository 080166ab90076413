import ActiveInference
import BeliefTesting

/// What `aif diff` prints.
struct DiffReport {
  private let diff: TraceDiff
  private let expected: String
  private let actual: String
  /// Files whose end has been left out.
  private let cut: [String]

  init(_ diff: TraceDiff, _ expected: TraceFile, _ actual: TraceFile) {
    self.diff = diff
    self.expected = expected.name
    self.actual = actual.name
    cut = [expected, actual].filter(\.isCut).map(\.name)
  }

  // MARK: - For people

  /// Each difference with its explanation, and a line for the whole.
  var text: String {
    diff.differences.map { "seed \($0.key.seed), \($0.explanation)\n\n" }.joined()
      + more(diff.differing - diff.differences.count, "that differ", "that differs")
      + alone(diff.onlyExpected, expected) + alone(diff.onlyActual, actual)
      + cut.map { "\($0): its end is cut off and left out\n" }.joined()
      + summaryLine + "\n"
  }

  private func more(_ count: Int, _ many: String, _ one: String) -> String {
    count == 0 ? "" : "and \(counted(count, "more episode")) \(count == 1 ? one : many)\n\n"
  }

  private func alone(_ alone: TraceDiff.Alone, _ file: String) -> String {
    if alone.count == 0 { return "" }
    let rest = alone.count - alone.first.count
    let names =
      alone.first.map(\.description) + (rest > 0 ? ["and \(grouped(rest)) more"] : [])
    return "only in \(file): \(counted(alone.count, "episode")): \(names.joined(separator: "; "))\n"
  }

  private var summaryLine: String {
    let both = counted(diff.compared, "episode")
    let found =
      diff.compared == 0
      ? "no episode in common"
      : diff.differing == 0
        ? "\(both), no difference"
        : "\(grouped(diff.differing)) of \(both) \(diff.differing == 1 ? "differs" : "differ")"
    let (one, other) = (diff.onlyExpected.count, diff.onlyActual.count)
    let numbers =
      one == 0 && other == 0
      ? ""
      : "; \(expected) has \(counted(diff.compared + one, "episode")), \(actual) "
        + grouped(diff.compared + other)
    return "\(expected), \(actual): \(found)\(numbers)"
  }

  // MARK: - For programs

  var document: DocumentValue {
    .object([
      .init(
        "summary",
        .object([
          .init("expected", .string(expected)),
          .init("actual", .string(actual)),
          .init("compared", .integer(diff.compared)),
          .init("differing", .integer(diff.differing)),
          .init("onlyExpected", .integer(diff.onlyExpected.count)),
          .init("onlyActual", .integer(diff.onlyActual.count)),
          .init("cut", .array(cut.map { .string($0) })),
        ])),
      .init("differences", .array(diff.differences.map(document))),
      .init("onlyExpected", .array(diff.onlyExpected.first.map(document))),
      .init("onlyActual", .array(diff.onlyActual.first.map(document))),
    ])
  }

  private func document(_ difference: TraceDiff.Difference) -> DocumentValue {
    let found = difference.explanation.difference
    return .object(
      members(difference.key) + found.members
        + [
          .init("text", .string("\(found)")), .init("explanation", difference.explanation.document),
        ])
  }

  private func document(_ key: TraceDiff.Key) -> DocumentValue { .object(members(key)) }

  private func members(_ key: TraceDiff.Key) -> [DocumentValue.Member] {
    [.init("seed", key.seed.document), .init("episode", .integer(key.episode))]
  }

  /// A heading, and a row for each episode that differs or is in one file alone.
  var rows: [[String]] {
    let heading = ["seed", "episode", "finding"] + Difference.headings + ["cause"]
    let differences = diff.differences.map {
      ["\($0.key.seed)", "\($0.key.episode)", "differs"] + $0.explanation.difference.cells
        + [$0.explanation.cause.kind]
    }
    func rows(_ alone: TraceDiff.Alone, _ finding: String) -> [[String]] {
      alone.first.map {
        ["\($0.seed)", "\($0.episode)", finding]
          + Array(repeating: "", count: Difference.headings.count + 1)
      }
    }
    return [heading] + differences + rows(diff.onlyExpected, "only in A")
      + rows(diff.onlyActual, "only in B")
  }
}
