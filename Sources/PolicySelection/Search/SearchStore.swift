import Kernels

/// Why a search ends before its end.
enum SearchStop: Error {
  /// There is no room for another belief.
  case memory
  /// As many nodes have been weighed as may be, or time is up.
  case budget
  case failure(PlanningFailure)
}

/// The beliefs that a search has come to and those that actions are predicted to lead to, each once, in
/// memory that never grows beyond what was asked for.
///
/// A record is a run of words and is named by where it begins:
///
///     hash | key, flags | visited or branches, their number | mass | belief ...
///     of a belief:     a prediction by action | novelty of the transitions by action | a slot a depth
///     of a prediction: its value and that value's four terms | a slot a depth
///     a slot:          stamp, next in the list of the depth | estimate | lower | upper bound
///
/// Branches, a probability and the belief that follows, lie in runs of their own.
final class SearchStore {
  /// Where a record begins; 0 is none.
  typealias Place = Int32

  let size: Int
  let actions: Int
  let depth: Int
  let hasNovelty: Bool
  /// Bytes that may be used at most.
  let limit: Int
  let words: UnsafeMutableRawPointer
  private let memory: FixedBuffer<UInt64>
  /// Places by hash; 0 where there is none.
  @exclusivity(unchecked) private var slots: FixedBuffer<Int32>
  @exclusivity(unchecked) private var mask: Int
  @exclusivity(unchecked) private var count = 0
  /// Words in use; the first is never a record's.
  @exclusivity(unchecked) private var used = 1

  init(size: Int, actions: Int, depth: Int, hasNovelty: Bool, mebibytes: Int) {
    self.size = size
    self.actions = actions
    self.depth = depth
    self.hasNovelty = hasNovelty
    limit = mebibytes << 20
    // What is never written takes no memory.
    memory = FixedBuffer(zeros: limit / 8)
    words = UnsafeMutableRawPointer(memory.base)
    slots = FixedBuffer(zeros: SearchStore.leastSlots)
    mask = SearchStore.leastSlots - 1
  }

  private static let leastSlots = 1024

  /// Bytes in use.
  var bytes: Int { 8 * used + 4 * slots.count }
  var isEmpty: Bool { count == 0 }

  /// Forgets everything.
  func reset() {
    used = 1
    count = 0
    if slots.count > SearchStore.leastSlots {
      slots = FixedBuffer(zeros: SearchStore.leastSlots)
      mask = slots.count - 1
    } else {
      for slot in 0..<slots.count { slots.base[slot] = 0 }
    }
  }

  // MARK: - Records

  var edgesAt: Int { 4 + size }
  var noveltyAt: Int { edgesAt + (actions + 1) / 2 }
  var valueAt: Int { 4 + size }
  private var beliefSlotsAt: Int { noveltyAt + (hasNovelty ? actions : 0) }
  private var predictionSlotsAt: Int { valueAt + 5 }

  @inline(__always)
  func doubles(_ place: Place, _ word: Int) -> UnsafeMutablePointer<Double> {
    (words + 8 * (Int(place) + word)).assumingMemoryBound(to: Double.self)
  }

  @inline(__always)
  func integers(_ place: Place, _ word: Int) -> UnsafeMutablePointer<Int32> {
    (words + 8 * (Int(place) + word)).assumingMemoryBound(to: Int32.self)
  }

  @inline(__always)
  private func hash(_ place: Place) -> UnsafeMutablePointer<UInt64> {
    (words + 8 * Int(place)).assumingMemoryBound(to: UInt64.self)
  }

  @inline(__always)
  func belief(_ place: Place) -> UnsafeMutablePointer<Double> { doubles(place, 4) }

  /// The slot of a belief for so many steps to come.
  @inline(__always)
  func beliefSlot(_ place: Place, _ depth: Int) -> SearchSlot {
    SearchSlot(words + 8 * (Int(place) + beliefSlotsAt + 4 * (depth - 1)))
  }

  /// The slot of a prediction for so many steps to come, the one that leads to it among them.
  @inline(__always)
  func predictionSlot(_ place: Place, _ depth: Int) -> SearchSlot {
    SearchSlot(words + 8 * (Int(place) + predictionSlotsAt + 4 * (depth - 1)))
  }

  @inline(__always)
  func flags(_ place: Place) -> UnsafeMutablePointer<Int32> { integers(place, 1) + 1 }

  /// Takes words that follow one another.
  func take(_ count: Int) throws(SearchStop) -> Place {
    guard used + count <= memory.count, 8 * (used + count) + 4 * slots.count <= limit else {
      throw .memory
    }
    defer { used += count }
    return Place(used)
  }

