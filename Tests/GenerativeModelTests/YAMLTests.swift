import GenerativeModel
import Testing

private func read(_ text: String) throws(InvalidInput) -> DocumentValue {
  try Document.read(Array(text.utf8), source: "file.yaml")
}

private func message(_ text: String) -> String {
  do throws(InvalidInput) {
    return "read as \(try read(text))"
  } catch {
    return error.description
  }
}

@Suite struct `Reading YAML` {
  @Test(
    arguments: [
      ("null", .null), ("~", .null), ("", .null), ("true", .boolean(true)),
      ("False", .boolean(false)), ("yes", .string("yes")), ("no", .string("no")),
      ("on", .string("on")), ("off", .string("off")), ("12", .integer(12)), ("+12", .integer(12)),
      ("0x1F", .integer(31)), ("0o17", .integer(15)), ("017", .integer(17)),
      ("0x-1", .string("0x-1")),
      ("1_000", .string("1_000")), ("1.", .number(1)), (".5", .number(0.5)), ("1e3", .number(1000)),
      ("-1.5E-2", .number(-0.015)), ("1e", .string("1e")), ("-", .array([.null])),
      ("12:30", .string("12:30")), ("2001-01-01", .string("2001-01-01")), ("\"1\"", .string("1")),
      ("'true'", .string("true")), ("!!str 1", .string("1")), ("<<", .string("<<")),
    ] as [(String, DocumentValue)])
  func `a scalar means what the core schema says`(_ text: String, _ expected: DocumentValue) throws
  {
    guard text != "-" else {
      return #expect(try read("a:\n  -") == .object([.init("a", expected)]))
    }
    #expect(try read("a: \(text)") == .object([.init("a", expected)]))
  }

