import GenerativeModel
import Kernels

extension ParameterLearning {
  /// Adds the posterior of a factor's next state with the states it depends on, under joint beliefs.
  func addPairs(
    _ factor: Int, _ last: Belief<Number>, _ prior: Belief<Number>, _ belief: Belief<Number>,
    _ actions: UnsafePointer<Int>, _ lane: Int, _ tables: ModelTables<Number>,
    _ update: CountUpdate<Number>
  ) {
    let size = space.size
    let plan = space.compiled.factors.base[factor]
    let action = actions[factor * Number.laneCount + lane]
    let ratio = joint.base
    let next = joint.base + size
    for cell in 0..<plan.columns * plan.states { pairs.base[cell] = 0 }
    for state in 0..<size {
      let expected = prior.base[state][lane: lane]
      ratio[state] = expected > 0 ? belief.base[state][lane: lane] / expected : 0
    }
    let columns = space.scopeColumns[plan.scope]?.base
    let stride = space.jointStrides[factor]
    for state in 0..<size {
      let weight = last.base[state][lane: lane]
      guard weight > 0 else { continue }
      fillNextStates(after: state, actions, lane, tables)
      let column = Int(columns?[state] ?? Int32(state))
      let run = pairs.base + column * plan.states
      changedTransitions[factor].insert(action * plan.columns + column)
      for successor in 0..<size where next[successor] != 0 {
        // Where the prior is so small that the ratio overflows, what it is made of comes first.
        let share =
          ratio[successor] < .infinity
          ? weight * next[successor] * ratio[successor]
          : weight * next[successor] / prior.base[successor][lane: lane]
            * belief.base[successor][lane: lane]
        run[successor / stride % plan.states] += share
      }
    }
    let table = tables.transitions.base[factor]
    for column in 0..<plan.columns {
      let run = action * plan.columns + column
      for cell in table.cells(of: run) {
        let evidence = pairs.base[column * plan.states + table.place(cell, in: run)]
        if evidence != 0 { update.add(evidence, to: cell, lane: lane) }
      }
    }
  }

  /// Fills the second part of `joint` with P(next joint state | joint state, action).
  private func fillNextStates(
    after state: Int, _ actions: UnsafePointer<Int>, _ lane: Int, _ tables: ModelTables<Number>
  ) {
    let next = joint.base + space.size
    let distribution = joint.base + 2 * space.size
    next[0] = 1
    var count = 1
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      let column = Int(space.scopeColumns[plan.scope]?.base[state] ?? Int32(state))
      let run = actions[factor * Number.laneCount + lane] * plan.columns + column
      let table = tables.transitions.base[factor]
      for place in 0..<plan.states { distribution[place] = 0 }
      for cell in table.cells(of: run) {
        distribution[table.place(cell, in: run)] = table.cells[cell][lane: lane]
      }
      count = outerProduct(next, count, distribution, plan.states)
    }
  }
}
