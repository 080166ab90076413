import GenerativeModel
import Kernels

// Carrying beliefs forward.

extension BeliefDynamics {
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
