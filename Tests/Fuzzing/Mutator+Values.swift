import ActiveInference

extension Mutator {
  /// A document with one of its values changed.
  mutating func changed(_ value: DocumentValue, _ format: Format) -> DocumentValue {
    var place = below(Mutator.count(value))
    return replacing(value, at: &place, format)
  }

  /// A document in which some numbers are a little different: mostly still sound.
  mutating func nudged(_ value: DocumentValue) -> DocumentValue {
    switch value {
    case .array(let values): return .array(values.map { nudged($0) })
    case .object(let members): return .object(members.map { .init($0.key, nudged($0.value)) })
    case _ where !one(in: 4): return value
    case .number(let number): return .number(number * pick([0, 0.5, 2, 1e-9, 1 + 1e-15]))
    case .integer(let number): return .integer(pick([number, 0, 1, 2, 3, 4, 8]))
    case .numbers(let numbers): return nudged(numbers)
    case .boolean: return .boolean(one(in: 2))
    default: return value
    }
  }

  /// Numbers that sum to what they summed to.
  private mutating func nudged(_ numbers: [Double]) -> DocumentValue {
    var numbers = numbers
    let index = below(numbers.count)
    let share = numbers[index] * pick([1, 0.5, 1e-3, 1e-16, 1e-300, 0.3])
    numbers[index] -= share
    numbers[below(numbers.count)] += share
    return .numbers(numbers)
  }

  /// How many values there are in a value, itself included.
  private static func count(_ value: DocumentValue) -> Int {
    switch value {
    case .array(let values): values.reduce(1) { $0 + count($1) }
    case .object(let members): members.reduce(1) { $0 + count($1.value) }
    default: 1
    }
  }

  private mutating func replacing(
    _ value: DocumentValue, at place: inout Int, _ format: Format
  ) -> DocumentValue {
    if place == 0 {
      place = -1
      return replacement(value, format)
    }
    if place < 0 { return value }
    place -= 1
    switch value {
    case .array(var values):
      for index in values.indices where place >= 0 {
        values[index] = replacing(values[index], at: &place, format)
      }
      return .array(values)
    case .object(var members):
      for index in members.indices where place >= 0 {
        members[index] = .init(
          members[index].key, replacing(members[index].value, at: &place, format))
      }
      return .object(members)
    default: return value
    }
  }

  private mutating func replacement(_ value: DocumentValue, _ format: Format) -> DocumentValue {
    switch below(12) {
    case 0: return leaf()
    case 1: return wrapped(value)
    case 2: return part(of: document(format) ?? value)
    default: break
    }
    switch value {
    case .array(let values): return changed(values)
    case .numbers(let numbers): return changed(numbers)
    case .object(let members): return .object(changed(members, format))
    case .string(let text): return .string(changed(text))
    case .integer(let number): return one(in: 2) ? number.near(below(5) - 2) : leaf()
    default: return leaf()
    }
  }

  private mutating func document(_ format: Format) -> DocumentValue? {
    try? Document.read(pick(corpus[format]), source: "corpus")
  }

  /// Some value inside a value.
  private mutating func part(of value: DocumentValue) -> DocumentValue {
    switch value {
    case .array(let values) where !values.isEmpty && !one(in: 3): return part(of: pick(values))
    case .object(let members) where !members.isEmpty && !one(in: 3):
      return part(of: pick(members).value)
    default: return value
    }
  }

  private mutating func leaf() -> DocumentValue {
    switch below(8) {
    case 0: return .null
    case 1: return .boolean(one(in: 2))
    case 2: return .string(changed(""))
    case 3: return .string(pick(Mutator.unwritable).0)
    case 4: return pick([.array([]), .object([]), .numbers([0])])
    case 5: return .number(number())
    default: return .integer(integer())
    }
  }

  mutating func number() -> Double {
    pick([
      0, -0.0, 1, -1, 0.5, 1e308, -1e308, 1e-300, 0x1p53, 0.1, 2, 1e-7, 1e16,
      4 * .leastNonzeroMagnitude, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 - 1e-6,
      1 + 1e-9, 3.5, 1e9,
    ])
  }

  mutating func integer() -> Int {
    pick([
      0, 1, 2, 3, -1, 7, 64, 128, 1000, 4097, 1_000_000, 1 << 24, 1 << 27, 1 << 27 + 1, 1 << 31,
      1 << 32, 1_000_000_000, 1_000_000_000_000, 1_000_000_000_000_000_000, 1 << 53 + 1, 1 << 62,
      .max, .min,
    ])
  }

