import GenerativeModel
import Inference
import Kernels

extension PlanningTables {
  /// Follows likelihoods and preferences that have changed.
  ///
  /// - Parameter changed: by modality, the joint states whose likelihood has; nil stands for all.
  public func refreshLikelihoods(
    _ tables: ModelTables<Parameter>, _ changed: [ChangedRuns]? = nil
  ) {
    if hasLikelihoodNovelty {
      for modality in 0..<compiled.modalities.count {
        refreshWeights(of: modality, tables, changed?[modality])
      }
    }
    for index in 0..<plans.count {
      let scope = planScopes.base[index]
      guard let changed else {
        for column in 0..<plans.base[index].columns { fold(index, column, tables) }
        continue
      }
      for modality in compiled.modalitiesOfScope[scope] {
        changed[modality].forEach(of: plans.base[index].columns) { fold(index, $0, tables) }
      }
    }
  }

  private func refreshWeights(
    of modality: Int, _ tables: ModelTables<Parameter>, _ changed: ChangedRuns?
  ) {
    guard let counts = tables.likelihoodCounts.base[modality] else { return }
    let table = likelihoodWeights.base[modality]
    func refresh(_ column: Int) { fillWeights(counts, table, column) }
    if let changed {
      changed.forEach(of: table.count, refresh)
    } else {
      for column in 0..<table.count { refresh(column) }
    }
  }

  /// Sums up what the modalities of a scope give for one of its joint states.
  private func fold(_ index: Int, _ column: Int, _ tables: ModelTables<Parameter>) {
    let plan = plans.base[index]
    let scope = planScopes.base[index]
    let cell = folded.base + plan.table + column * plan.width
    for place in 0..<plan.width { cell[place] = .zero }
    for modality in compiled.modalitiesOfScope[scope] {
      fold(modality, tables.likelihoodColumns.base[modality], column, plan, into: cell)
    }
  }

  private func fold(
    _ modality: Int, _ likelihood: RunTable<Parameter>, _ column: Int, _ plan: PlanningScope,
    into cell: UnsafeMutablePointer<Parameter>
  ) {
    let cells = likelihood.cells(of: column)
    let start = likelihood.cells + cells.lowerBound
    if outcomeResults.base[modality] >= 0 {
      let outcomes = cell + (outcomeResults.base[modality] - plan.result)
      for outcome in 0..<cells.count { outcomes[outcome] = start[outcome] }
    }
    let offset = compiled.modalities.base[modality].outcomeOffset
    for row in 0..<preferenceRows {
      let preference = preferences.base + row * compiled.outcomeCount + offset
      if likelihood.isSparse {
        for entry in cells {
          cell[plan.utility + row] +=
            likelihood.cells[entry] * preference[likelihood.place(entry, in: column)]
        }
      } else {
        cell[plan.utility + row] += Parameter.dot(start, preference, count: cells.count)
      }
    }
    cell[plan.ambiguity] += entropy(start, cells.count)
    if hasLikelihoodNovelty, compiled.model.concentration.likelihood[modality] != nil {
      cell[plan.novelty] += Parameter.dot(
        start, likelihoodWeights.base[modality].cells + cells.lowerBound, count: cells.count)
    }
  }

  /// H[p] in nats; 0 ln 0 is 0.
  private func entropy(_ p: UnsafePointer<Parameter>, _ count: Int) -> Parameter {
    VectorMath.log(p, atLeast: entropyFloor, into: scratch.base, count: count)
    return Parameter.zero - Parameter.dot(p, scratch.base, count: count)
  }

  /// What a probability is raised to before its logarithm is taken in an entropy; it matters only at 0.
  var entropyFloor: Double {
    settings.convention == .pymdp1 ? smallestProbability : Double.leastNormalMagnitude
  }

  /// Follows transitions that have changed.
  ///
  /// - Parameter changed: by factor, the distributions that have; nil stands for all.
  public func refreshTransitions(
    _ tables: ModelTables<Parameter>, _ changed: [ChangedRuns]? = nil
  ) {
    guard hasTransitionNovelty else { return }
    for factor in 0..<compiled.factors.count {
      guard let counts = tables.transitionCounts.base[factor] else { continue }
      let table = transitionWeights.base[factor]
      func refresh(_ run: Int) {
        fillWeights(counts, table, run)
        let cells = table.cells(of: run)
        transitionNovelty.base[noveltyOffsets.base[factor] + run] = Parameter.dot(
          tables.transitions.base[factor].cells + cells.lowerBound,
          table.cells + cells.lowerBound, count: cells.count)
      }
      if let changed {
        changed[factor].forEach(of: table.count, refresh)
      } else {
        for run in 0..<table.count { refresh(run) }
      }
    }
  }

  private func fillWeights(
    _ counts: UnsafePointer<Parameter>, _ table: RunTable<Parameter>, _ run: Int
  ) {
    let cells = table.cells(of: run)
    noveltyWeights(
      counts + cells.lowerBound, into: table.cells + cells.lowerBound, count: cells.count,
      settings.novelty, settings.convention, scratch: scratch.base)
  }
}
