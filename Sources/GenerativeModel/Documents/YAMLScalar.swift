/// Why a plain scalar has no value.
struct YAMLScalarFault: Error {
  let problem: String
}

/// What a plain scalar means after the core schema of YAML 1.2 (section 10.3.2).
func coreSchemaValue(_ text: String) throws(YAMLScalarFault) -> DocumentValue {
  switch text {
  case "", "~", "null", "Null", "NULL": return .null
  case "true", "True", "TRUE": return .boolean(true)
  case "false", "False", "FALSE": return .boolean(false)
  default: break
  }
  guard let first = text.utf8.first, first < UInt8(ascii: ":") else { return .string(text) }
  let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
  switch text.dropFirst(isSigned ? 1 : 0) {
  case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
    throw YAMLScalarFault(problem: "'\(text)': every number is finite")
  default: break
  }
  if text.hasPrefix("0x") || text.hasPrefix("0o") {
    let digits = text.dropFirst(2)
    // The initialiser would take a sign.
    guard digits.utf8.first.map({ $0 >= UInt8(ascii: "0") }) == true,
      let integer = Int(digits, radix: text.hasPrefix("0x") ? 16 : 8)
    else { return .string(text) }
    return .integer(integer)
  }
  guard let form = DecimalForm(text) else { return .string(text) }
  if form == .integer, let integer = Int(text), integer != 0 || first != UInt8(ascii: "-") {
    return .integer(integer)
  }
  guard let number = Double(text), number.isFinite else {
    throw YAMLScalarFault(problem: "the number is too large")
  }
  return .number(number)
}

/// How a decimal number is written.
private enum DecimalForm {
  case integer
  case real

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; nil for any other text.
  init?(_ text: String) {
    var rest = text.utf8[...]
    func takeSign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    }
    func takeDigits() -> Int {
      let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }.count
      rest.removeFirst(digits)
      return digits
    }
    takeSign()
    var digits = takeDigits()
    self = .integer
    if rest.first == UInt8(ascii: ".") {
      self = .real
      rest.removeFirst()
      digits += takeDigits()
    }
    guard digits > 0 else { return nil }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      self = .real
      rest.removeFirst()
      takeSign()
      guard takeDigits() > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
  }
}
