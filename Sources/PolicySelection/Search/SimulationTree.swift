import Kernels

/// The beliefs that simulations have come to, by action and joint outcome, in memory that never grows beyond
/// what was asked for.
///
/// A record is a run of words and is named by where it begins:
///
///     of a belief:        belief ... | the terms of a step by action | the prediction by action ...
///     of what comes last: the terms of what the belief is worth
///     of a way there:     where it begins | action, where it leads | outcomes, two a word ...
final class SimulationTree {
  /// Where a record begins; 0 is none.
  typealias Place = Int32
  /// Where an outcome leads that the scheme of inference calls impossible.
  static let impossible: Place = -1

  private static let leastSlots = 1024
  private static let wordsOfTerms = MemoryLayout<ExpectedFreeEnergyTerms>.size / 8

  private let size: Int
  private let actions: Int
  private let modalities: Int
  /// Bytes that may be used at most.
  private let limit: Int
  private let memory: FixedBuffer<UInt64>
  private let words: UnsafeMutableRawPointer
  /// The ways by what they begin with; 0 where there is none.
  @exclusivity(unchecked) private var slots: FixedBuffer<Int32>
  @exclusivity(unchecked) private var count = 0
  /// Words in use: first a record for each level of a simulation that finds no room.
  @exclusivity(unchecked) private var used: Int
  private let firstFree: Int

  /// - Parameter levels: how many beliefs follow one another in a simulation.
  init(size: Int, actions: Int, modalities: Int, levels: Int, bytes: Int) {
    self.size = size
    self.actions = actions
    self.modalities = modalities
    limit = bytes
    let record = size + actions * (SimulationTree.wordsOfTerms + size)
    firstFree = 1 + levels * record
    used = firstFree
    // What is never written takes no memory.
    memory = FixedBuffer(zeros: max(bytes / 8, firstFree))
    words = UnsafeMutableRawPointer(memory.base)
    slots = FixedBuffer(zeros: SimulationTree.leastSlots)
  }

  /// Forgets everything.
  func reset() {
    used = firstFree
    count = 0
    if slots.count > SimulationTree.leastSlots {
      slots = FixedBuffer(zeros: SimulationTree.leastSlots)
    } else {
      for slot in 0..<slots.count { slots.base[slot] = 0 }
    }
  }

  // MARK: - Records

  private var wordsOfBelief: Int { size + actions * (SimulationTree.wordsOfTerms + size) }

  /// The record that a belief of a level is in where there is no room to keep it.
  func passing(level: Int) -> Place { Place(1 + level * wordsOfBelief) }

  @inline(__always)
  func belief(_ place: Place) -> UnsafeMutablePointer<Double> {
    (words + 8 * Int(place)).assumingMemoryBound(to: Double.self)
  }

  /// What each action's step is worth.
  @inline(__always)
  func steps(_ place: Place) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> {
    (words + 8 * (Int(place) + size)).assumingMemoryBound(to: ExpectedFreeEnergyTerms.self)
  }

  /// Where each action leads, one belief after the other.
  @inline(__always)
  func predictions(_ place: Place) -> UnsafeMutablePointer<Double> {
    belief(place) + size + actions * SimulationTree.wordsOfTerms
  }

  /// What a belief that nothing comes after is worth.
  @inline(__always)
  func worth(_ place: Place) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> {
    (words + 8 * Int(place)).assumingMemoryBound(to: ExpectedFreeEnergyTerms.self)
  }

  /// Whether a belief is kept, and not only passed through.
  func isKept(_ place: Place) -> Bool { Int(place) >= firstFree }

  /// Room for a belief, or for what one is worth; nil where there is none.
  func take(isLast: Bool) -> Place? {
    take(isLast ? SimulationTree.wordsOfTerms : wordsOfBelief)
  }

  private func take(_ words: Int) -> Place? {
    guard used + words <= Int(Place.max), 8 * (used + words) + 4 * slots.count <= limit else {
      return nil
    }
    defer { used += words }
    return Place(used)
  }

  // MARK: - Ways

  private var wordsOfWay: Int { 2 + (modalities + 1) / 2 }

  @inline(__always)
  private func integers(_ place: Place) -> UnsafeMutablePointer<Int32> {
    (words + 8 * Int(place)).assumingMemoryBound(to: Int32.self)
  }

  /// Where an action and an outcome lead; 0 where that is not known.
  func child(_ parent: Place, _ action: Int, _ outcomes: UnsafePointer<Int>) -> Place {
    let way = slots.base[slot(parent, action, outcomes)]
    return way == 0 ? 0 : integers(way)[3]
  }

  /// Keeps where an action and an outcome lead, which was not known, if there is room.
  func keep(_ child: Place, _ parent: Place, _ action: Int, _ outcomes: UnsafePointer<Int>) {
    if 2 * (count + 1) > slots.count && !grow() { return }
    guard let way = take(wordsOfWay) else { return }
    let record = integers(way)
    record[0] = parent
    record[1] = 0
    record[2] = Int32(truncatingIfNeeded: action)
    record[3] = child
    for modality in 0..<modalities {
      record[4 + modality] = Int32(truncatingIfNeeded: outcomes[modality])
    }
    slots.base[slot(parent, action, outcomes)] = way
    count += 1
  }

  /// The slot of a way, or the free one where it belongs.
  private func slot(_ parent: Place, _ action: Int, _ outcomes: UnsafePointer<Int>) -> Int {
    var hash = UInt64(truncatingIfNeeded: parent) << 32 ^ UInt64(truncatingIfNeeded: action)
    for modality in 0..<modalities {
      hash = (hash &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(truncatingIfNeeded: outcomes[modality])
    }
    hash &*= 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    while slots.base[slot] != 0, !isWay(slots.base[slot], parent, action, outcomes) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  @inline(__always)
  private func isWay(
    _ way: Place, _ parent: Place, _ action: Int, _ outcomes: UnsafePointer<Int>
  ) -> Bool {
    let record = integers(way)
    guard record[0] == parent, record[2] == Int32(truncatingIfNeeded: action) else { return false }
    for modality in 0..<modalities where Int(record[4 + modality]) != outcomes[modality] {
      return false
    }
    return true
  }

  /// Makes room for more ways; whether it could.
  private func grow() -> Bool {
    let larger = 2 * slots.count
    guard 8 * used + 4 * (slots.count + larger) <= limit else { return false }
    let old = slots
    slots = FixedBuffer(zeros: larger)
    let outcomes = FixedBuffer<Int>(repeating: 0, count: modalities)
    for index in 0..<old.count where old.base[index] != 0 {
      let record = integers(old.base[index])
      for modality in 0..<modalities { outcomes.base[modality] = Int(record[4 + modality]) }
      slots.base[slot(record[0], Int(record[2]), outcomes.base)] = old.base[index]
    }
    return true
  }
}
