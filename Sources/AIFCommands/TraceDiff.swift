import ActiveInference
import BeliefTesting

/// Holds the episodes of one file against those of another.
///
/// Episodes of one seed and number belong together, where there are several in the order in which they
/// come. Where both files have the same episodes in the same order, a few of each are in memory at a time;
/// what one of them lacks makes the other be read ahead.
struct TraceDiff {
  /// An episode by its seed and number.
  struct Key: Hashable {
    let seed: UInt64
    let episode: Int
  }

  /// Two episodes that differ.
  struct Difference {
    let key: Key
    let explanation: Explanation
  }

  /// Episodes that only one of the files has.
  struct Alone {
    var count = 0
    /// The first few.
    var first: [Key] = []
  }

  /// Episodes that both files have.
  private(set) var compared = 0
  private(set) var differing = 0
  /// The first of those that differ.
  private(set) var differences: [Difference] = []
  private(set) var onlyExpected = Alone()
  private(set) var onlyActual = Alone()

  private let tolerances: Tolerances
  /// So many differences, and episodes that only one file has, are kept; the others are counted.
  private let limit: Int

  init(tolerances: Tolerances, limit: Int) {
    self.tolerances = tolerances
    self.limit = limit
  }

  /// Whether nothing differs.
  var isSame: Bool { differing == 0 && onlyExpected.count == 0 && onlyActual.count == 0 }

  /// Compares two files.
  ///
  /// - Throws: ``CommandFailure`` or ``InvalidInput`` where one cannot be read.
  mutating func compare(expected: TraceFile, actual: TraceFile) throws {
    var expectedTraces = TraceCursor(expected)
    var actualTraces = TraceCursor(actual)
    // Read ahead, by what they are and in their order.
    var ahead: [Key: [Trace]] = [:]
    var order: [Key] = []
    while let one = try expectedTraces.next() {
      let key = Key(one)
      if var waiting = ahead.removeValue(forKey: key) {
        compare(one, waiting.removeFirst())
        if !waiting.isEmpty { ahead[key] = waiting }
        continue
      }
      var found = false
      while !found, let other = try actualTraces.next() {
        let otherKey = Key(other)
        if otherKey == key {
          compare(one, other)
          found = true
        } else {
          ahead[otherKey, default: []].append(other)
          order.append(otherKey)
        }
      }
      if !found { add(key, to: &onlyExpected) }
    }
    // Those that were matched have gone.
    for key in order where ahead[key]?.isEmpty == false {
      ahead[key]?.removeLast()
      add(key, to: &onlyActual)
    }
    while let other = try actualTraces.next() { add(Key(other), to: &onlyActual) }
  }

  private mutating func compare(_ expected: Trace, _ actual: Trace) {
    compared += 1
    let found = explanation(expected: expected, actual: actual, tolerances: tolerances)
    guard let found else { return }
    differing += 1
    if differences.count < limit {
      differences.append(Difference(key: Key(expected), explanation: found))
    }
  }

  private func add(_ key: Key, to alone: inout Alone) {
    alone.count += 1
    if alone.first.count < limit { alone.first.append(key) }
  }
}

extension TraceDiff.Key: CustomStringConvertible {
  init(_ trace: Trace) { self.init(seed: trace.seed, episode: trace.episode) }

  /// `seed 0, episode 3`.
  var description: String { "seed \(seed), episode \(episode)" }
}

/// The traces of a file, one after the other.
struct TraceCursor {
  private let file: TraceFile
  private var reader: TraceReader
  private var waiting: [Trace] = []

  init(_ file: TraceFile) {
    self.file = file
    reader = TraceReader(source: file.name)
  }

  mutating func next() throws -> Trace? {
    while waiting.isEmpty {
      guard let batch = try file.nextBatch() else { return nil }
      var traces: [Trace] = []
      try batch.forEach(&reader, source: file.name) { _, _, result in
        traces.append(try result.get())
      }
      waiting = traces.reversed()
    }
    return waiting.popLast()
  }
}
