import GenerativeModel
import Kernels

/// Transitions read backwards: for each next state a distribution over states before, under a uniform
/// prior.
///
/// Where a transition has counts it is the counts that are normalised over the states before as in SPM, or
/// its probabilities as in pymdp 0.0.7, which adds 1e-16 to each.
final class BackwardTransitions {
  private let compiled: CompiledModel
  private let tables: ModelTables<Double>
  private let readsCounts: Bool
  private let offset: Double
  /// By factor `[joint action][next state]`: the sum over states before.
  private let totals: FixedBuffer<Double>
  private let offsets: FixedBuffer<Int>
  private let scaled: FixedBuffer<Double>
  private let buffer: FixedBuffer<Double>

  init(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>, _ scheme: PolicyMessageScheme
  ) {
    self.compiled = compiled
    self.tables = tables
    readsCounts = !scheme.isWindowed
    offset = scheme.backwardOffset
    var offsets: [Int] = []
    var count = 0
    for factor in 0..<compiled.factors.count {
      offsets.append(count)
      count += compiled.factors.base[factor].actions * compiled.factors.base[factor].states
    }
    self.offsets = FixedBuffer(offsets)
    totals = FixedBuffer(zeros: count)
    let widest = compiled.model.factors.map(\.size).max() ?? 1
    scaled = FixedBuffer(zeros: widest)
    buffer = FixedBuffer(zeros: widest)
  }

  /// Room for one message.
  var result: UnsafeMutablePointer<Double> { buffer.base }

  private func cells(_ factor: Int) -> UnsafeMutablePointer<Double> {
    let probabilities = tables.transitions.base[factor].cells
    return readsCounts ? tables.transitionCounts.base[factor] ?? probabilities : probabilities
  }

  /// Follows transitions that may have changed.
  func refresh() {
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      let table = tables.transitions.base[factor]
      let cells = cells(factor)
      let own = totals.base + offsets.base[factor]
      for index in 0..<plan.actions * plan.states { own[index] = offset * Double(plan.columns) }
      for run in 0..<table.count {
        let total = own + run / plan.columns * plan.states
        for cell in table.cells(of: run) { total[table.place(cell, in: run)] += cells[cell] }
      }
    }
  }

  /// What a belief about the next state says of the state before.
  ///
  /// A next state that nothing leads to says nothing: all states before are alike.
  @inline(__always)
  func predict(
    _ factor: Int, action: Int, from next: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    let plan = compiled.factors.base[factor]
    let total = totals.base + offsets.base[factor] + action * plan.states
    var even = 0.0
    for state in 0..<plan.states {
      let isReached = total[state] > 0 && plan.columns > 1
      scaled.base[state] = isReached ? next[state] / total[state] : 0
      if !isReached { even += next[state] }
    }
    even /= Double(plan.states)
    if offset > 0 { even += offset * Double.sum(scaled.base, count: plan.states) }
    let table = tables.transitions.base[factor]
    let cells = cells(factor)
    for state in 0..<plan.states {
      result[state] = even
      if plan.columns == 1 { continue }
      let run = action * plan.columns + state
      if table.isSparse {
        for cell in table.cells(of: run) {
          result[state] += cells[cell] * scaled.base[table.place(cell, in: run)]
        }
      } else {
        result[state] += Double.dot(
          cells + run * plan.states, scaled.base, count: plan.states)
      }
    }
  }
}
