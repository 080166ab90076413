/// Writes YAML that reads back as the same values: objects by line, short lists in brackets.
///
/// Numbers are written so that readers of YAML 1.1 take them for numbers too, and text that such a
/// reader could take for something else is quoted.
package struct YAMLWriter {
  private var text = ""

  /// The text of a value.
  ///
  /// - Precondition: every number is finite.
  package static func text(_ value: DocumentValue) -> String {
    var writer = YAMLWriter()
    writer.write(value, indent: 0)
    return writer.text
  }

  /// Writes a value from the start of a line, with the newline at its end.
  private mutating func write(_ value: DocumentValue, indent: Int) {
    switch value {
    case .object(let members) where !members.isEmpty: write(members, indent: indent)
    case .array(let values) where !value.isFlat: write(values, indent: indent)
    default: text += flow(value) + "\n"
    }
  }

  /// Members of an object, one a line; the first line is already indented.
  private mutating func write(_ members: [DocumentValue.Member], indent: Int) {
    for (index, member) in members.enumerated() {
      if index > 0 { text += String(repeating: " ", count: indent) }
      text += quoted(member.key) + ":"
      if member.value.isFlat {
        text += " " + flow(member.value) + "\n"
      } else {
        text += "\n" + String(repeating: " ", count: indent + 2)
        write(member.value, indent: indent + 2)
      }
    }
  }

  /// Items of a list, one a line; the first line is already indented.
  private mutating func write(_ values: [DocumentValue], indent: Int) {
    for (index, value) in values.enumerated() {
      if index > 0 { text += String(repeating: " ", count: indent) }
      text += "- "
      if value.isShortRecord {
        text += flow(value) + "\n"
      } else {
        write(value, indent: indent + 2)
      }
    }
  }

  private func flow(_ value: DocumentValue) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return value.description
    case .number(let value): return number(value)
    case .string(let value): return quoted(value)
    case .numbers(let values): return "[" + values.map(number).joined(separator: ", ") + "]"
    case .array(let values): return "[" + values.map(flow).joined(separator: ", ") + "]"
    case .object(let members):
      let items = members.map { quoted($0.key) + ": " + flow($0.value) }
      return "{" + items.joined(separator: ", ") + "}"
    }
  }

  private func number(_ value: Double) -> String {
    precondition(value.isFinite, "every number in a document is finite")
    let text = value.description
    // YAML 1.1 takes 1e-07 for text, 1.0e-07 for a number.
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private func quoted(_ text: String) -> String {
    isPlain(text) ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// Whether text means itself without quotes, to any reader.
  private func isPlain(_ text: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
      (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }
    guard let first = text.utf8.first, let last = text.utf8.last, isLetter(first),
      last != UInt8(ascii: " ")
    else { return false }
    let isSafe = text.utf8.allSatisfy { byte in
      isLetter(byte) || byte &- UInt8(ascii: "0") < 10 || " -./".utf8.contains(byte)
    }
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    return isSafe && !words.contains(text.lowercased())
  }

  private func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    // What may stand in a YAML text as it is, but for line ends.
    case " "..."~", "\u{A0}"..."\u{2027}", "\u{202A}"..."\u{D7FF}", "\u{E000}"..."\u{FEFE}",
      "\u{FF00}"..."\u{FFFD}", "\u{10000}"...:
      return String(scalar)
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension DocumentValue {
  /// Whether it is an object that reads well on one line: `{name: context, size: 2}`.
  fileprivate var isShortRecord: Bool {
    guard case .object(let members) = self else { return false }
    return members.allSatisfy { member in
      switch member.value {
      case .numbers(let values): values.count <= 8
      case .array(let values): values.count <= 8 && member.value.isFlat
      default: member.value.isScalar
      }
    }
  }
}
