import GenerativeModel
import Kernels

/// Documents of every form, drawn at random.
struct RandomDocuments {
  private var random: RandomStream
  private var pieces: [String] = [
    "a", "no", "null", " ", "1", "é", "😀", "\"", "\\", "\n", "\t", "\u{1}", "\u{85}", "\u{2028}",
    "\u{FEFF}", ":", "#", "- ", "{", "]", "&", "*", "~", "'", "%", "@", "\u{7F}", "\u{FFFF}", ".",
  ]

  init(seed: UInt64, without piece: String = "") {
    pieces.removeAll { $0 == piece }
    random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
  }

  /// A finite double of any size.
  mutating func double() -> Double {
    let special: [Double] = [0, -0.0, 1, -1, 0.1, 1e22, 1e-7, .leastNonzeroMagnitude]
    if random.nextUnit() < 0.3 { return special[below(special.count)] }
    while true {
      let value = Double(bitPattern: random.next())
      if value.isFinite { return value }
    }
  }

  mutating func text() -> String {
    (0..<below(5)).map { _ in pieces[below(pieces.count)] }.joined()
  }

  mutating func value(depth: Int) -> DocumentValue {
    switch below(depth > 0 ? 9 : 6) {
    case 0: return .null
    case 1: return .boolean(below(2) == 0)
    case 2: return .integer(Int(truncatingIfNeeded: random.next()))
    case 3: return .number(double())
    case 4: return .string(text())
    case 5: return .numbers((0...below(4)).map { _ in double() })
    case 6, 7: return DocumentValue.list((0..<below(4)).map { _ in value(depth: depth - 1) })
    default:
      var members: [DocumentValue.Member] = []
      for _ in 0..<below(4) {
        let key = text()
        if members.contains(where: { $0.key == key }) { continue }
        members.append(.init(key, value(depth: depth - 1)))
      }
      return .object(members)
    }
  }

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}

/// The bits of every double in a document, in order: 0.0 and -0.0 are equal, their bits are not.
func bits(_ value: DocumentValue) -> [UInt64] {
  switch value {
  case .null, .boolean, .integer, .string: []
  case .number(let number): [number.bitPattern]
  case .numbers(let numbers): numbers.map(\.bitPattern)
  case .array(let values): values.flatMap(bits)
  case .object(let members): members.flatMap { bits($0.value) }
  }
}
