import GenerativeModel
import Kernels

extension ParameterLearning {
  /// Adds the transitions that policies suppose to the transition counts of every factor that learns, each
  /// by the probability of its policy: sum over policies of q(policy) x_before x_after, under the policy's
  /// own action.
  ///
  /// - Parameters:
  ///   - posterior: over policies; one that is zero adds nothing.
  ///   - before: the beliefs about the time before, by policy `stride` numbers apart, and `after` those about
  ///     the time after.
  ///   - actions: the joint action of each factor's controls, by policy `actionStride` numbers apart.
  public func learnTransitions(
    posterior: UnsafePointer<Number>, policies: Int, before: UnsafeMutablePointer<Number>,
    after: UnsafeMutablePointer<Number>, stride: Int, actions: UnsafePointer<Int>,
    actionStride: Int, tables: ModelTables<Number>
  ) {
    guard let rule = settings.transition else { return }
    for factor in 0..<space.compiled.factors.count {
      guard learns(transitionOf: factor), let counts = tables.transitionCounts.base[factor],
        let first = original.transitionCounts.base[factor]
      else { continue }
      changedTransitions[factor].begin()
      let table = tables.transitions.base[factor]
      let update = CountUpdate(counts, first, rule)
      transitionAcceptance?.begin(counts, table.cellCount)
      if rule.forgetting > 0 { update.forget(table.cellCount) }
      if update.isWhole { changedTransitions[factor].isEverything = true }
      let plan = space.compiled.factors.base[factor]
      for policy in 0..<policies where posterior[policy].isAnyNonzero {
        let parents = dynamics.distribution(
          of: plan.scope, in: Belief(before + policy * stride))
        let next = after + policy * stride + plan.stateOffset
        for index in 0..<parents.count {
          let run = actions[policy * actionStride + factor] * plan.columns + parents.column(index)
          changedTransitions[factor].insert(run)
          let weight = posterior[policy] * parents.weights[index]
          for cell in table.cells(of: run) {
            let evidence = weight * next[table.place(cell, in: run)]
            for lane in 0..<Number.laneCount {
              update.add(evidence[lane: lane], to: cell, lane: lane)
            }
          }
        }
      }
      update.saturate(table.cellCount, accepted: acceptTransition(update, table))
      changedTransitions[factor].forEach(of: table.count) {
        tables.averageTransition(factor, run: $0)
      }
    }
  }
}