  // MARK: - Finding

  /// The record of a belief with these bits, new where there was none; its numbers lie `stride` apart.
  ///
  /// - Parameter isPrediction: which of the two kinds.
  /// - Parameter row: the preferences that hold for the step from it, or to it.
  func record(
    _ numbers: UnsafePointer<Double>, stride: Int, hash: UInt64, row: Int, isPrediction: Bool
  ) throws(SearchStop) -> (place: Place, isNew: Bool) {
    let key = Int32(truncatingIfNeeded: 2 * row + (isPrediction ? 1 : 0))
    var slot = home(hash)
    while slots.base[slot] != 0 {
      let place = slots.base[slot]
      if self.hash(place)[0] == hash && integers(place, 1)[0] == key
        && isEqual(place, numbers, stride)
      {
        return (place, false)
      }
      slot = (slot + 1) & mask
    }
    if 2 * (count + 1) > slots.count {
      try grow()
      slot = home(hash)
      while slots.base[slot] != 0 { slot = (slot + 1) & mask }
    }
    let first = isPrediction ? predictionSlotsAt : beliefSlotsAt
    let place = try take(first + 4 * depth)
    self.hash(place)[0] = hash
    integers(place, 1)[0] = key
    integers(place, 1)[1] = 0
    integers(place, 2)[0] = 0
    integers(place, 2)[1] = 0
    let belief = belief(place)
    for index in 0..<size { belief[index] = numbers[index * stride] }
    for index in 0..<depth { integers(place, first + 4 * index)[0] = 0 }
    slots.base[slot] = place
    count += 1
    return (place, true)
  }

  /// Whether there is a record of a belief.
  func hasRecord(_ numbers: UnsafePointer<Double>, hash: UInt64, row: Int) -> Bool {
    var slot = home(hash)
    while slots.base[slot] != 0 {
      let place = slots.base[slot]
      if self.hash(place)[0] == hash && integers(place, 1)[0] == 2 * row
        && isEqual(place, numbers, 1)
      {
        return true
      }
      slot = (slot + 1) & mask
    }
    return false
  }

  @inline(__always)
  private func home(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  @inline(__always)
  private func isEqual(_ place: Place, _ numbers: UnsafePointer<Double>, _ stride: Int) -> Bool {
    let belief = belief(place)
    for index in 0..<size where belief[index].bitPattern != numbers[index * stride].bitPattern {
      return false
    }
    return true
  }

  /// Makes room for more places.
  private func grow() throws(SearchStop) {
    let larger = 2 * slots.count
    guard 8 * used + 4 * (slots.count + larger) <= limit else { throw .memory }
    let old = slots
    slots = FixedBuffer(zeros: larger)
    mask = larger - 1
    for index in 0..<old.count where old.base[index] != 0 {
      var slot = home(hash(old.base[index])[0])
      while slots.base[slot] != 0 { slot = (slot + 1) & mask }
      slots.base[slot] = old.base[index]
    }
  }

  /// A word that depends on all bits of a belief.
  func hash(of belief: UnsafePointer<Double>) -> UInt64 {
    var hash: UInt64 = 0
    for index in 0..<size { hash = (hash << 7 | hash >> 57) ^ belief[index].bitPattern }
    return hash
  }
}

/// What a search knows of a belief, or of a prediction, with some steps to come.
struct SearchSlot {
  private let words: UnsafeMutableRawPointer

  @inline(__always)
  init(_ words: UnsafeMutableRawPointer) { self.words = words }

  /// The search in which the rest was written, and how far it went.
  @inline(__always)
  var stamp: UInt32 {
    get { words.assumingMemoryBound(to: UInt32.self)[0] }
    nonmutating set { words.assumingMemoryBound(to: UInt32.self)[0] = newValue }
  }
  @inline(__always)
  var next: Int32 {
    get { words.assumingMemoryBound(to: Int32.self)[1] }
    nonmutating set { words.assumingMemoryBound(to: Int32.self)[1] = newValue }
  }
  @inline(__always)
  private var numbers: UnsafeMutablePointer<Double> { words.assumingMemoryBound(to: Double.self) }
  @inline(__always)
  var estimate: Double {
    get { numbers[1] }
    nonmutating set { numbers[1] = newValue }
  }
  @inline(__always)
  var lower: Double {
    get { numbers[2] }
    nonmutating set { numbers[2] = newValue }
  }
  @inline(__always)
  var upper: Double {
    get { numbers[3] }
    nonmutating set { numbers[3] = newValue }
  }
}
