import ActiveInference

/// Makes bad input from good, the same for the same seed and index.
///
/// A quarter are documents in which only numbers are a little different, so that agents live on them; half
/// are documents whose values have been changed, so that they are still JSON or YAML and reach the checks;
/// the rest are texts whose bytes have been changed, for the readers.
struct Mutator {
  var random: RandomStream
  let corpus: Corpus

  /// An input of a run.
  struct Input {
    let format: Format
    let bytes: [UInt8]
  }

  /// Input `index` of the run with a seed.
  static func input(_ corpus: Corpus, seed: UInt64, index: Int) -> Input {
    var mutator = Mutator(
      random: RandomStream(seed: seed, episode: UInt64(index), step: 0, purpose: .user),
      corpus: corpus)
    // Models are what most can be wrong with.
    let formats: [Format] = [.model, .model, .model, .agent, .data, .trace, .trace, .state]
    let format = mutator.pick(formats)
    return Input(format: format, bytes: mutator.bytes(format))
  }

  mutating func bytes(_ format: Format) -> [UInt8] {
    let original = pick(corpus[format])
    switch below(20) {
    case 0: return Array(special(format).utf8)
    case 1...5:
      guard let value = try? Document.read(original, source: "corpus") else { break }
      return text(nudged(value))
    case 6...14:
      guard var value = try? Document.read(original, source: "corpus") else { break }
      for _ in 0..<pick([1, 1, 1, 2, 4]) { value = changed(value, format) }
      let bytes = text(value)
      return one(in: 8) ? changed(bytes, format) : bytes
    default: break
    }
    var bytes = original
    for _ in 0..<pick([1, 1, 2, 4]) { bytes = changed(bytes, format) }
    return bytes
  }

  /// A document as text, with what no document can hold in it.
  mutating func text(_ value: DocumentValue) -> [UInt8] {
    var text =
      one(in: 3) && Mutator.isYAML(value)
      ? YAMLWriter.text(value) : JSONWriter.text(value, isPretty: one(in: 2))
    for (marker, number) in Mutator.unwritable {
      text = text.replacing("\"\(marker)\"", with: number)
    }
    return Array(text.utf8)
  }

  /// Text that stands for what no document can hold.
  static let unwritable = [
    ("<nan>", "NaN"), ("<inf>", ".inf"), ("<1e400>", "1e400"), ("<2^63>", "9223372036854775808"),
    ("<2^64>", "18446744073709551616"), ("<long>", String(repeating: "9", count: 5000)),
    ("<tiny>", "1e-99999999999999999999"), ("<0x>", "0x7fffffffffffffff"),
  ]

  /// Whether it can be the root of a YAML text.
  private static func isYAML(_ value: DocumentValue) -> Bool {
    if case .object(let members) = value { !members.isEmpty } else { false }
  }

  // MARK: - Chance

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(count, 1))) }

  mutating func one(in count: Int) -> Bool { below(count) == 0 }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// A length, mostly short, now and then up to the most.
  mutating func length(upTo most: Int) -> Int {
    let most = max(most, 1)
    return 1 + below(min(most, [1, 2, 4, 16, 256, most][below(6)]))
  }
}