  @Test func `lists of numbers are one array of doubles`() throws {
    #expect(
      try read("a: [1, 2.5]\nb:\n- [1]\n- [2]\nc: [1, x]\nd: []\ne:\n  - 1\n  - 2")
        == .object([
          .init("a", .numbers([1, 2.5])), .init("b", .array([.numbers([1]), .numbers([2])])),
          .init("c", .array([.integer(1), .string("x")])), .init("d", .array([])),
          .init("e", .numbers([1, 2])),
        ]))
  }

  @Test func `an alias says its anchor again`() throws {
    #expect(
      try read("a: &x [1, 2]\nb: *x")
        == .object([.init("a", .numbers([1, 2])), .init("b", .numbers([1, 2]))]))
  }

  @Test(arguments: [
    ("a: 1\na: 2", "line 1, column 1: key 'a' is there twice"),
    ("1: x\n\"1\": y", "line 1, column 1: key '1' is there twice"),
    ("a: .nan", "line 1, column 4: '.nan': every number is finite"),
    ("a: [1, -.Inf]", "line 1, column 8: '-.Inf': every number is finite"),
    ("a: 1e400", "line 1, column 4: the number is too large"),
    ("a: !!float 1", "line 1, column 4: the tag tag:yaml.org,2002:float is not known"),
    ("a: !!set {x, y}", "line 1, column 4: the tag tag:yaml.org,2002:set is not known"),
    ("a: *x", "line 1, column 4: found undefined alias"),
    ("? [a, b]\n: 1", "line 1, column 3: a key is text"),
    (
      "a: [1, 2",
      "line 2, column 1: while parsing a flow sequence, did not find expected ',' or ']'"
    ),
    ("a: b: c", "line 1, column 5: mapping values are not allowed in this context"),
    (
      "a: \"x",
      "line 1, column 6: while scanning a quoted scalar, found unexpected end of stream"
    ),
    (
      "a: 1\n---\nb: 2",
      "line 2, column 1: expected a single document in the stream, but found another document"
    ),
    ("a: \u{1}", "line 1, column 4: control characters are not allowed"),
    ("  \n", "is empty"),
    ("# nothing", "is empty"),
  ])
  func `what cannot be read is told with its place`(_ text: String, _ expected: String) {
    #expect(message(text) == "file.yaml: " + expected)
  }

  @Test func `bytes that are not text are named`() {
    func message(_ bytes: [UInt8]) -> String {
      do throws(InvalidInput) {
        return "read as \(try Document.read(bytes, source: "f"))"
      } catch {
        return error.description
      }
    }
    #expect(message([]) == "f: is empty")
    #expect(
      message([0xEF, 0xBB, 0xBF, 0x7B, 0x7D])
        == "f: line 1, column 1: begins with a byte order mark; save it without one")
    #expect(message([0xFF, 0xFE, 0x7B, 0]) == "f: line 1, column 1: is UTF-16; save it as UTF-8")
    #expect(
      message(Array("a: 1\nb: é".utf8) + [0xC3])
        == "f: line 2, column 5: is not valid UTF-8; save it as UTF-8")
  }

  @Test func `deep nesting is refused and does not overflow the stack`() {
    #expect(
      message("a: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
        == "file.yaml: line 1, column 131: is nested deeper than 128 levels")
    let flow = message("a: " + String(repeating: "[", count: 100_000))
    #expect(flow.hasPrefix("file.yaml: line 1, column"))
    let block = message(String(repeating: "- ", count: 100_000) + "1")
    #expect(block.hasPrefix("file.yaml: line 1, column"))
  }

  @Test func `aliases cannot blow up memory or time`() {
    func bomb(_ levels: Int, _ times: Int) -> String {
      let items = repeatElement("x", count: 2 * times).joined(separator: ", ")
      var text = "l0: &l0 [\(items)]\n"
      for level in 1...levels {
        let items = repeatElement("*l\(level - 1)", count: times).joined(separator: ", ")
        text += "l\(level): &l\(level) [\(items)]\n"
      }
      return text
    }
    #expect(
      message(bomb(2, 100)) == "file.yaml: line 1, column 379: aliases expand to too many values")
    #expect(
      message(bomb(40, 9))
        == "file.yaml: its aliases could expand without bound; write them out")
    #expect(
      message(bomb(40, 9) + "? *l40\n: 1")
        == "file.yaml: its aliases could expand without bound; write them out")
  }

  @Test func `a text cut off anywhere is read or refused and never crashes`() {
    let text = "a: &x [1, -2.5e-3, null]\nb: {c: \"x\\n\"}\nd:\n  - [0.1, 1e5]\n  - *x\n"
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      _ = try? Document.read(Array(bytes[..<length]), source: "f")
    }
  }
}

@Suite struct `Writing YAML` {
  @Test func `documents are read back the same, bit for bit`() throws {
    // A byte order mark that begins a text is lost in the parser.
    var random = RandomDocuments(seed: 2, without: "\u{FEFF}")
    for _ in 0..<300 {
      let value = DocumentValue.object([.init("value", random.value(depth: 4))])
      let text = YAMLWriter.text(value)
      let back = try Document.read(Array(text.utf8), source: text)
      #expect(back == value && bits(back) == bits(value), "\(text)")
    }
  }

  @Test func `short lists and records stand on one line`() {
    let value = DocumentValue.object([
      .init("name", .string("a model")),
      .init(
        "factors", .array([.object([.init("name", .string("x")), .init("size", .integer(2))])])),
      .init(
        "A",
        .array([
          .object([
            .init("modality", .string("no")),
            .init("probability", .array([.numbers([1, 1e-7]), .numbers([0, 0.5])])),
          ])
        ])),
      .init("policies", .array([.array([.numbers([1]), .numbers([3])])])),
    ])
    let expected = """
      name: a model
      factors:
        - {name: x, size: 2}
      A:
        - modality: "no"
          probability:
            - [1.0, 1.0e-07]
            - [0.0, 0.5]
      policies:
        - - [1.0]
          - [3.0]

      """
    #expect(YAMLWriter.text(value) == expected)
  }
}
