import GenerativeModel
import Kernels

/// The states that one inference is about, by factor: all of them, or of a wide factor those that its
/// prior leaves possible.
///
/// What is ruled out beforehand stays so, so that leaving it out changes nothing but the cost.
final class StateFrame {
  /// By factor: the number of states, and where they begin.
  let sizes: FixedBuffer<Int>
  let offsets: FixedBuffer<Int>
  /// The states of all factors together.
  private(set) var count: Int
  private let space: BeliefSpace
  /// By factor: its states where they are not all.
  private let states: [FixedBuffer<Int32>]
  private let isNarrowed: FixedBuffer<Bool>
  /// The joint states last listed.
  private var listed: FixedBuffer<Int32>

  init(_ space: BeliefSpace) {
    self.space = space
    let factors = (0..<space.compiled.factors.count).map { space.compiled.factors.base[$0] }
    sizes = FixedBuffer(factors.map(\.states))
    offsets = FixedBuffer(factors.map(\.stateOffset))
    count = space.compiled.stateCount
    states = factors.indices.map {
      FixedBuffer(zeros: space.isWide.base[$0] ? factors[$0].states : 0)
    }
    isNarrowed = FixedBuffer(repeating: false, count: factors.count)
    listed = FixedBuffer(zeros: space.hasWideFactors ? 64 : 0)
  }

  /// Narrows the frame to what is possible under a prior; nil takes in all states.
  func set<Number: StepNumber>(to prior: Belief<Number>?) {
    count = 0
    for factor in 0..<sizes.count {
      let all = space.compiled.factors.base[factor].states
      var size = all
      isNarrowed.base[factor] = false
      if space.isWide.base[factor], let support = prior?.supports?[factor], support.count < all {
        size = support.count
        isNarrowed.base[factor] = true
        states[factor].base.update(from: support.states, count: size)
      }
      sizes.base[factor] = size
      offsets.base[factor] = count
      count += size
    }
  }

  /// The state at a position of a factor.
  @inline(__always)
  private func state(_ factor: Int, _ position: Int) -> Int {
    isNarrowed.base[factor] ? Int(states[factor].base[position]) : position
  }

  /// Copies the frame's part of a belief.
  func gather<Number: StepNumber>(
    _ belief: Belief<Number>, into result: UnsafeMutablePointer<Number>
  ) {
    for factor in 0..<sizes.count {
      let source = belief.base + space.compiled.factors.base[factor].stateOffset
      let target = result + offsets.base[factor]
      for position in 0..<sizes.base[factor] { target[position] = source[state(factor, position)] }
    }
  }

  /// Makes a belief what the frame has, and zero elsewhere.
  func scatter<Number: StepNumber>(
    _ values: UnsafePointer<Number>, into belief: Belief<Number>
  ) {
    for factor in 0..<sizes.count {
      let target = belief.base + space.compiled.factors.base[factor].stateOffset
      let source = values + offsets.base[factor]
      guard space.isWide.base[factor], let supports = belief.supports else {
        for position in 0..<sizes.base[factor] { target[position] = source[position] }
        continue
      }
      for index in 0..<supports[factor].count {
        target[Int(supports[factor].states[index])] = .zero
      }
      var left = 0
      for position in 0..<sizes.base[factor] where source[position].isAnyNonzero {
        let state = state(factor, position)
        target[state] = source[position]
        supports[factor].states[left] = Int32(state)
        left += 1
      }
      supports[factor].count = left
    }
  }

  /// The joint states of some factors that the frame has, in order; nil stands for all.
  func columns(_ factors: [Int]) -> (columns: UnsafePointer<Int32>?, count: Int) {
    var needed = 1
    for factor in factors { needed *= sizes.base[factor] }
    if !factors.contains(where: { isNarrowed.base[$0] }) { return (nil, needed) }
    if needed > listed.count { listed = FixedBuffer(zeros: 2 * needed) }
    listed.base[0] = 0
    var count = 1
    for factor in factors {
      let all = space.compiled.factors.base[factor].states
      let size = sizes.base[factor]
      var index = count - 1
      while index >= 0 {
        let column = Int(listed.base[index]) * all
        var position = size - 1
        while position >= 0 {
          listed.base[index * size + position] = Int32(column + state(factor, position))
          position -= 1
        }
        index -= 1
      }
      count *= size
    }
    return (UnsafePointer(listed.base), count)
  }
}
