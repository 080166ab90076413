/// A table of numbers with named axes elsewhere: row-major, the last axis varying fastest.
public struct Tensor: Hashable, Sendable {
  /// How the entries are held, which is how a file writes them.
  public enum Storage: Hashable, Sendable {
    /// Every entry, row-major.
    case dense([Double])
    /// The entries that are not zero: row-major offsets, ascending and distinct, and their values.
    case sparse(offsets: [Int], values: [Double])
  }

  /// The extent of each axis.
  public let shape: [Int]
  /// The entries.
  public let storage: Storage

  /// A dense tensor; `values` holds the product of `shape` entries.
  public init(shape: [Int], _ values: [Double]) {
    precondition(values.count == product(shape), "a dense tensor has an entry for each cell")
    self.shape = shape
    self.storage = .dense(values)
  }

  /// A sparse tensor from ascending, distinct row-major offsets.
  public init(shape: [Int], offsets: [Int], values: [Double]) {
    precondition(offsets.count == values.count, "a sparse tensor has a value for each offset")
    self.shape = shape
    self.storage = .sparse(offsets: offsets, values: values)
  }

  /// The number of cells, those that are zero included; `Int.max` where it does not fit.
  public var count: Int { product(shape) ?? Int.max }

  /// Every entry, row-major.
  ///
  /// - Complexity: O(cells).
  public var values: [Double] {
    switch storage {
    case .dense(let values): return values
    case .sparse(let offsets, let nonzero):
      var values = [Double](repeating: 0, count: count)
      for (offset, value) in zip(offsets, nonzero) { values[offset] = value }
      return values
    }
  }

  /// A tensor of the same shape and storage with each stored value replaced.
  public func mapStored(_ transform: (Double) -> Double) -> Tensor {
    switch storage {
    case .dense(let values): return Tensor(shape: shape, values.map(transform))
    case .sparse(let offsets, let values):
      return Tensor(shape: shape, offsets: offsets, values: values.map(transform))
    }
  }
}

extension Tensor {
  /// The number of entries that are not zero.
  ///
  /// - Complexity: O(entries held).
  var nonzeroCount: Int {
    let held: [Double]
    switch storage {
    case .dense(let values), .sparse(_, let values): held = values
    }
    var count = 0
    held.withUnsafeBufferPointer { for value in $0 where value != 0 { count += 1 } }
    return count
  }

  /// Bytes of the entries held and, where only some are, of their offsets.
  var bytes: Int {
    switch storage {
    case .dense(let values): 8 * values.count
    case .sparse(let offsets, let values): 8 * (offsets.count + values.count)
    }
  }

  /// The number of entries held.
  var storedCount: Int {
    switch storage {
    case .dense(let values): values.count
    case .sparse(_, let values): values.count
    }
  }

  /// Calls `body` with the row-major offset and the value of each entry held, in ascending order.
  package func forEachStored(_ body: (_ offset: Int, _ value: Double) -> Void) {
    switch storage {
    case .dense(let values):
      for (offset, value) in values.enumerated() { body(offset, value) }
    case .sparse(let offsets, let values):
      for (offset, value) in zip(offsets, values) { body(offset, value) }
    }
  }

  /// A tensor of the same shape and storage whose stored values are made from offset and value.
  func mapStored(_ transform: (_ offset: Int, _ value: Double) -> Double) -> Tensor {
    var values: [Double] = []
    values.reserveCapacity(storedCount)
    forEachStored { values.append(transform($0, $1)) }
    switch storage {
    case .dense: return Tensor(shape: shape, values)
    case .sparse(let offsets, _): return Tensor(shape: shape, offsets: offsets, values: values)
    }
  }
}
