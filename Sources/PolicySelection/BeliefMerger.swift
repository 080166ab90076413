import GenerativeModel
import Inference
import Kernels

/// Finds predicted beliefs of one level that are equal bit for bit, so that they are evaluated once.
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
  private let slotBuffer: FixedBuffer<Int32>
  private let slots: UnsafeMutablePointer<Int32>
  /// By node of a space with wide factors: its states that are not zero.
  private let nonzero: FixedBuffer<Int32>
  @exclusivity(unchecked) private var mask = 0
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
    var size = 4
    while size < 2 * capacity { size *= 2 }
    slotBuffer = FixedBuffer(repeating: -1, count: size)
    slots = slotBuffer.base
    nonzero = FixedBuffer(repeating: 0, count: space.hasWideFactors ? capacity : 0)
  }

  /// Begins an evaluation.
  func begin() { isOn = isEnabled }

  /// Begins a level of at most so many beliefs.
  func beginLevel(atMost count: Int) {
    searched = 0
    isSearching = isOn
    guard isSearching else { return }
    var size = 4
    while size < 2 * count { size *= 2 }
    mask = min(size, slotBuffer.count) - 1
    for slot in 0...mask { slots[slot] = -1 }
  }

  /// Ends a level that had so many distinct beliefs.
  func endLevel(distinct: Int) {
    if isSearching && searched >= 32 && (searched - distinct) * 8 < searched { isOn = false }
  }

  /// A number for the bits of every lane of a belief.
  func hash(_ belief: Belief<Lanes>) -> SIMD8<UInt64> {
    var hash = SIMD8<UInt64>()
    if let supports = belief.supports {
      // Only what is not zero counts: a block's states are those that some lane needs.
      for factor in 0..<factorCount {
        let offset = factors[factor].stateOffset
        forEachState(factor, belief, supports) { state in
          let bits = unsafeBitCast(belief.base[offset + state], to: SIMD8<UInt64>.self)
          let place = UInt64(truncatingIfNeeded: offset + state) &* 0x9E37_79B9_7F4A_7C15
          hash ^= ((bits &+ place) &* (bits ^ place)).replacing(with: 0, where: bits .== 0)
        }
      }
      return hash
    }
    return Lanes.hash(belief.base, count: size)
  }

  /// The first node with the bits of a candidate: node `next` where there is none.
  func find(
    _ candidate: Belief<Lanes>, lane: Int, _ hashes: SIMD8<UInt64>,
    in blocks: UnsafePointer<Belief<Lanes>>, next: Int
  ) -> Int {
    guard isSearching else { return next }
    searched += 1
    var hash = hashes[lane]
    if nodes == 1 {
      for other in 1..<8 { hash = (hash << 9 | hash >> 55) ^ hashes[other] }
    }
    // Spreads what rotations have gathered.
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> 40) & mask
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if isEqual(candidate, lane, blocks[known / nodes], known) { return known }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(next)
    if let supports = candidate.supports {
      nonzero.base[next] = Int32(nonzeroCount(candidate, lane, supports))
    }
    return next
  }

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
    if nodes == 1 {
      for state in 0..<size where !Lanes.isIdentical(a.base[state], b.base[state]).all {
        return false
      }
      return true
    }
    let x = numbers(a.base) + lane
    let y = numbers(b.base) + other
    for state in 0..<size where x[8 * state].bitPattern != y[8 * state].bitPattern { return false }
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
