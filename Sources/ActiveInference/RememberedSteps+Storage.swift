import Kernels

/// Plain numbers that more can be appended to.
struct GrowingBlock<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element> = .allocate(capacity: 64)
  private(set) var count = 0
  private var capacity = 64

  deinit { base.deallocate() }

  mutating func append(_ element: Element) {
    reserve(count + 1)
    (base + count).initialize(to: element)
    count += 1
  }

  mutating func append(_ elements: UnsafePointer<Element>, count added: Int) {
    reserve(count + added)
    (base + count).initialize(from: elements, count: added)
    count += added
  }

  private mutating func reserve(_ needed: Int) {
    if needed <= capacity { return }
    while capacity < needed { capacity *= 2 }
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
  }
}

/// Finds runs of numbers by their bits.
struct BitsIndex {
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  private var hashes: [UInt64] = []

  private static func hash(_ run: UnsafePointer<Double>, _ size: Int) -> UInt64 {
    var hash: UInt64 = 0
    for index in 0..<size { hash = (hash << 7 | hash >> 57) ^ run[index].bitPattern }
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return hash ^ hash >> 32
  }

  /// The number of the run with these bits.
  func find(
    _ run: UnsafePointer<Double>, size: Int, in runs: UnsafePointer<Double>, stride: Int
  ) -> Int? {
    let hash = BitsIndex.hash(run, size)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, isEqual(run, runs + known * stride, size) { return known }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func isEqual(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ size: Int
  ) -> Bool {
    for index in 0..<size where a[index].bitPattern != b[index].bitPattern { return false }
    return true
  }

  /// Takes up the next run, which is not yet known.
  mutating func insert(_ number: Int, _ run: UnsafePointer<Double>, size: Int) {
    hashes.append(BitsIndex.hash(run, size))
    if 2 * hashes.count > slots.count {
      slots = Array(repeating: -1, count: 2 * slots.count)
      for (known, hash) in hashes.enumerated() { place(known, hash) }
    } else {
      place(number, hashes[number])
    }
  }

  private mutating func place(_ number: Int, _ hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(number)
  }
}

/// Finds numbers by a key.
struct KeyIndex: ~Copyable {
  /// A key and its number; -1 where the place is free.
  private struct Entry: BitwiseCopyable {
    var key: UInt64
    var number: Int32
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 64
  private var count = 0

  init() {
    entries = .allocate(capacity: 64)
    entries.initialize(repeating: Entry(key: 0, number: -1), count: 64)
  }

  deinit { entries.deallocate() }

  @inline(__always)
  private func slot(_ key: UInt64) -> Int {
    let hash = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash >> 32) & (capacity - 1)
  }

  @inline(__always)
  func find(_ key: UInt64) -> Int? {
    var place = slot(key)
    while entries[place].number >= 0 {
      if entries[place].key == key { return Int(entries[place].number) }
      place = (place + 1) & (capacity - 1)
    }
    return nil
  }

  /// Takes up a key that is not yet known.
  mutating func insert(_ key: UInt64, _ number: Int) {
    if 2 * (count + 1) > capacity { grow() }
    var place = slot(key)
    while entries[place].number >= 0 { place = (place + 1) & (capacity - 1) }
    entries[place] = Entry(key: key, number: Int32(number))
    count += 1
  }

  private mutating func grow() {
    let old = entries
    let oldCapacity = capacity
    capacity *= 2
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(key: 0, number: -1), count: capacity)
    for place in 0..<oldCapacity where old[place].number >= 0 {
      var free = slot(old[place].key)
      while entries[free].number >= 0 { free = (free + 1) & (capacity - 1) }
      entries[free] = old[place]
    }
    old.deallocate()
  }
}
