import Kernels

/// Rows of one width, a row a step, that follow one another in memory.
final class StepRows<Element: BitwiseCopyable> {
  /// The entries of a row.
  let width: Int
  private let empty: Element
  private var numbers: FixedBuffer<Element>
  /// The rows that there is room for.
  @exclusivity(unchecked) private(set) var capacity: Int
  /// The first row. Stays where it is until room is made.
  @exclusivity(unchecked) private(set) var base: UnsafeMutablePointer<Element>

  /// - Parameter empty: what rows hold that nobody has written.
  init(_ empty: Element, width: Int, capacity: Int) {
    self.width = width
    self.capacity = capacity
    self.empty = empty
    numbers = FixedBuffer(repeating: empty, count: width * capacity)
    base = numbers.base
  }

  @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<Element> { base + index * width }

  /// Makes room for as many rows, at least doubling what there is.
  func reserve(_ rows: Int) {
    if rows <= capacity { return }
    let wanted = max(rows, 2 * capacity)
    let wider = FixedBuffer(repeating: empty, count: width * wanted)
    wider.base.update(from: base, count: width * capacity)
    numbers = wider
    base = wider.base
    capacity = wanted
  }

  /// Drops the first rows of so many; those that follow move to the front.
  func drop(_ rows: Int, of count: Int) {
    base.update(from: base + rows * width, count: (count - rows) * width)
  }
}