  private mutating func wrapped(_ value: DocumentValue) -> DocumentValue {
    let levels = pick([1, 1, 2, 100, 140, 300])
    let isObject = one(in: 3)
    return (0..<levels).reduce(value) { inner, _ in
      isObject ? .object([.init("a", inner)]) : .array([inner])
    }
  }

  private mutating func changed(_ values: [DocumentValue]) -> DocumentValue {
    var values = values
    guard !values.isEmpty else { return .array([leaf()]) }
    let index = below(values.count)
    switch below(6) {
    case 0: values.remove(at: index)
    case 1: values.insert(values[index], at: index)
    case 2: values.swapAt(index, below(values.count))
    case 3: values += repeatElement(values[index], count: length(upTo: 2000))
    case 4: values.insert(leaf(), at: index)
    default: return values[index]
    }
    return DocumentValue.list(values)
  }

  private mutating func changed(_ numbers: [Double]) -> DocumentValue {
    var numbers = numbers
    let index = below(numbers.count)
    // Mostly what keeps a distribution one, so that agents live on it.
    switch below(14) {
    case 0: numbers.remove(at: index)
    case 1: numbers += repeatElement(numbers[index], count: length(upTo: 5000))
    case 2: return .array(numbers.map { .number($0) } + [leaf()])
    case 3: numbers.reverse()
    case 4: numbers[index] = Double(integer())
    case 5: numbers[index] = number()
    case 6...8: numbers.swapAt(index, below(numbers.count))
    case 9: numbers[index] *= pick([0.5, 2, 1e-300, 1e300])
    default:
      let share = numbers[index] * pick([1, 0.5, 1e-3, 1e-16, 1 - 1e-15, 0.3])
      numbers[index] -= share
      numbers[below(numbers.count)] += share
    }
    numbers = numbers.map { $0.isFinite ? $0 : 0 }
    return numbers.isEmpty ? .array([]) : .numbers(numbers)
  }

  private mutating func changed(
    _ members: [DocumentValue.Member], _ format: Format
  ) -> [DocumentValue.Member] {
    var members = members
    guard !members.isEmpty else { return [.init(pick(Mutator.keys), leaf())] }
    let index = below(members.count)
    switch below(6) {
    case 0: members.remove(at: index)
    case 1: members.append(members[index])
    case 2: members[index] = .init(changed(members[index].key), members[index].value)
    case 3: members[index] = .init(members[index].key, pick(members).value)
    case 4:
      if case .object(let others) = document(format),
        let other = others.randomElement(using: &random)
      {
        members.removeAll { $0.key == other.key }
        members.append(other)
      }
    default: members.insert(.init(pick(Mutator.keys), leaf()), at: index)
    }
    return members
  }

  private mutating func changed(_ text: String) -> String {
    switch below(6) {
    case 0: return ""
    case 1: return pick(Mutator.keys)
    case 2:
      return text + pick(["\u{0}", "\n", "\u{FEFF}", "\u{202E}", "é", "e\u{301}", "😀", "\u{85}"])
    case 3: return String(repeating: text + "x", count: length(upTo: 3000))
    case 4: return String(text.dropLast(1))
    default: return text + text
    }
  }

  /// The words of all formats.
  static let keys = [
    "format", "name", "factors", "modalities", "controls", "size", "labels", "given", "modality",
    "factor", "probability", "sparse", "shape", "index", "value", "logPreference", "counts",
    "concentration", "A", "B", "C", "D", "E", "H", "goal", "policies", "list", "preset",
    "inference",
    "algorithm", "iterations", "tolerance", "impossible", "planning", "horizon", "gamma",
    "inductive", "depth", "threshold", "epsilon", "learning", "rate", "forgetting", "action",
    "alpha",
    "mode", "selection", "marginal", "stochastic", "fpi", "cavi", "exact", "pymdp-1", "pymdp-0.0.7",
    "smoothedBeliefs", "windowStart", "observations", "actions", "steps", "observation", "belief",
    "beliefs", "seed", "episode",
    "environment", "parameters", "process", "final", "iterates", "step", "t", "choice", "terms",
    "aif.model/1", "aif.agent/1", "aif.data/1", "aif.trace/1", "aif.state/1", "model", "null", "<<",
  ]
}

extension Int {
  fileprivate func near(_ distance: Int) -> DocumentValue { .integer(self &+ distance) }
}
