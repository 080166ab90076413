/// Reads a document without being told how it is written.
package enum Document {
  /// The value that a text says: JSON where its first character is `{` or `[`, else YAML.
  ///
  /// - Throws: ``InvalidInput`` with the place at which the text cannot be read.
  package static func read(_ bytes: [UInt8], source: String) throws(InvalidInput) -> DocumentValue {
    func fault(_ problem: String, _ remedy: String) -> InvalidInput {
      InvalidInput(source: source, [Fault("line 1, column 1", problem, remedy: remedy)])
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw fault("begins with a byte order mark", "save it without one")
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw fault("is UTF-16", "save it as UTF-8")
    }
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard let first else { throw InvalidInput(source: source, [Fault("", "is empty")]) }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      return try JSONReader.read(bytes, source: source)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InvalidInput(
        source: source,
        [Fault(invalidPlace(bytes), "is not valid UTF-8", remedy: "save it as UTF-8")])
    }
    return try YAMLReader.read(text, source: source)
  }

  /// Where the first bytes are that are no character.
  private static func invalidPlace(_ bytes: [UInt8]) -> String {
    // Repairing puts U+FFFD at the first fault; the text before it is as long as the valid bytes.
    var valid = 0
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      valid += UTF8.width(scalar)
    }
    return bytes.withUnsafeBufferPointer {
      SyntaxFault(offset: valid, problem: "").fault(in: $0).place
    }
  }
}

extension DocumentValue {
  /// A list of integers, written without a point; it is read as ``numbers(_:)``.
  package static func integers(_ values: [Int]) -> DocumentValue {
    .array(values.map { .integer($0) })
  }

  /// A list in the form in which it would be read: numbers alone become ``numbers(_:)``.
  package static func list(_ values: [DocumentValue]) -> DocumentValue {
    var numbers: [Double] = []
    for value in values {
      switch value {
      case .integer(let integer): numbers.append(Double(integer))
      case .number(let number): numbers.append(number)
      default: return .array(values)
      }
    }
    return numbers.isEmpty ? .array([]) : .numbers(numbers)
  }
}
