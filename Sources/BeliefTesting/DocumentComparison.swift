import ActiveInference

/// What differs between two documents, key path by key path.
enum DocumentComparison {
  /// What differs; nil where nothing does.
  static func changes(_ expected: DocumentValue, _ actual: DocumentValue) -> Changes? {
    var gathered = ChangeGatherer()
    compare("", expected, actual, &gathered)
    return gathered.changes
  }

  /// - Parameter actual: nil where the document lacks the key, as `expected` is.
  private static func compare(
    _ path: String, _ expected: DocumentValue?, _ actual: DocumentValue?,
    _ gathered: inout ChangeGatherer
  ) {
    if expected == actual || isSameNumbers(expected, actual) { return }
    guard case .object(let one) = expected, case .object(let other) = actual else {
      return gathered.add(path, value(expected), value(actual))
    }
    let keys = one.map(\.key) + other.map(\.key).filter { key in !one.contains { $0.key == key } }
    for key in keys {
      func member(_ members: [DocumentValue.Member]) -> DocumentValue? {
        members.first { $0.key == key }?.value
      }
      compare(path.isEmpty ? key : "\(path).\(key)", member(one), member(other), &gathered)
    }
  }

  /// Whether both are numbers, however they are written.
  private static func isSameNumbers(_ one: DocumentValue?, _ other: DocumentValue?) -> Bool {
    guard let one, let other else { return false }
    if let number = one.double { return number == other.double }
    return one.doubles.map { $0 == other.doubles } ?? false
  }

  private static func value(_ value: DocumentValue?) -> Difference.Value {
    switch value {
    case nil: .absent
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .string(let text): .text(text)
    case .some(let other): .text(JSONWriter.text(other))
    }
  }
}
