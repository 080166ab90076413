import GenerativeModel
import Kernels

/// Reads the beliefs of a space and carries them forward; owns the memory that this takes.
public final class BeliefDynamics<Arithmetic: StepArithmetic> {
  /// What a belief consists of.
  public typealias Number = Arithmetic.Number

  /// How beliefs are held.
  public let space: BeliefSpace
  @usableFromInline let shapes: UnsafePointer<BeliefSpace.ScopeShape>
  @usableFromInline let factors: UnsafePointer<CompiledModel.FactorPlan>
  @usableFromInline let factorCount: Int
  @usableFromInline let isJoint: Bool
  @usableFromInline let scopeWeights: FixedBuffer<Number>
  /// Two tables in turn while a joint belief is carried forward.
  @usableFromInline let intermediate: FixedBuffer<Number>
  @usableFromInline let marginalBuffer: FixedBuffer<Number>
  /// Distributions over scopes with wide factors; grow when one is wider than any before.
  @usableFromInline var wideWeights: FixedBuffer<Number>
  @usableFromInline var wideColumns: FixedBuffer<Int32>
  /// The states that a prediction of a wide factor reaches.
  @exclusivity(unchecked) @usableFromInline var reached: MarkSet

  /// Memory to read the beliefs of a space.
  public init(_ space: BeliefSpace) {
    self.space = space
    shapes = UnsafePointer(space.shapes.base)
    factors = UnsafePointer(space.compiled.factors.base)
    factorCount = space.compiled.factors.count
    isJoint = space.isJoint
    var widest = 1
    for index in 0..<space.shapes.count where !space.shapes.base[index].isWide {
      widest = max(widest, space.shapes.base[index].columns)
    }
    scopeWeights = FixedBuffer(zeros: widest)
    let steps = (0..<space.jointSteps.count).map { space.jointSteps.base[$0].targetCount }
    intermediate = FixedBuffer(zeros: 2 * (steps.max() ?? 0))
    marginalBuffer = FixedBuffer(zeros: space.isJoint ? space.compiled.stateCount : 0)
    wideWeights = FixedBuffer(zeros: space.hasWideFactors ? 64 : 0)
    wideColumns = FixedBuffer(zeros: space.hasWideFactors ? 64 : 0)
    let widestFactor = space.compiled.model.factors.map(\.size).max() ?? 0
    reached = MarkSet(bound: space.hasWideFactors ? widestFactor : 0)
  }

  // MARK: - Reading

  /// The probability of each joint state of a scope.
  ///
  /// - Returns: memory inside the belief where it holds just that, else memory of this object; valid
  ///   until the belief changes or another scope is read.
  @inlinable @inline(__always)
  package func distribution(of scope: Int, in belief: Belief<Number>) -> ScopeDistribution<Number> {
    // Most scopes are one factor, whose marginal stands in the belief.
    let shape = shapes[scope]
    if !isJoint && shape.factorCount == 1 && !shape.isWide {
      return ScopeDistribution(
        UnsafePointer(belief.base + shape.firstOffset), count: shape.columns)
    }
    return spread(scope, belief)
  }

  @inlinable
  func spread(_ scope: Int, _ belief: Belief<Number>) -> ScopeDistribution<Number> {
    let shape = shapes[scope]
    if shape.isWide { return spreadWide(scope, belief) }
    let result = scopeWeights.base
    if isJoint {
      guard let map = space.scopeColumns[scope]?.base else {
        return ScopeDistribution(UnsafePointer(belief.base), count: shape.columns)
      }
      for column in 0..<shape.columns { result[column] = .zero }
      for state in 0..<space.size { result[Int(map[state])] += belief.base[state] }
      return ScopeDistribution(UnsafePointer(result), count: shape.columns)
    }
    if shape.factorCount == 0 {
      result[0] = Number(broadcast: 1)
      return ScopeDistribution(UnsafePointer(result), count: 1)
    }
    let first = belief.base + shape.firstOffset
    let second = belief.base + shape.secondOffset
    var count = 0
    for state in 0..<shape.firstStates {
      for other in 0..<shape.secondStates {
        result[count] = first[state] * second[other]
        count += 1
      }
    }
    if shape.factorCount > 2 {
      for factor in space.compiled.scopes[scope].factors[2...] {
        count = outerProduct(
          result, count, belief.base + factors[factor].stateOffset, factors[factor].states)
      }
    }
    return ScopeDistribution(UnsafePointer(result), count: count)
  }

