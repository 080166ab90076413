#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of plain numbers that is allocated once and never moves or grows.
///
/// What a step reads and writes lives in such blocks, so that a step allocates nothing and counts no
/// references. The owner is responsible for indices: there is no bounds check.
public final class FixedBuffer<Element: BitwiseCopyable> {
  /// The first element.
  public let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  public let count: Int
  /// The memory, where it came from the system zeroed.
  @usableFromInline let zeroed: UnsafeMutableRawPointer?

  /// A block whose elements all have one value.
  @inlinable
  public init(repeating value: Element, count: Int) {
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
    self.count = count
    zeroed = nil
  }

  /// A block of numbers that are all zero; where it is large, what is never written takes no memory.
  public convenience init(zeros count: Int) where Element: StepNumber { self.init(zeroed: count) }

  /// A block of integers that are all zero; where it is large, what is never written takes no memory.
  public convenience init(zeros count: Int) where Element: FixedWidthInteger {
    self.init(zeroed: count)
  }

  private init(zeroed count: Int) {
    let alignment = MemoryLayout<Element>.alignment
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    self.count = count
    guard let block = calloc(bytes + alignment, 1) else {
      // What does not fit into the machine was refused with its size before (`StepCost`). Where the system
      // still refuses, the language's own allocation has the last word, as for any array.
      base = .allocate(capacity: max(count, 1))
      UnsafeMutableRawPointer(base).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      zeroed = nil
      return
    }
    zeroed = block
    base = block.alignedUp(toMultipleOf: alignment).bindMemory(to: Element.self, capacity: count)
  }

  /// A block that holds the elements of a collection.
  @inlinable
  public convenience init(_ elements: some Collection<Element>) {
    self.init(copying: Array(elements))
  }

  @inlinable
  init(copying elements: [Element]) {
    base = .allocate(capacity: max(elements.count, 1))
    count = elements.count
    zeroed = nil
    elements.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { base.initialize(from: first, count: source.count) }
    }
  }

  deinit {
    if let zeroed { free(zeroed) } else { base.deallocate() }
  }

  /// The elements of a range, as an array.
  @inlinable
  public func array(_ range: Range<Int>) -> [Element] {
    Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }
}
