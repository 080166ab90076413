import GenerativeModel
import Kernels

extension ChainSmoother {
  /// Adds what is expected to have happened.
  func add(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ marginals: UnsafePointer<Double>, to statistics: SequenceStatistics
  ) {
    let compiled = group.compiled
    for factor in group.factors {
      let plan = compiled.factors.base[factor]
      statistics.addInitialState(plan, marginals + plan.stateOffset)
    }
    for step in 0..<steps {
      let row = marginals + step * compiled.stateCount
      for modality in group.modalities {
        let scope = group.likelihoodScopes[modality]
        for index in 0..<scope.columns { column.base[index] = scope.weight(of: index, row) }
        statistics.addOutcome(
          sequence.observations[step][modality], modality, column.base, tables,
          settings.convention)
      }
      if step + 1 < steps {
        addPairs(after: step, sequence, tables, marginals, to: statistics.transitionCells.base)
      }
    }
  }

  /// Adds the posterior of the states at a step and the next to their cells.
  func addPairs(
    after step: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ marginals: UnsafePointer<Double>, to counts: UnsafePointer<UnsafeMutablePointer<Double>?>
  ) {
    let row = marginals + step * group.compiled.stateCount
    for factor in group.factors {
      guard let counts = counts[factor] else { continue }
      let plan = group.compiled.factors.base[factor]
      let table = tables.transitions.base[factor]
      let first = sequence.actions(after: step)[factor] * plan.columns
      let scope = group.transitionScopes[factor]
      for column in 0..<plan.columns {
        let weight = scope.weight(of: column, row, except: group.ownPosition[factor])
        if weight == 0 { continue }
        let next = nextStates(of: factor, step, row, column)
        for cell in table.cells(of: first + column) {
          counts[cell] += weight * next[table.place(cell, in: first + column)]
        }
      }
    }
  }
}
