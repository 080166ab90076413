/// Reads JSON as RFC 8259 has it, and no more: no comments, no trailing commas, one value.
///
/// Ours, so that a fault has its line and column, a key given twice is refused rather than one of
/// the two ignored, nesting is bounded, and long arrays of numbers become one array of doubles.
/// Doubles are correctly rounded; a number too large for one is refused.
package struct JSONReader {
  /// The deepest nesting that is read.
  package static let deepest = 128

  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The value that a text says.
  ///
  /// - Throws: ``InvalidInput`` with the first place at which the text is not JSON.
  package static func read(_ bytes: [UInt8], source: String) throws(InvalidInput) -> DocumentValue {
    let result: Result<DocumentValue, InvalidInput> = bytes.withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes)
      do throws(SyntaxFault) {
        return .success(try reader.document())
      } catch {
        return .failure(InvalidInput(source: source, [error.fault(in: bytes)]))
      }
    }
    return try result.get()
  }

  private mutating func document() throws(SyntaxFault) -> DocumentValue {
    skipBlanks()
    let value = try value()
    skipBlanks()
    guard position == bytes.count else { throw fault("expected the end, found \(here)") }
    return value
  }

  private mutating func value() throws(SyntaxFault) -> DocumentValue {
    switch next {
    case UInt8(ascii: "{"): return try nested { reader throws(SyntaxFault) in try reader.object() }
    case UInt8(ascii: "["): return try nested { reader throws(SyntaxFault) in try reader.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case _ where isAtNumber: return try number().value
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw fault("expected a value, found \(here)")
    }
  }

  private mutating func nested(
    _ read: (inout JSONReader) throws(SyntaxFault) -> DocumentValue
  ) throws(SyntaxFault) -> DocumentValue {
    guard depth < JSONReader.deepest else {
      throw fault("is nested deeper than \(JSONReader.deepest) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  private mutating func object() throws(SyntaxFault) -> DocumentValue {
    position += 1
    var members: [DocumentValue.Member] = []
    var keys: Set<String> = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      guard next == UInt8(ascii: "\"") else {
        throw fault("expected a key in double quotes, found \(here)")
      }
      let start = position
      let key = try string()
      guard keys.insert(key).inserted else {
        throw SyntaxFault(offset: start, problem: "key '\(key)' is there twice")
      }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw fault("expected ':', found \(here)") }
      skipBlanks()
      members.append(.init(key, try value()))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or '}', found \(here)") }
      skipBlanks()
    }
  }

  private mutating func array() throws(SyntaxFault) -> DocumentValue {
    position += 1
    // Numbers as long as there is nothing else.
    var numbers: [Double] = []
    var values: [DocumentValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array([]) }
    let start = position
    while true {
      if values.isEmpty && isAtNumber {
        numbers.append(try number().double)
      } else {
        // What was taken for an array of numbers alone is read again for its integers.
        if !numbers.isEmpty {
          numbers = []
          position = start
        }
        values.append(try value())
      }
      skipBlanks()
      if take(UInt8(ascii: "]")) { return values.isEmpty ? .numbers(numbers) : .array(values) }
      guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or ']', found \(here)") }
      skipBlanks()
    }
  }

  private var isAtNumber: Bool {
    guard let next else { return false }
    return next == UInt8(ascii: "-") || next &- UInt8(ascii: "0") < 10
  }

  private mutating func word(_ word: StaticString, _ value: DocumentValue)
    throws(SyntaxFault) -> DocumentValue
  {
    let start = position
    for index in 0..<word.utf8CodeUnitCount {
      guard take(word.utf8Start[index]) else {
        throw SyntaxFault(offset: start, problem: "expected a value, found an unknown word")
      }
    }
    return value
  }
}

// MARK: - Bytes

extension JSONReader {
  /// The byte to be read next; nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// What is at this place, in words.
  var here: String {
    guard let next else { return "the end of the text" }
    if (0x20..<0x7F).contains(next) { return "'\(Character(Unicode.Scalar(next)))'" }
    return next < 0x80 ? "a control character" : "a character outside text"
  }

  func fault(_ problem: String) -> SyntaxFault { SyntaxFault(offset: position, problem: problem) }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }
}
