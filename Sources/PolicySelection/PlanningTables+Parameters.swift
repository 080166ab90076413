import GenerativeModel
import Inference
import Kernels

extension PlanningTables {
  /// Follows likelihoods and preferences that have changed.
  public func refreshLikelihoods(_ tables: ModelTables) {
    for cell in 0..<folded.count { folded.base[cell] = 0 }
    for modality in 0..<compiled.modalities.count {
      let modalityPlan = compiled.modalities.base[modality]
      let plan = plans.base[planOfScope.base[modalityPlan.scope]]
      let counts =
        hasLikelihoodNovelty && compiled.model.concentration.likelihood[modality] != nil
        ? tables.likelihoodCounts : nil
      for column in 0..<modalityPlan.columns {
        let start = modalityPlan.offset + column * modalityPlan.outcomes
        fold(
          tables.likelihoodColumns.base + start, of: modality, plan,
          into: folded.base + plan.table + column * plan.width)
        guard let counts else { continue }
        fillWeights(
          counts.base + start, into: likelihoodWeights.base + start, modalityPlan.outcomes)
        folded.base[plan.table + column * plan.width + plan.novelty] += Contraction.dot(
          tables.likelihoodColumns.base + start, likelihoodWeights.base + start,
          count: modalityPlan.outcomes)
      }
    }
  }

  /// Adds what one modality's P(outcome | joint state) gives to the results of its scope.
  private func fold(
    _ likelihood: UnsafePointer<Double>, of modality: Int, _ plan: ScopePlan,
    into cell: UnsafeMutablePointer<Double>
  ) {
    let modalityPlan = compiled.modalities.base[modality]
    if plan.outcomes > 0 {
      let outcomes = cell + outcomeResults.base[modality] - plan.result
      for outcome in 0..<modalityPlan.outcomes { outcomes[outcome] = likelihood[outcome] }
    }
    for row in 0..<preferenceRows {
      cell[plan.utility + row] += Contraction.dot(
        likelihood, preferences.base + row * compiled.outcomeCount + modalityPlan.outcomeOffset,
        count: modalityPlan.outcomes)
    }
    cell[plan.ambiguity] += entropy(likelihood, modalityPlan.outcomes)
  }

  /// H[p] in nats; 0 ln 0 is 0.
  private func entropy(_ p: UnsafePointer<Double>, _ count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum -= p[index] * VectorMath.log(max(p[index], entropyFloor)) }
    return sum
  }

  /// What a probability is raised to before its logarithm is taken in an entropy; it matters only at 0.
  var entropyFloor: Double {
    settings.convention == .pymdp1 ? smallestProbability : Double.leastNormalMagnitude
  }

  /// Follows transitions that have changed.
  public func refreshTransitions(_ tables: ModelTables) {
    guard hasTransitionNovelty, let counts = tables.transitionCounts else { return }
    for factor in 0..<compiled.factors.count
    where compiled.model.concentration.transition[factor] != nil {
      let plan = compiled.factors.base[factor]
      for column in 0..<plan.columns * plan.actions {
        let start = plan.offset + column * plan.states
        fillWeights(counts.base + start, into: transitionWeights.base + start, plan.states)
        transitionNovelty.base[noveltyOffsets[factor] + column] = Contraction.dot(
          tables.transitionColumns.base + start, transitionWeights.base + start,
          count: plan.states)
      }
    }
  }

  private func fillWeights(
    _ counts: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    noveltyWeights(
      counts, into: weights, count: count, settings.novelty, settings.convention)
  }
}
