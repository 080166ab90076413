extension DocumentValue {
  /// A number, however it is written.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A whole number, however it is written.
  package var wholeNumber: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): DocumentValue.wholeNumber(value)
    default: nil
    }
  }

  /// A list of numbers.
  package var doubles: [Double]? {
    switch self {
    case .numbers(let values): return values
    case .array(let values):
      var numbers: [Double] = []
      for value in values {
        guard let number = value.double else { return nil }
        numbers.append(number)
      }
      return numbers
    default: return nil
    }
  }

  /// A list of whole numbers.
  package var wholeNumbers: [Int]? {
    guard let items else { return nil }
    var integers: [Int] = []
    integers.reserveCapacity(items.count)
    for item in items {
      guard let integer = item.wholeNumber else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// The items of a list of anything.
  package var items: [DocumentValue]? {
    switch self {
    case .array(let values): values
    case .numbers(let values):
      values.map { value in
        DocumentValue.wholeNumber(value).map { .integer($0) } ?? .number(value)
      }
    default: nil
    }
  }

  /// Beyond 2^53 a double may stand for several whole numbers.
  private static func wholeNumber(_ value: Double) -> Int? {
    value.magnitude <= 0x1p53 ? Int(exactly: value) : nil
  }

  /// What it is, in the words of a message.
  package var shownInMessages: String {
    switch self {
    case .null: return "null"
    case .boolean(let value): return "\(value)"
    case .integer(let value): return "\(value)"
    case .number(let value): return "\(value)"
    case .string(let text):
      return text.count > 40 ? "text '\(text.prefix(40))...'" : "text '\(text)'"
    case .array, .numbers: return "a list"
    case .object: return "an object"
    }
  }
}