  /// Lists the joint states of a scope that are possible, the last factor varying fastest.
  @inlinable
  func spreadWide(_ scope: Int, _ belief: Belief<Number>) -> ScopeDistribution<Number> {
    let members = space.compiled.scopes[scope].factors
    var needed = 1
    for factor in members { needed *= possibleCount(factor, belief) }
    if needed > wideWeights.count {
      wideWeights = FixedBuffer(zeros: 2 * needed)
      wideColumns = FixedBuffer(zeros: 2 * needed)
    }
    let weights = wideWeights.base
    let columns = wideColumns.base
    weights[0] = Number(broadcast: 1)
    columns[0] = 0
    var count = 1
    for factor in members {
      let plan = factors[factor]
      let possible = possibleCount(factor, belief)
      let states = space.isWide.base[factor] ? belief.supports.map { $0[factor].states } : nil
      // From the end, so that what is read has not been written over.
      var index = count - 1
      while index >= 0 {
        let weight = weights[index]
        let column = Int(columns[index]) * plan.states
        var other = possible - 1
        while other >= 0 {
          let state = states.map { Int($0[other]) } ?? other
          weights[index * possible + other] = weight * belief.base[plan.stateOffset + state]
          columns[index * possible + other] = Int32(column + state)
          other -= 1
        }
        index -= 1
      }
      count *= possible
    }
    return ScopeDistribution(
      UnsafePointer(weights), columns: UnsafePointer(columns), count: count)
  }

  @inlinable
  func possibleCount(_ factor: Int, _ belief: Belief<Number>) -> Int {
    if space.isWide.base[factor], let supports = belief.supports { return supports[factor].count }
    return factors[factor].states
  }

  /// The marginals of all factors, one after the other: the belief itself, or memory of this object that
  /// is valid until the next call.
  @inlinable
  public func marginals(of belief: Belief<Number>) -> Belief<Number> {
    guard isJoint else { return belief }
    let result = marginalBuffer.base
    for factor in 0..<factorCount {
      let plan = factors[factor]
      let marginal = result + plan.stateOffset
      for state in 0..<plan.states { marginal[state] = .zero }
      let stride = space.jointStrides[factor]
      var cell = 0
      while cell < space.size {
        for state in 0..<plan.states {
          marginal[state] += Number.sum(belief.base + cell, count: stride)
          cell += stride
        }
      }
    }
    return Belief(result)
  }

  /// The belief in which the factors are independent with these marginals, such as the first one.
  @inlinable
  package func setIndependent(
    _ marginals: UnsafePointer<Arithmetic.Parameter>, _ belief: Belief<Number>
  ) {
    if isJoint {
      belief.base[0] = Number(broadcast: 1)
      var count = 1
      for factor in 0..<factorCount {
        let plan = factors[factor]
        // Widened first: the marginals may be one number for all lanes.
        for state in 0..<plan.states {
          marginalBuffer.base[plan.stateOffset + state] =
            Arithmetic.widened(marginals[plan.stateOffset + state])
        }
        count = outerProduct(
          belief.base, count, marginalBuffer.base + plan.stateOffset, plan.states)
      }
      return
    }
    for state in 0..<space.size { belief.base[state] = Arithmetic.widened(marginals[state]) }
    noteSupports(belief)
  }

  /// Notes which states of the wide factors are possible.
  ///
  /// - Complexity: O(states).
  @inlinable
  package func noteSupports(_ belief: Belief<Number>) {
    guard let supports = belief.supports else { return }
    for factor in 0..<factorCount where space.isWide.base[factor] {
      let plan = factors[factor]
      var count = 0
      for state in 0..<plan.states where belief.base[plan.stateOffset + state].isAnyNonzero {
        supports[factor].states[count] = Int32(state)
        count += 1
      }
      supports[factor].count = count
    }
  }
}

/// Multiplies every one of `count` numbers with every one of `others`, in place, from the end.
@inlinable
package func outerProduct<Number: StepNumber>(
  _ values: UnsafeMutablePointer<Number>, _ count: Int, _ others: UnsafePointer<Number>,
  _ otherCount: Int
) -> Int {
  var index = count - 1
  while index >= 0 {
    let value = values[index]
    let run = values + index * otherCount
    for other in 0..<otherCount { run[other] = value * others[other] }
    index -= 1
  }
  return count * otherCount
}
