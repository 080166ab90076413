import Kernels

extension MeanFieldInference {
  /// The log likelihood of a group's joint states at hand.
  @inline(__always)
  func table(of index: Int) -> UnsafePointer<Number> {
    UnsafePointer(logLikelihood.base + offsets.base[index])
  }

  /// What a group says of one of its factors.
  struct Message: BitwiseCopyable {
    let group: Int
    /// The factor's place among those of the group.
    let position: Int
    let factor: Int
  }

  /// The factors of a group of two.
  struct Pair: BitwiseCopyable {
    let first: Int
    let second: Int
  }

  /// Adds to `target` what a group says of one of its factors, given the others:
  /// E_{q of the others}[log likelihood].
  ///
  /// - Parameter table: the group's log likelihood.
  @inline(__always)
  func addMessage(
    of index: Int, _ table: UnsafePointer<Number>, to position: Int,
    _ belief: UnsafePointer<Number>, _ target: UnsafeMutablePointer<Number>
  ) {
    let pair = pairs.base[index]
    // Small tables of two factors, the most frequent ones, are summed at once.
    guard pair.first >= 0 && columns.base[index] <= 256 else {
      contract(index, table, position, belief, target)
      return
    }
    let rows = frame.sizes.base[pair.first]
    let width = frame.sizes.base[pair.second]
    if position == 0 {
      let q = belief + frame.offsets.base[pair.second]
      var row = table
      for state in 0..<rows {
        target[state] += Number.dot(row, q, count: width)
        row += width
      }
    } else {
      let q = belief + frame.offsets.base[pair.first]
      for state in 0..<width {
        var sum = Number.zero
        var entry = table + state
        for row in 0..<rows {
          sum += q[row] * entry.pointee
          entry += width
        }
        target[state] += sum
      }
    }
  }

  /// The same for any number of factors, in the same order of sums.
  @inline(never)
  private func contract(
    _ index: Int, _ table: UnsafePointer<Number>, _ position: Int,
    _ belief: UnsafePointer<Number>, _ target: UnsafeMutablePointer<Number>
  ) {
    let half = scratch.count / 2
    var source = table
    var count = columns.base[index]
    var buffer = 0
    // Sum out the axes behind, the last first: each is contiguous when its turn comes.
    var axis = groups[index].factors.count - 1
    while axis > position {
      let factor = groups[index].factors[axis]
      let n = frame.sizes.base[factor]
      let q = belief + frame.offsets.base[factor]
      count /= n
      let result = scratch.base + buffer * half
      for row in 0..<count { result[row] = Number.dot(source + row * n, q, count: n) }
      source = UnsafePointer(result)
      buffer = 1 - buffer
      axis -= 1
    }
    // Then the axes in front, the first first: each is a weighted sum of contiguous rows.
    for axis in 0..<position {
      let factor = groups[index].factors[axis]
      let n = frame.sizes.base[factor]
      let q = belief + frame.offsets.base[factor]
      count /= n
      let result = scratch.base + buffer * half
      for cell in 0..<count { result[cell] = .zero }
      for row in 0..<n {
        let weight = q[row]
        let run = source + row * count
        for cell in 0..<count { result[cell] += weight * run[cell] }
      }
      source = UnsafePointer(result)
      buffer = 1 - buffer
    }
    for state in 0..<count { target[state] += source[state] }
  }
}
