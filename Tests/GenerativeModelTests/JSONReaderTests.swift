import GenerativeModel
import Testing

private func read(_ text: String) throws(InvalidInput) -> DocumentValue {
  try JSONReader.read(Array(text.utf8), source: "file.json")
}

/// What is said about a text that is not JSON.
private func message(_ text: String) -> String {
  do throws(InvalidInput) {
    return "read as \(try read(text))"
  } catch {
    return error.description
  }
}

@Suite struct `Reading JSON` {
  @Test func `every kind of value is told apart`() throws {
    let text = #" {"a": null, "b": true, "c": 12, "d": 1.5, "e": "x", "f": [], "g": {}} "#
    #expect(
      try read(text)
        == .object([
          .init("a", .null), .init("b", .boolean(true)), .init("c", .integer(12)),
          .init("d", .number(1.5)), .init("e", .string("x")), .init("f", .array([])),
          .init("g", .object([])),
        ]))
  }

  @Test func `an array of numbers alone is one array of doubles`() throws {
    #expect(try read("[1, 2.5, -3e2]") == .numbers([1, 2.5, -300]))
    #expect(try read("[[1], [2, 3]]") == .array([.numbers([1]), .numbers([2, 3])]))
    #expect(try read("[1, 2, null]") == .array([.integer(1), .integer(2), .null]))
  }

  @Test func `an integer keeps its value and -0 its sign`() throws {
    #expect(try read("9223372036854775807") == .integer(.max))
    #expect(try read("-9223372036854775808") == .integer(.min))
    #expect(try read("9223372036854775808") == .number(0x1p63))
    guard case .number(let zero) = try read("-0") else {
      Issue.record("-0 is read as a number")
      return
    }
    #expect(zero == 0 && zero.sign == .minus)
  }

  @Test(arguments: [
    "0.1", "123456789012345678", "9007199254740993", "1e22", "1e23", "1.7976931348623157e308",
    "5e-324", "2.2250738585072014e-308", "0.000001", "123456789.123456789", "1e-400",
    "0.30000000000000004", "100000000000000000000000000000", "1.00000000000000011102230246251565",
  ])
  func `a double is the one nearest to its text`(_ text: String) throws {
    let read = try read("[\(text)]")
    let expected = try #require(Double(text))
    guard case .numbers(let values) = read else {
      Issue.record("\(text) is read as a number")
      return
    }
    #expect(values.map(\.bitPattern) == [expected.bitPattern])
  }

  @Test func `escapes and surrogate pairs are characters`() throws {
    #expect(try read(#""a\"\\\/\b\f\n\r\té😀é""#) == .string("a\"\\/\u{8}\u{C}\n\r\té😀é"))
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value, found the end of the text"),
    ("{\n  \"a\": 1,\n}", "line 3, column 1: expected a key in double quotes, found '}'"),
    ("[1, 2", "line 1, column 6: expected ',' or ']', found the end of the text"),
    ("[1,]", "line 1, column 4: expected a value, found ']'"),
    ("{\"é\" 1}", "line 1, column 6: expected ':', found '1'"),
    ("{\"a\": 1, \"a\": 2}", "line 1, column 10: key 'a' is there twice"),
    ("[01]", "line 1, column 2: a number does not begin with a zero"),
    ("[1.]", "line 1, column 4: expected a digit, found ']'"),
    ("[+1]", "line 1, column 2: expected a value, found '+'"),
    ("[1e400]", "line 1, column 2: the number is too large"),
    ("-1e99999999999999999999", "line 1, column 1: the number is too large"),
    ("[NaN]", "line 1, column 2: expected a value, found 'N'"),
    ("nul", "line 1, column 1: expected a value, found an unknown word"),
    ("1 2", "line 1, column 3: expected the end, found '2'"),
    ("\"a\nb\"", "line 1, column 3: a control character in text is written as \\u00XX"),
    ("\"\\x\"", "line 1, column 2: unknown escape in text"),
    ("\"\\ud800\"", "line 1, column 2: half a surrogate pair is no character"),
    ("\"\\ud800\\u0041\"", "line 1, column 2: half a surrogate pair is no character"),
    ("\"\\udc00\"", "line 1, column 2: half a surrogate pair is no character"),
    ("\"\\u12g4\"", "line 1, column 6: expected four hexadecimal digits after \\u"),
    ("\"abc", "line 1, column 5: the text in quotes has no end"),
    ("// no\n1", "line 1, column 1: expected a value, found '/'"),
  ])
  func `what is not JSON is told with its place`(_ text: String, _ expected: String) {
    #expect(message(text) == "file.json: " + expected)
  }

  @Test func `text that is not UTF-8 is told with its place`() {
    #expect(
      throws: InvalidInput(source: "f", [Fault("line 1, column 3", "the text is not valid UTF-8")])
    ) {
      try JSONReader.read([0x5B, 0x22, 0xFF, 0x22, 0x5D], source: "f")
    }
  }

  @Test func `nesting is read to 128 levels and no deeper`() throws {
    let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    _ = try read(deep)
    #expect(
      message("[" + deep + "]")
        == "file.json: line 1, column 129: is nested deeper than 128 levels")
    #expect(
      message(String(repeating: "{\"a\":", count: 1_000_000))
        == "file.json: line 1, column 641: is nested deeper than 128 levels")
  }

  @Test func `a text cut off anywhere is refused and never crashes`() {
    let text = #"{"a": [1, -2.5e-3, null], "b": {"c": "xA\n😀é"}, "d": [[0.1, 1e5], []]}"#
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: InvalidInput.self) {
        try JSONReader.read(Array(bytes[..<length]), source: "f")
      }
    }
  }

  @Test func `any byte in place of another is read or refused and never crashes`() {
    let bytes = Array(#"{"a": [1, -2.5e-3], "b": "xA\n", "c": true}"#.utf8)
    for position in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = bytes
        changed[position] = byte
        _ = try? Document.read(changed, source: "f")
      }
    }
  }
}

@Suite struct `Writing JSON` {
  @Test func `compact text has no blanks`() {
    let value = DocumentValue.object([
      .init("a", .numbers([1, -0.0, 1e-7])), .init("b", .array([.null, .string("x\"\n\u{1}")])),
      .init("c", .integer(3)), .init("d", .object([])),
    ])
    #expect(
      JSONWriter.text(value)
        == #"{"a":[1.0,-0.0,1e-07],"b":[null,"x\"\n\u0001"],"c":3,"d":{}}"#)
  }

  @Test func `pretty text has short things on a line`() {
    let value = DocumentValue.object([
      .init("a", .array([.object([.init("name", .string("x")), .init("size", .integer(2))])])),
      .init("b", .array([.numbers([1, 2]), .numbers([3, 4])])),
    ])
    let expected = """
      {
        "a": [
          {"name": "x", "size": 2}
        ],
        "b": [
          [1.0, 2.0],
          [3.0, 4.0]
        ]
      }
      """
    #expect(JSONWriter.text(value, isPretty: true) == expected)
  }

  @Test func `documents are read back the same, bit for bit`() throws {
    var random = RandomDocuments(seed: 1)
    for _ in 0..<200 {
      let value = random.value(depth: 4)
      for isPretty in [false, true] {
        let text = JSONWriter.text(value, isPretty: isPretty)
        let back = try JSONReader.read(Array(text.utf8), source: "f")
        #expect(back == value && bits(back) == bits(value))
      }
    }
  }
}
