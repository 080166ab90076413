import ActiveInference
import BeliefTesting

extension Difference {
  /// The difference for programs, to be part of an object.
  var members: [DocumentValue.Member] {
    [
      .init("step", step.map { .integer($0) } ?? .null)
    ] + (level.map { [.init("level", .string($0))] } ?? []) + [
      .init("quantity", .string(quantity)),
      .init("index", .array(index.map { .integer($0) })),
      .init("expected", expected.document),
      .init("actual", actual.document),
    ]
  }

  /// The difference as fields of a row, in the order of ``headings``.
  var cells: [String] {
    [
      step.map { "\($0)" } ?? "", (level.map { "\($0): " } ?? "") + quantity,
      index.map { "\($0)" }.joined(separator: " "),
      "\(expected)", "\(actual)",
    ]
  }

  static let headings = ["step", "quantity", "index", "expected", "got"]
}

extension Explanation {
  /// What makes the difference, for programs.
  var document: DocumentValue {
    .object([
      .init("cause", .string(cause.kind)),
      .init("text", .string(cause.description)),
      .init("alsoChanged", .array(alsoChanged.map { .string($0.description) })),
      .init("energies", .array(energies.map(\.document))),
    ])
  }

  /// The energies and the cause, without the difference: lines for a person, each with an indent.
  var details: String {
    description.split(separator: "\n").dropFirst()
      .map { ($0.hasPrefix("  ") ? "  " : "    ") + $0 + "\n" }.joined()
  }
}

extension Explanation.Cause {
  /// One word.
  var kind: String {
    switch self {
    case .model: "model"
    case .agent: "agent"
    case .seed: "seed"
    case .episode: "episode"
    case .environment: "environment"
    case .data: "data"
    case .algorithm: "algorithm"
    case .arithmetic: "arithmetic"
    }
  }
}

extension Explanation.Energy {
  fileprivate var document: DocumentValue {
    .object(
      [.init("step", .integer(step))] + (level.map { [.init("level", .string($0))] } ?? []) + [
        .init("policy", policy.map { .string($0) } ?? .null),
        .init("quantity", .string(quantity)),
        .init("expected", Difference.Value.number(expected).document),
        .init("actual", Difference.Value.number(actual).document),
      ])
  }
}

extension Difference.Value {
  fileprivate var document: DocumentValue {
    switch self {
    case .number(let value): value.isFinite ? .number(value) : .string("\(value)")
    case .integer(let value): .integer(value)
    case .text(let text): .string(text)
    case .absent: .null
    }
  }
}
