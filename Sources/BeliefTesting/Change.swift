/// One thing that is said differently by two models, agents, environments or headings of traces.
public struct Change: Hashable, Sendable, CustomStringConvertible {
  /// Where, in the words of a file: `planning.gamma`, `B[location], (left | centre, move left)`.
  public let place: String
  /// What the expected trace says.
  public let expected: Difference.Value
  /// What the actual trace says.
  public let actual: Difference.Value

  init(_ place: String, _ expected: Difference.Value, _ actual: Difference.Value) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  /// `planning.gamma: 16.0 became 8.0`.
  public var description: String { "\(place): \(expected) became \(actual)" }
}

/// The first of several changes, and how many there are.
public struct Changes: Hashable, Sendable, CustomStringConvertible {
  /// The first, in the order of the file.
  public let first: Change
  /// The number of entries that differ, at least 1.
  public let count: Int

  /// `planning.gamma: 16.0 became 8.0, and 2 more entries`.
  public var description: String {
    count == 1 ? "\(first)" : "\(first), and \(count - 1) more \(count == 2 ? "entry" : "entries")"
  }
}

extension Changes {
  /// Several together; nil where there is none.
  init?(_ changes: [Changes?]) {
    let changes = changes.compactMap { $0 }
    guard let first = changes.first?.first else { return nil }
    self.init(first: first, count: changes.reduce(0) { $0 + $1.count })
  }

  /// The same with the level named in front.
  ///
  /// - Parameter level: nil where there is one.
  func placed(inLevel level: String?) -> Changes {
    guard let level else { return self }
    return Changes(
      first: Change("level \(level), \(first.place)", first.expected, first.actual), count: count)
  }
}

/// Gathers changes: keeps the first and counts the rest.
struct ChangeGatherer {
  private var first: Change?
  private var count = 0

  mutating func add(
    _ place: @autoclosure () -> String, _ expected: Difference.Value, _ actual: Difference.Value
  ) {
    if first == nil { first = Change(place(), expected, actual) }
    count += 1
  }

  /// What was gathered; nil where there was nothing.
  var changes: Changes? { first.map { Changes(first: $0, count: count) } }
}
