/// Writes JSON, appending to bytes so that a long document can be streamed.
///
/// Doubles are the shortest text that reads back as the same double; -0.0 keeps its sign. What was
/// read or made as ``DocumentValue/numbers(_:)`` is read back so; an array of numbers held in
/// ``DocumentValue/array(_:)`` is read back as numbers.
package struct JSONWriter {
  /// What has been written.
  package var bytes: [UInt8] = []
  /// Whether each member has a line of its own.
  package let isPretty: Bool

  /// A writer that has written nothing.
  package init(isPretty: Bool = false) { self.isPretty = isPretty }

  /// The text of a value.
  package static func text(_ value: DocumentValue, isPretty: Bool = false) -> String {
    var writer = JSONWriter(isPretty: isPretty)
    writer.write(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Appends a value.
  ///
  /// - Precondition: every number is finite.
  package mutating func write(_ value: DocumentValue) { write(value, indent: 0) }

  /// Appends a value whose first line stands this deep in a pretty document.
  ///
  /// - Precondition: every number is finite.
  package mutating func write(_ value: DocumentValue, indent: Int) {
    switch value {
    case .null: append("null")
    case .boolean(let value): append(value ? "true" : "false")
    case .integer(let value): append(value.description)
    case .number(let value): append(value)
    case .string(let value): append(quoting: value)
    case .numbers(let values): append(values)
    case .array(let values): list(values, indent)
    case .object(let members): object(members, indent)
    }
  }

  private mutating func object(_ members: [DocumentValue.Member], _ indent: Int) {
    let isFlat = members.allSatisfy(\.value.isFlat) && members.count <= 4 && indent > 0
    append("{")
    for (index, member) in members.enumerated() {
      separate(index, indent, isFlat)
      append(quoting: member.key)
      append(isPretty ? ": " : ":")
      write(member.value, indent: indent + 1)
    }
    if !isFlat && !members.isEmpty { newLine(indent) }
    append("}")
  }

  private mutating func list(_ values: [DocumentValue], _ indent: Int) {
    let isFlat = values.allSatisfy(\.isScalar)
    append("[")
    for (index, value) in values.enumerated() {
      separate(index, indent, isFlat)
      write(value, indent: indent + 1)
    }
    if !isFlat && !values.isEmpty { newLine(indent) }
    append("]")
  }

  private mutating func separate(_ index: Int, _ indent: Int, _ isFlat: Bool) {
    if index > 0 { append(isPretty && isFlat ? ", " : ",") }
    if !isFlat { newLine(indent + 1) }
  }

  private mutating func newLine(_ indent: Int) {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func append(_ values: [Double]) {
    append("[")
    for (index, value) in values.enumerated() {
      if index > 0 { append(isPretty ? ", " : ",") }
      append(value)
    }
    append("]")
  }

  private mutating func append(_ value: Double) {
    precondition(value.isFinite, "every number in a document is finite")
    append(value.description)
  }

  private mutating func append(quoting text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: append("\\n")
      case 0x09: append("\\t")
      case 0x0D: append("\\r")
      case 0..<0x20: append("\\u00" + (byte < 0x10 ? "0" : "1") + String(byte & 15, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension DocumentValue {
  /// Whether it holds no other value.
  var isScalar: Bool {
    switch self {
    case .null, .boolean, .integer, .number, .string: true
    case .array, .numbers, .object: false
    }
  }

  /// Whether it is written on one line.
  var isFlat: Bool {
    switch self {
    case .array(let values): values.allSatisfy(\.isScalar)
    case .object(let members): members.isEmpty
    default: true
    }
  }
}
