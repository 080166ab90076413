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

  // MARK: - Prediction

  /// The belief about the next states when an action is taken: the empirical prior.
  ///
  /// Exact for joint beliefs; for mean-field beliefs the product of the marginals goes through the
  /// transitions (pymdp `control.compute_expected_state`).
  ///
  /// - Parameter action: the joint action of each factor, in all lanes.
  /// - Complexity: O(states that are possible x next states).
  @inlinable
  package func predict(
    _ belief: Belief<Number>, action: UnsafePointer<Int>,
    _ tables: ModelTables<Arithmetic.Parameter>, into next: Belief<Number>
  ) {
    predict(belief, tables, into: next) { factor, _ in action[factor] }
  }

  /// The same where each lane takes an action of its own: `actions[factor * lanes + lane]`.
  @inlinable
  package func predict(
    _ belief: Belief<Number>, actions: UnsafePointer<Int>,
    _ tables: ModelTables<Arithmetic.Parameter>, into next: Belief<Number>
  ) {
    let lanes = Number.laneCount
    if lanes == 1 {
      predict(belief, tables, into: next) { factor, _ in actions[factor] }
    } else if isJoint {
      predictJointByLane(belief, actions, tables, into: next.base)
    } else {
      for factor in 0..<factorCount {
        predictByLane(factor, belief, actions + factor * lanes, tables, into: next.base)
      }
    }
  }

  @inlinable @inline(__always)
  func predict(
    _ belief: Belief<Number>, _ tables: ModelTables<Arithmetic.Parameter>,
    into next: Belief<Number>, _ action: (_ factor: Int, _ lane: Int) -> Int
  ) {
    if isJoint {
      predictJoint(belief.base, tables, into: next.base) { action($0, 0) }
      return
    }
    for factor in 0..<factorCount {
      predict(factor: factor, belief, action: action(factor, 0), tables, into: next)
    }
  }

  /// The belief about the next state of one factor, of a belief that holds marginals.
  ///
  /// - Parameter action: the joint action of the factor's own controls, in all lanes.
  @inlinable @inline(__always)
  package func predict(
    factor: Int, _ belief: Belief<Number>, action: Int,
    _ tables: ModelTables<Arithmetic.Parameter>, into next: Belief<Number>
  ) {
    let plan = factors[factor]
    let parents = distribution(of: plan.scope, in: belief)
    let table = tables.transitions.base[factor]
    let first = action * plan.columns
    let result = next.base + plan.stateOffset
    if let supports = next.supports, space.isWide.base[factor] {
      reach(table, first, parents, into: result, &supports[factor])
    } else {
      Arithmetic.expect(table, first: first, parents, into: result)
    }
  }

  /// Carries a wide factor forward, touching only states that are or were possible.
  @inlinable
  func reach(
    _ table: RunTable<Arithmetic.Parameter>, _ first: Int,
    _ parents: ScopeDistribution<Number>, into result: UnsafeMutablePointer<Number>,
    _ support: inout Support
  ) {
    for index in 0..<support.count { result[Int(support.states[index])] = .zero }
    for index in 0..<parents.count {
      let weight = parents.weights[index]
      guard weight.isAnyNonzero else { continue }
      let run = first + parents.column(index)
      for cell in table.cells(of: run) {
        let place = table.place(cell, in: run)
        result[place] += weight * Arithmetic.widened(table.cells[cell])
        reached.insert(place)
      }
    }
    support.count = reached.drain(into: support.states)
  }

  @inlinable
  func predictByLane(
    _ factor: Int, _ belief: Belief<Number>, _ actions: UnsafePointer<Int>,
    _ tables: ModelTables<Arithmetic.Parameter>, into next: UnsafeMutablePointer<Number>
  ) {
    let lanes = Number.laneCount
    let plan = factors[factor]
    let parents = distribution(of: plan.scope, in: belief)
    let table = tables.transitions.base[factor]
    let result = next + plan.stateOffset
    for state in 0..<plan.states { result[state] = .zero }
    let numbers = numbers(result)
    for lane in 0..<lanes {
      let first = actions[lane] * plan.columns
      for column in 0..<parents.count {
        let weight = parents.weights[column][lane: lane]
        if weight == 0 { continue }
        for cell in table.cells(of: first + column) {
          numbers[table.place(cell, in: first + column) * lanes + lane] +=
            weight * Arithmetic.parameter(table.cells[cell], lane: lane)
        }
      }
    }
  }

  @inlinable @inline(__always)
  func predictJoint(
    _ belief: UnsafePointer<Number>, _ tables: ModelTables<Arithmetic.Parameter>,
    into next: UnsafeMutablePointer<Number>, _ action: (_ factor: Int) -> Int
  ) {
    if let moving = onlyMovingFactor(tables, action) {
      move(moving, belief, tables.transitions.base[moving], action(moving), into: next)
      return
    }
    let half = intermediate.count / 2
    var source = belief
    for index in 0..<space.jointSteps.count {
      let step = space.jointSteps.base[index]
      let isLast = index == space.jointSteps.count - 1
      let target = isLast ? next : intermediate.base + (index % 2) * half
      let table = tables.transitions.base[step.factor]
      let first = action(step.factor) * factors[step.factor].columns
      let columns = step.column
      let targets = step.target
      for cell in 0..<step.targetCount { target[cell] = .zero }
      for cell in 0..<step.sourceCount where source[cell].isAnyNonzero {
        Arithmetic.add(
          source[cell], run: first + Int(columns[cell]), of: table, to: target + targets[cell])
      }
      source = UnsafePointer(target)
    }
  }

  /// The one factor whose state may change, where its transition is sparse; nil where several may, or it is
  /// dense and goes through faster as a whole.
  @inlinable @inline(__always)
  func onlyMovingFactor(
    _ tables: ModelTables<Arithmetic.Parameter>, _ action: (_ factor: Int) -> Int
  ) -> Int? {
    guard space.mayMoveAlone else { return nil }
    var moving: Int?
    for factor in 0..<factorCount where !isStill(factor, tables, action(factor)) {
      if moving != nil || !factors[factor].isSparse { return nil }
      moving = factor
    }
    return moving
  }

  /// Whether a factor depends on itself alone and every state stays what it is.
  @inlinable
  func isStill(
    _ factor: Int, _ tables: ModelTables<Arithmetic.Parameter>, _ action: Int
  ) -> Bool {
    guard space.dependsOnItselfAlone.base[factor] else { return false }
    let table = tables.transitions.base[factor]
    let one = Arithmetic.Parameter(broadcast: 1)
    let first = action * factors[factor].columns
    for state in 0..<factors[factor].states {
      var stays = false
      for cell in table.cells(of: first + state) {
        if table.place(cell, in: first + state) == state {
          stays = Arithmetic.Parameter.isIdentical(table.cells[cell], one).all
        } else if table.cells[cell].isAnyNonzero {
          return false
        }
      }
      if !stays { return false }
    }
    return true
  }

  /// Carries one factor forward in place of its last state. What the steps one after the other would do has
  /// the same bits: they add to a joint state in the same order, and else multiply by 1 and add to 0.
  @inlinable
  func move(
    _ factor: Int, _ belief: UnsafePointer<Number>, _ table: RunTable<Arithmetic.Parameter>,
    _ action: Int, into next: UnsafeMutablePointer<Number>
  ) {
    let plan = factors[factor]
    let first = action * plan.columns
    let stride = space.jointStrides[factor]
    let columns = space.scopeColumns[plan.scope]
    for state in 0..<space.size { next[state] = .zero }
    for state in 0..<space.size where belief[state].isAnyNonzero {
      let run = first + (columns.map { Int($0.base[state]) } ?? state)
      let target = next + (state - state / stride % plan.states * stride)
      for cell in table.cells(of: run) {
        target[table.place(cell, in: run) * stride] +=
          belief[state] * Arithmetic.widened(table.cells[cell])
      }
    }
  }

  @inlinable
  func predictJointByLane(
    _ belief: Belief<Number>, _ actions: UnsafePointer<Int>,
    _ tables: ModelTables<Arithmetic.Parameter>, into next: UnsafeMutablePointer<Number>
  ) {
    let lanes = Number.laneCount
    let half = intermediate.count / 2
    var source = UnsafePointer(belief.base)
    for index in 0..<space.jointSteps.count {
      let step = space.jointSteps.base[index]
      let isLast = index == space.jointSteps.count - 1
      let target = isLast ? next : intermediate.base + (index % 2) * half
      let table = tables.transitions.base[step.factor]
      for cell in 0..<step.targetCount { target[cell] = .zero }
      let numbers = numbers(target)
      for lane in 0..<lanes {
        let first = actions[step.factor * lanes + lane] * factors[step.factor].columns
        for state in 0..<step.sourceCount {
          let weight = source[state][lane: lane]
          if weight == 0 { continue }
          let run = first + Int(step.column[state])
          let offset = step.target[state]
          for cell in table.cells(of: run) {
            numbers[(offset + table.place(cell, in: run)) * lanes + lane] +=
              weight * Arithmetic.parameter(table.cells[cell], lane: lane)
          }
        }
      }
      source = UnsafePointer(target)
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
