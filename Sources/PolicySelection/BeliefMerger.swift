import Kernels

/// Finds predicted beliefs of one level that are equal bit for bit, so that they are evaluated once.
///
/// Exact: nothing is merged but equal bits. Where a level of some size merges less than one belief in
/// eight, the deeper levels are not searched.
struct BeliefMerger {
  private let beliefSize: Int
  private let slots: FixedBuffer<Int32>
  private var mask = 0
  private var isOn = true
  private var isSearching = true
  private var searched = 0

  init(beliefSize: Int, capacity: Int) {
    self.beliefSize = beliefSize
    var size = 4
    while size < 2 * capacity { size *= 2 }
    slots = FixedBuffer(repeating: -1, count: size)
  }

  /// Begins an evaluation.
  mutating func begin() { isOn = true }

  /// Begins a level of at most so many beliefs.
  mutating func beginLevel(atMost count: Int) {
    searched = 0
    isSearching = isOn
    guard isSearching else { return }
    var size = 4
    while size < 2 * count { size *= 2 }
    mask = min(size, slots.count) - 1
    for slot in 0...mask { slots.base[slot] = -1 }
  }

  /// Ends a level that had so many distinct beliefs.
  mutating func endLevel(distinct: Int) {
    if isSearching && searched >= 32 && (searched - distinct) * 8 < searched { isOn = false }
  }

  /// The first belief with the bits of the belief at `index`: that belief itself where it is new.
  mutating func find(_ index: Int, in beliefs: UnsafePointer<Double>) -> Int {
    guard isSearching else { return index }
    searched += 1
    let belief = UnsafeRawPointer(beliefs + index * beliefSize)
    let words = belief.assumingMemoryBound(to: UInt64.self)
    // Rotations are quick, and one product at the end spreads what they have gathered.
    var hash: UInt64 = 0
    for word in 0..<beliefSize { hash = (hash << 7 | hash >> 57) ^ words[word] }
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> 40) & mask
    while slots.base[slot] >= 0 {
      let known = Int(slots.base[slot])
      if equal(beliefs + known * beliefSize, beliefs + index * beliefSize) { return known }
      slot = (slot + 1) & mask
    }
    slots.base[slot] = Int32(index)
    return index
  }

  private func equal(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Bool {
    for index in 0..<beliefSize where a[index].bitPattern != b[index].bitPattern { return false }
    return true
  }
}
