/// Up to seven numbers below 256 in one word, so that a record of what a step saw needs no memory beside.
struct NumberWord: Hashable, Sendable {
  /// One byte a number, the first one lowest; the highest byte says how many there are.
  private var bits: UInt64

  /// The numbers that elements stand for; nil where they are too many, or one is too large or stands for none.
  @inline(__always)
  init?<Element>(_ elements: [Element], _ number: (Element) -> Int?) {
    if elements.count > 7 { return nil }
    bits = UInt64(elements.count) << 56
    for index in elements.indices {
      guard let number = number(elements[index]), number >= 0, number < 256 else { return nil }
      bits |= UInt64(number) << UInt64(8 * index)
    }
  }

  /// What they stand for.
  func elements<Element>(_ element: (Int) -> Element) -> [Element] {
    (0..<Int(bits >> 56)).map { element(Int(bits >> UInt64(8 * $0) & 255)) }
  }
}

/// The observation of a step, small where it can be.
enum RecordedObservation: Hashable, Sendable {
  /// Outcomes; 255 where nothing was observed.
  case small(NumberWord)
  case list([Observation])

  @inline(__always)
  init(_ observation: [Observation]) {
    let word = NumberWord(observation) { entry -> Int? in
      switch entry {
      case .outcome(let outcome): outcome < 255 ? outcome : nil
      case .missing: 255
      case .distribution: nil
      }
    }
    self = word.map { .small($0) } ?? .list(observation)
  }

  var observation: [Observation] {
    switch self {
    case .small(let word): word.elements { $0 == 255 ? .missing : .outcome($0) }
    case .list(let observation): observation
    }
  }
}

/// The true states of a step, small where they can be.
enum RecordedStates: Hashable, Sendable {
  case small(NumberWord)
  case list([Int])

  @inline(__always)
  init(_ states: [Int]) {
    self = NumberWord(states) { $0 }.map { .small($0) } ?? .list(states)
  }

  var states: [Int] {
    switch self {
    case .small(let word): word.elements { $0 }
    case .list(let states): states
    }
  }
}
