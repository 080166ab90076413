import GenerativeModel
import Kernels

/// A belief about hidden states where it lies in memory: one number a state, in the form of its
/// ``BeliefSpace``.
public struct Belief<Number: StepNumber>: BitwiseCopyable {
  /// The numbers.
  public let base: UnsafeMutablePointer<Number>
  /// By factor, the states of a wide factor that are not zero in every lane; nil where no factor is
  /// wide.
  public let supports: UnsafeMutablePointer<Support>?

  /// A belief without wide factors.
  @inlinable
  public init(_ base: UnsafeMutablePointer<Number>) {
    self.base = base
    supports = nil
  }

  @inlinable
  package init(_ base: UnsafeMutablePointer<Number>, supports: UnsafeMutablePointer<Support>?) {
    self.base = base
    self.supports = supports
  }
}

/// The states of a wide factor that are possible under a belief, ascending.
public struct Support: BitwiseCopyable {
  /// In ascending order.
  public let states: UnsafeMutablePointer<Int32>
  /// How many they are.
  public var count: Int
}

/// Memory of one belief.
public final class BeliefBuffer<Number: StepNumber> {
  /// The belief that lies in it.
  public let belief: Belief<Number>
  /// The number of numbers.
  public let count: Int
  private let numbers: FixedBuffer<Number>
  private let supports: FixedBuffer<Support>?
  private let states: [FixedBuffer<Int32>]

  /// Memory for a belief of a space, all zero.
  public init(_ space: BeliefSpace) {
    count = space.size
    numbers = FixedBuffer(zeros: space.size)
    var states: [FixedBuffer<Int32>] = []
    if space.hasWideFactors {
      var supports: [Support] = []
      for factor in 0..<space.compiled.factors.count {
        let isWide = space.isWide.base[factor]
        let buffer = FixedBuffer<Int32>(
          zeros: isWide ? space.compiled.factors.base[factor].states : 0)
        states.append(buffer)
        supports.append(Support(states: buffer.base, count: 0))
      }
      self.supports = FixedBuffer(supports)
    } else {
      supports = nil
    }
    self.states = states
    belief = Belief(numbers.base, supports: supports?.base)
  }

  /// The first number.
  public var base: UnsafeMutablePointer<Number> { belief.base }
}

/// The probability of each joint state of a scope: `weights[k]` is that of `columns[k]`, or of k where
/// `columns` is nil.
public struct ScopeDistribution<Number: StepNumber>: BitwiseCopyable {
  /// Probabilities.
  public let weights: UnsafePointer<Number>
  /// The joint states that they belong to, ascending; nil where they are all joint states in order.
  public let columns: UnsafePointer<Int32>?
  /// The number of weights.
  public let count: Int

  /// Weights of some joint states, or of all.
  @inlinable
  public init(
    _ weights: UnsafePointer<Number>, columns: UnsafePointer<Int32>? = nil, count: Int
  ) {
    self.weights = weights
    self.columns = columns
    self.count = count
  }

  /// The joint state of a weight.
  @inlinable @inline(__always)
  package func column(_ index: Int) -> Int { columns.map { Int($0[index]) } ?? index }
}

extension StepArithmetic {
  /// y = the sum of the runs of a table from `first` on, each times its probability.
  @inlinable @inline(__always)
  package static func expect(
    _ table: RunTable<Parameter>, first: Int, _ distribution: ScopeDistribution<Number>,
    into y: UnsafeMutablePointer<Number>
  ) {
    guard let columns = distribution.columns else {
      combine(
        table, first: first, count: distribution.count, weights: distribution.weights, into: y)
      return
    }
    for place in 0..<table.length { y[place] = .zero }
    for index in 0..<distribution.count {
      add(distribution.weights[index], run: first + Int(columns[index]), of: table, to: y)
    }
  }
}

/// A set of numbers below a bound that lists its members in order: marking costs what is marked, listing
/// what lies between the least and the greatest.
@usableFromInline
package struct MarkSet {
  @usableFromInline let words: FixedBuffer<UInt64>
  @usableFromInline var lowest = Int.max
  @usableFromInline var highest = -1

  @inlinable
  package init(bound: Int) { words = FixedBuffer(zeros: (bound + 63) / 64) }

  @inlinable @inline(__always)
  package mutating func insert(_ member: Int) {
    let word = member >> 6
    words.base[word] |= 1 << UInt64(member & 63)
    if word < lowest { lowest = word }
    if word > highest { highest = word }
  }

  /// Writes the members in ascending order, returns how many there were, and forgets them.
  @inlinable
  package mutating func drain(into members: UnsafeMutablePointer<Int32>) -> Int {
    var count = 0
    var word = lowest
    while word <= highest {
      var bits = words.base[word]
      words.base[word] = 0
      while bits != 0 {
        members[count] = Int32(word << 6 + bits.trailingZeroBitCount)
        count += 1
        bits &= bits - 1
      }
      word += 1
    }
    lowest = Int.max
    highest = -1
    return count
  }
}
