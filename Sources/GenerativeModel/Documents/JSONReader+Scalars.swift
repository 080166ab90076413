extension JSONReader {
  /// A number as a double, and as an integer where it is written as one that fits.
  struct Number {
    let double: Double
    let integer: Int?

    var value: DocumentValue { integer.map { .integer($0) } ?? .number(double) }
  }

  mutating func number() throws(SyntaxFault) -> Number {
    let start = position
    let isNegative = take(UInt8(ascii: "-"))
    var digits = Digits()
    if !take(UInt8(ascii: "0")) {
      guard takeDigits(&digits) > 0 else { throw fault("expected a digit, found \(here)") }
    } else if let next, next &- UInt8(ascii: "0") < 10 {
      throw SyntaxFault(offset: start, problem: "a number does not begin with a zero")
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      let count = takeDigits(&digits)
      guard count > 0 else { throw fault("expected a digit, found \(here)") }
      digits.exponent -= count
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      let isSmall = take(UInt8(ascii: "-"))
      if !isSmall { _ = take(UInt8(ascii: "+")) }
      var exponent = Digits()
      guard takeDigits(&exponent) > 0 else { throw fault("expected a digit, found \(here)") }
      // An exponent that does not fit is beyond what the quick way can do.
      digits.isExact = digits.isExact && exponent.isExact && exponent.value < 1000
      if digits.isExact { digits.exponent += (isSmall ? -1 : 1) * Int(exponent.value) }
    }
    // The integer -0 would lose its sign.
    if isInteger, let integer = digits.integer(isNegative), !(isNegative && integer == 0) {
      return Number(double: Double(integer), integer: integer)
    }
    if let double = digits.double(isNegative) { return Number(double: double, integer: nil) }
    return Number(double: try slowDouble(from: start), integer: nil)
  }

  /// The double nearest to the text from `start` to here.
  private func slowDouble(from start: Int) throws(SyntaxFault) -> Double {
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let double = Double(text), double.isFinite else {
      throw SyntaxFault(offset: start, problem: "the number is too large")
    }
    return double
  }

  /// Takes the digits that come next and returns how many there are.
  private mutating func takeDigits(_ digits: inout Digits) -> Int {
    let start = position
    while position < bytes.count {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      digits.append(digit)
      position += 1
    }
    return position - start
  }

  /// Decimal digits and a power of ten.
  private struct Digits {
    var value: UInt64 = 0
    var exponent = 0
    /// Whether `value` holds every digit.
    var isExact = true

    mutating func append(_ digit: UInt8) {
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeToo) = tens.addingReportingOverflow(UInt64(digit))
      if isTooLarge || isTooLargeToo { isExact = false } else { value = sum }
    }

    /// The value as an integer that fits.
    func integer(_ isNegative: Bool) -> Int? {
      guard isExact else { return nil }
      if isNegative && value == Int.min.magnitude { return Int.min }
      return Int(exactly: value).map { isNegative ? -$0 : $0 }
    }

    /// The value where one correctly rounded operation on exact doubles gives it; else nil.
    func double(_ isNegative: Bool) -> Double? {
      guard isExact, value <= 1 << 53, exponent.magnitude < Digits.powersOfTen.count else {
        return nil
      }
      let power = Digits.powersOfTen[Int(exponent.magnitude)]
      let magnitude = exponent < 0 ? Double(value) / power : Double(value) * power
      return isNegative ? -magnitude : magnitude
    }

    /// The powers of ten that are doubles exactly.
    private static let powersOfTen: [Double] = [
      1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
      1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
  }
}

// MARK: - Text

extension JSONReader {
  mutating func string() throws(SyntaxFault) -> String {
    position += 1
    let start = position
    while let next, next != UInt8(ascii: "\""), next != UInt8(ascii: "\\"), next >= 0x20 {
      position += 1
    }
    if next == UInt8(ascii: "\"") {
      position += 1
      return try text(bytes[start..<position - 1], at: start)
    }
    return try escapedString(from: start)
  }

  /// The rest of a string that has an escape or a fault.
  private mutating func escapedString(from start: Int) throws(SyntaxFault) -> String {
    var content = Array(bytes[start..<position])
    while true {
      guard let next else { throw fault("the text in quotes has no end") }
      guard next >= 0x20 else { throw fault("a control character in text is written as \\u00XX") }
      position += 1
      switch next {
      case UInt8(ascii: "\""): return try text(content[...], at: start)
      case UInt8(ascii: "\\"): try escape(into: &content)
      default: content.append(next)
      }
    }
  }

  private func text(_ content: some Sequence<UInt8>, at offset: Int) throws(SyntaxFault) -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw SyntaxFault(offset: offset, problem: "the text is not valid UTF-8")
    }
    return text
  }

  private mutating func escape(into content: inout [UInt8]) throws(SyntaxFault) {
    let start = position - 1
    guard let letter = next else { throw fault("the text in quotes has no end") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal()
      if 0xD800..<0xDC00 ~= scalar, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try hexadecimal()
        // Anything but a low half leaves a value that no scalar has.
        let isLow = 0xDC00..<0xE000 ~= low
        scalar = isLow ? 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00) : 0xD800
      }
      guard let scalar = Unicode.Scalar(scalar) else {
        throw SyntaxFault(offset: start, problem: "half a surrogate pair is no character")
      }
      content += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    default: throw SyntaxFault(offset: start, problem: "unknown escape in text")
    }
  }

  private mutating func hexadecimal() throws(SyntaxFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw fault("expected four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
