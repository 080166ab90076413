import ActiveInference

extension Mutator {
  /// A text with something changed: bytes, tokens, its encoding or its length.
  mutating func changed(_ bytes: [UInt8], _ format: Format) -> [UInt8] {
    var bytes = bytes
    let position = below(bytes.count + 1)
    let range = position..<min(bytes.count, position + length(upTo: bytes.count / 2))
    switch below(14) {
    case 0 where !range.isEmpty: bytes[position] = UInt8(truncatingIfNeeded: random.next())
    case 1 where !range.isEmpty: bytes[position] ^= 1 << UInt8(below(8))
    case 2: bytes.removeSubrange(range)
    case 3: bytes.insert(contentsOf: bytes[range], at: below(bytes.count + 1))
    case 4: bytes.removeSubrange(position...)
    case 5: bytes.insert(contentsOf: pick(Mutator.tokens).utf8, at: position)
    case 6, 7: replaceNumber(&bytes, from: position)
    case 8: return encoded(bytes)
    case 9:
      let other = pick(corpus[format])
      bytes.replaceSubrange(position..., with: other[below(other.count + 1)...])
    case 10:
      let times = length(upTo: 65536 / max(range.count, 1))
      let repeated = Array(repeatElement(bytes[range], count: times).joined())
      bytes.insert(contentsOf: repeated, at: position)
    case 11: bytes.insert(contentsOf: pick(Mutator.keys).utf8, at: position)
    case 12: repeatLine(&bytes, at: position)
    default: deepen(&bytes, at: position)
    }
    return bytes
  }

  /// Puts a number where the next one is.
  private mutating func replaceNumber(_ bytes: inout [UInt8], from position: Int) {
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    guard let start = bytes[position...].firstIndex(where: isDigit) else { return }
    let end =
      bytes[start...].firstIndex { !isDigit($0) && !".eE+-".utf8.contains($0) } ?? bytes.count
    let text = one(in: 3) ? pick(Mutator.unwritable).1 : one(in: 2) ? "\(number())" : "\(integer())"
    bytes.replaceSubrange(start..<end, with: text.utf8)
  }

  private mutating func repeatLine(_ bytes: inout [UInt8], at position: Int) {
    let newline = UInt8(ascii: "\n")
    let start = bytes[..<position].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = bytes[position...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
    bytes.insert(contentsOf: bytes[start..<end], at: end)
  }

  private mutating func deepen(_ bytes: inout [UInt8], at position: Int) {
    let (open, close) = pick([
      ("[", "]"), ("{\"a\":", "}"), ("- ", ""), ("? ", ""), ("[", ""), ("{a: ", "}"),
      ("!!seq [", "]"),
    ])
    let levels = pick([2, 127, 129, 999, 1001, 20_000])
    bytes.insert(contentsOf: String(repeating: close, count: levels).utf8, at: position)
    bytes.insert(contentsOf: String(repeating: open, count: levels).utf8, at: position)
  }

  private mutating func encoded(_ bytes: [UInt8]) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    let position = below(bytes.count + 1)
    switch below(8) {
    case 0: return [0xEF, 0xBB, 0xBF] + bytes
    case 1: return [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case 2: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    // é in Latin-1; the overlong slash; half a surrogate; beyond Unicode; a character cut off.
    case 3: return bytes[..<position] + [0xE9] + bytes[position...]
    case 4: return bytes[..<position] + [0xC0, 0xAF] + bytes[position...]
    case 5: return bytes[..<position] + [0xED, 0xA0, 0x80] + bytes[position...]
    case 6: return bytes[..<position] + [0xF4, 0x90, 0x80, 0x80] + bytes[position...]
    default: return bytes[..<position] + [0x00] + bytes[position...]
    }
  }

  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "'", "- ", "? ", "&a ", "*a ", "*a", "&a [*a]", "!!binary ",
    "!!str ", "!!int ", "!foo ", "<<: *a\n", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x:\n",
    "|\n", ">-\n", "# ", "\\u0000", "\\ud800", "\\", "\t", "\r\n", "\u{85}", "null", "true", "NaN",
    ".inf", "-", "+", "0x", "1e", "~", "\"\"", "{}", "[]", "\n", "\n\n", "  ", "@", "`", "\u{FEFF}",
  ]

  // MARK: - Inputs of a kind that no small change makes

  /// Texts that ask for much: aliases of aliases, long lists of little things, consistent giants.
  mutating func special(_ format: Format) -> String {
    switch below(format == .model ? 12 : 7) {
    case 0: return bomb()
    case 1: return "a: &a [\(list("&b x"))]\nb: [\(list("*a"))]"
    case 2: return "format: aif.\(format.rawValue)/1\n" + list("k", separator: ": 1\n") + ": 1\n"
    case 3: return "{\(list("\"k\": {}"))}"
    case 4:
      return (one(in: 2) ? "[" : "a: [") + list(pick(["", "[]", "{}", "a", "1", "\"\"", "[1]"]))
        + "]"
    case 5:
      return String(
        repeating: pick(["- ", "? ", "a: ", "&a ", "!x ", "\n", "{}\n", "|", "'"]), count: 50_000)
    default: return giant()
    }
  }

  private mutating func list(_ item: String, separator: String = ", ") -> String {
    let isNumbered = one(in: 2)
    return (0..<pick([10, 1000, 20_000])).map { isNumbered ? "\(item)\($0)" : item }
      .joined(separator: separator)
  }

  private mutating func bomb() -> String {
    let (levels, times) = (1 + below(30), 1 + below(12))
    var text = "l0: &l0 [x, y]\n"
    for level in 1...levels {
      let items = repeatElement("*l\(level - 1)", count: times).joined(separator: ", ")
      text += "l\(level): &l\(level) [\(items)]\n"
    }
    return text
  }

  /// A model that agrees with itself and is as large as its numbers say.
  private mutating func giant() -> String {
    let (states, outcomes) = (size(), size())
    let controls = (0..<below(4)).map { "{name: u\($0), size: \(size())}" }
    let policy = Array(repeating: "0", count: controls.count).joined(separator: ", ")
    let steps = Array(repeating: "[\(policy)]", count: length(upTo: 100)).joined(separator: ", ")
    return """
      format: aif.model/1
      factors: [{name: s, size: \(states)}]
      modalities: [{name: o, size: \(outcomes)}]
      controls: [\(controls.joined(separator: ", "))]
      A: [{modality: o, given: [], sparse: {shape: [\(outcomes)], index: [[0]], value: [1]}}]
      B: [{factor: s, given: [], controls: [], sparse: {shape: [\(states)], index: [[0]], value: [1]}}]
      \(one(in: 2) ? "policies: {list: [[\(steps)]]}" : "")
      \(one(in: 2) ? "C: [{modality: o, sparse: {shape: [\(size()), \(outcomes)], index: [[0, 0]], value: [1]}}]" : "")
      \(one(in: 3) ? "D: [{factor: s, sparse: {shape: [\(states)], index: [[0]], value: [1]}}]" : "")
      \(one(in: 3) ? "H: [{factor: s, sparse: {shape: [\(states)], index: [[0]], value: [1]}}]" : "")
      \(one(in: 3) ? "concentration: {A: [{modality: o, sparse: {shape: [\(outcomes)], index: [[0]], value: [1]}}]}" : "")
      """
  }

  private mutating func size() -> Int {
    pick([1, 1, 2, 3, 1000, 100_000, 1 << 20, 1 << 27, 1 << 28, 1 << 31, 1 << 33, 1 << 62, .max])
  }
}
