import CVectorMath

extension SIMD8<Double> {
  /// Writes one word a lane that depends on the bits of all of `count` entries.
  @inlinable @inline(__always)
  public static func hash(
    _ x: UnsafePointer<Lanes>, count: Int, into words: UnsafeMutablePointer<UInt64>
  ) {
    aif_lanes_hash(numbers(x), count, words)
  }

  /// Makes numbers of one lane those of a lane.
  @inlinable @inline(__always)
  public static func spread<Number: StepNumber>(
    _ x: UnsafePointer<Number>, into lane: Int, of y: UnsafeMutablePointer<Lanes>, count: Int
  ) {
    aif_lane_spread(numbers(x), numbers(y) + lane, count)
  }

  /// Adds numbers of one lane to those of a lane, each where it goes, in order.
  @inlinable @inline(__always)
  public static func add<Number: StepNumber>(
    _ x: UnsafePointer<Number>, count: Int, to places: UnsafePointer<Int32>, in lane: Int,
    of y: UnsafeMutablePointer<Lanes>
  ) {
    aif_lane_add(numbers(x), count, places, numbers(y) + lane)
  }

  /// A table to find vectors by their bits that lie in the lanes of blocks, vector k in lane k % 8 of block
  /// k / 8.
  public struct KnownVectors {
    @usableFromInline var table: aif_known_vectors

    /// - Parameters:
    ///   - slots: a vector's number in the lower half, in the upper one the mark of the table it was noted
    ///     in; others are empty, and some always are. Nil where no vector is looked for: all are new.
    ///   - mask: the number of slots, a power of 2, less 1.
    ///   - size: the entries of a vector.
    @inlinable @inline(__always)
    public init(slots: UnsafeMutablePointer<UInt64>?, mask: Int, mark: UInt32, size: Int) {
      table = aif_known_vectors(slots: slots, mask: UInt64(mask), mark: UInt64(mark), size: size)
    }

    /// Finds the vectors in some lanes among those that are known, and copies those that are new into
    /// place.
    ///
    /// - Parameters:
    ///   - words: what ``SIMD8/hash(_:count:into:)`` made of the block.
    ///   - blocks: one address of a block every `step` bytes.
    ///   - found: where the number of the first lane's vector goes, `stride` further that of the next;
    ///     lanes where it does not say `wanted` are left alone.
    ///   - next: the number of the next new vector.
    /// - Returns: the number of the next new vector after that.
    @inlinable @inline(__always)
    public mutating func find(
      _ x: UnsafePointer<Lanes>, lanes: Range<Int>, words: UnsafePointer<UInt64>,
      in blocks: UnsafeRawPointer, step: Int, into found: UnsafeMutablePointer<Int32>, stride: Int,
      wanted: Int32, next: Int
    ) -> Int {
      aif_lanes_find(
        numbers(x), words, lanes.lowerBound, lanes.upperBound, blocks, step, &table, found, stride,
        wanted, next)
    }
  }
}
