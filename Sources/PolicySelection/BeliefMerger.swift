import GenerativeModel
import Inference
import Kernels

/// Finds predicted beliefs that are equal bit for bit, so that they are evaluated once.
///
/// Exact: nothing is merged but equal bits. Where a level of some size merges less than one belief in
/// eight, the deeper levels are not searched. A node is one lane of a block, or all its lanes.
final class BeliefMerger {
  private let isEnabled: Bool
  private let space: BeliefSpace
  private let factors: UnsafePointer<CompiledModel.FactorPlan>
  private let factorCount: Int
  private let isWide: UnsafePointer<Bool>
  private let size: Int
  /// The nodes of a block.
  private let nodes: Int
  /// What is noted of a candidate, by lane.
  private let hash: FixedBuffer<SIMD8<UInt64>>
  private let words: UnsafeMutablePointer<UInt64>
  /// A node in the lower half, in the upper the table it was noted in: slots of older tables are empty.
  private let slotBuffer: FixedBuffer<UInt64>
  private let slots: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked) private var table: UInt32 = 0
  /// By node of a space with wide factors: its states that are not zero.
  private let nonzero: FixedBuffer<Int32>
  private let mask: Int
  @exclusivity(unchecked) private var isOn = true
  @exclusivity(unchecked) private(set) var isSearching = true
  @exclusivity(unchecked) private var searched = 0

  init(_ space: BeliefSpace, nodesPerBlock: Int, capacity: Int, isEnabled: Bool) {
    self.isEnabled = isEnabled
    self.space = space
    factors = UnsafePointer(space.compiled.factors.base)
    factorCount = space.compiled.factors.count
    isWide = UnsafePointer(space.isWide.base)
    size = space.size
    nodes = nodesPerBlock
    hash = FixedBuffer(repeating: SIMD8(), count: 1)
    words = UnsafeMutableRawPointer(hash.base).assumingMemoryBound(to: UInt64.self)
    var size = 4
    while size < 2 * capacity { size *= 2 }
    slotBuffer = FixedBuffer(repeating: 0, count: size)
    slots = slotBuffer.base
    mask = size - 1
    nonzero = FixedBuffer(repeating: 0, count: space.hasWideFactors ? capacity : 0)
  }

  /// Begins an evaluation.
  func begin() { isOn = isEnabled }

  /// Begins a level.
  ///
  /// - Parameter keepsKnown: whether the beliefs of the level before are to be found too.
  func beginLevel(keepsKnown: Bool) {
    searched = 0
    isSearching = isOn
    guard isSearching, !keepsKnown else { return }
    if table == .max {
      for slot in 0..<slotBuffer.count { slots[slot] = 0 }
      table = 0
    }
    table += 1
  }

  /// Ends a level that had so many distinct beliefs.
  func endLevel(distinct: Int) {
    if isSearching && searched >= 32 && (searched - distinct) * 8 < searched { isOn = false }
  }

  /// Takes in the bits of a candidate.
  func note(_ candidate: Belief<Lanes>) {
    guard isSearching else { return }
    if let supports = candidate.supports {
      noteWide(candidate, supports)
    } else {
      Lanes.hash(candidate.base, count: size, into: words)
    }
    if nodes > 1 { return }
    for lane in 1..<8 { words[0] = (words[0] << 9 | words[0] >> 55) ^ words[lane] }
  }

  private func noteWide(_ candidate: Belief<Lanes>, _ supports: UnsafePointer<Support>) {
    // Only what is not zero counts: a block's states are those that some lane needs.
    var all = SIMD8<UInt64>()
    for factor in 0..<factorCount {
      let offset = factors[factor].stateOffset
      forEachState(factor, candidate, supports) { state in
        let bits = unsafeBitCast(candidate.base[offset + state], to: SIMD8<UInt64>.self)
        let place = UInt64(truncatingIfNeeded: offset + state) &* BeliefMerger.factor
        all ^= ((bits &+ place) &* (bits ^ place)).replacing(with: 0, where: bits .== 0)
      }
    }
    hash.base[0] = all
  }

  /// Finds the nodes with the bits of some lanes of a candidate, and makes new ones of the others.
  ///
  /// Only where a block holds eight nodes of a space without wide factors.
  ///
  /// - Parameters:
  ///   - found: where the number of the first lane's node goes, every `stride` further that of the next;
  ///     lanes where it does not say `wanted` are left alone.
  ///   - next: the number of the next new node.
  /// - Returns: the number of the next new node after that.
  @inline(__always)
  func find(
    _ candidate: Belief<Lanes>, lanes: Range<Int>, in blocks: UnsafePointer<Belief<Lanes>>,
    into found: UnsafeMutablePointer<Int32>, stride: Int, wanted: Int32, next: Int
  ) -> Int {
    searched += lanes.count
    var known = Lanes.KnownVectors(
      slots: isSearching ? slots : nil, mask: mask, mark: table, size: size)
    return known.find(
      candidate.base, lanes: lanes, words: words, in: blocks,
      step: MemoryLayout<Belief<Lanes>>.stride, into: found, stride: stride, wanted: wanted,
      next: next)
  }

  /// The first node with the bits of a candidate: node `next` where there is none.
  func find(
    _ candidate: Belief<Lanes>, lane: Int, in blocks: UnsafePointer<Belief<Lanes>>, next: Int
  ) -> Int {
    guard isSearching else { return next }
    searched += 1
    // Spreads what rotations have gathered.
    var slot = Int(truncatingIfNeeded: (words[lane] &* BeliefMerger.factor) >> 40) & mask
    while true {
      let entry = slots[slot]
      guard UInt32(truncatingIfNeeded: entry >> 32) == table else { break }
      let known = Int(UInt32(truncatingIfNeeded: entry))
      if isEqual(candidate, lane, blocks[known / nodes], known) { return known }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt64(table) << 32 | UInt64(UInt32(truncatingIfNeeded: next))
    if let supports = candidate.supports {
      nonzero.base[next] = Int32(nonzeroCount(candidate, lane, supports))
    }
    return next
  }

  /// An odd number without a pattern, the golden ratio's: multiplying spreads low bits to the top.
  private static var factor: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  private func isEqual(
    _ a: Belief<Lanes>, _ lane: Int, _ b: Belief<Lanes>, _ node: Int
  ) -> Bool {
    let other = node % nodes
    if let supports = a.supports {
      // As many states, and those of one the same in the other. The other's block may not have its
      // states listed yet.
      return nonzeroCount(a, lane, supports) == Int(nonzero.base[node])
        && isPart(a, lane, supports, of: b, other)
    }
    for state in 0..<size where !Lanes.isIdentical(a.base[state], b.base[state]).all {
      return false
    }
    return true
  }

  /// Whether what is not zero in one belief is the same in another.
  private func isPart(
    _ a: Belief<Lanes>, _ lane: Int, _ supports: UnsafePointer<Support>, of b: Belief<Lanes>,
    _ other: Int
  ) -> Bool {
    var isSame = true
    for factor in 0..<factorCount {
      let offset = factors[factor].stateOffset
      forEachState(factor, a, supports) { state in
        let x = a.base[offset + state]
        let y = b.base[offset + state]
        isSame =
          isSame
          && (nodes == 1
            ? Lanes.isIdentical(x, y).all
            : x[lane] == 0 || x[lane].bitPattern == y[other].bitPattern)
      }
    }
    return isSame
  }

  /// The number of states that are not zero.
  private func nonzeroCount(
    _ belief: Belief<Lanes>, _ lane: Int, _ supports: UnsafePointer<Support>
  ) -> Int {
    var count = 0
    for factor in 0..<factorCount {
      let offset = factors[factor].stateOffset
      forEachState(factor, belief, supports) { state in
        let number = belief.base[offset + state]
        count += (nodes == 1 ? number.isAnyNonzero : number[lane] != 0) ? 1 : 0
      }
    }
    return count
  }

  @inline(__always)
  private func forEachState(
    _ factor: Int, _ belief: Belief<Lanes>, _ supports: UnsafePointer<Support>,
    _ body: (Int) -> Void
  ) {
    if isWide[factor] {
      for index in 0..<supports[factor].count { body(Int(supports[factor].states[index])) }
    } else {
      for state in 0..<factors[factor].states { body(state) }
    }
  }
}
