import GenerativeModel
import Inference
import Kernels

extension PlanningTables {
  func fillPreferences() {
    for modality in 0..<compiled.modalities.count {
      let plan = compiled.modalities.base[modality]
      let preference = compiled.model.preferences[modality]
      let values = preference?.values
      let rows = preference?.shape.count == 2 ? preference?.shape[0] ?? 1 : 1
      for row in 0..<preferenceRows {
        let source = min(row, rows - 1) * plan.outcomes
        let target = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
        for outcome in 0..<plan.outcomes {
          target[outcome] = Parameter(broadcast: values?[source + outcome] ?? 0)
        }
        // A missing C is zero, whose log softmax is not.
        normalizeLegacy(target, plan.outcomes)
      }
    }
  }

  /// ln(softmax(C) + 1e-16) under pymdp 0.0.7 (`control.calc_expected_utility`).
  private func normalizeLegacy(_ values: UnsafeMutablePointer<Parameter>, _ count: Int) {
    guard settings.convention == .pymdp007 else { return }
    softmax(inPlace: values, count: count)
    let offset = Parameter(broadcast: legacyOffset)
    for outcome in 0..<count { values[outcome] = values[outcome] + offset }
    VectorMath.log(inPlace: values, count: count)
  }

  /// Follows preference counts that have changed: C is the logarithm of their mean.
  ///
  /// The utilities follow with ``refreshLikelihoods(_:_:)``.
  public func refreshPreferences(_ tables: ModelTables<Parameter>) {
    guard let counts = tables.preferenceCounts else { return }
    for modality in 0..<compiled.modalities.count {
      guard let table = compiled.model.concentration.preference[modality], table.shape.count == 1
      else { continue }
      let plan = compiled.modalities.base[modality]
      let run = counts.base + plan.outcomeOffset
      let total = Parameter.sum(run, count: plan.outcomes)
      for row in 0..<preferenceRows {
        let target = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
        for outcome in 0..<plan.outcomes { target[outcome] = run[outcome] / total }
        VectorMath.log(inPlace: target, count: plan.outcomes)
        normalizeLegacy(target, plan.outcomes)
      }
    }
  }

  func fillHabit() {
    let uniform = 1 / Double(logHabit.count)
    for policy in 0..<logHabit.count {
      logHabit.base[policy] = Parameter(broadcast: compiled.model.habit?[policy] ?? uniform)
    }
    takeLogarithms()
  }

  /// Follows policy counts that have changed.
  public func refreshHabit(_ tables: ModelTables<Parameter>) {
    guard let counts = tables.habitCounts else { return }
    let total = Parameter.sum(counts.base, count: counts.count)
    for policy in 0..<counts.count { logHabit.base[policy] = counts.base[policy] / total }
    takeLogarithms()
  }

  private func takeLogarithms() {
    switch settings.convention {
    case .standard: break
    case .pymdp1:
      let smallest = Parameter(broadcast: smallestProbability)
      for policy in 0..<logHabit.count {
        logHabit.base[policy] = .greater(logHabit.base[policy], smallest)
      }
    case .pymdp007:
      let offset = Parameter(broadcast: legacyOffset)
      for policy in 0..<logHabit.count { logHabit.base[policy] = logHabit.base[policy] + offset }
    }
    VectorMath.log(inPlace: logHabit.base, count: logHabit.count)
    hasImpossiblePolicies = (0..<logHabit.count).contains { policy in
      (0..<Parameter.laneCount).contains { logHabit.base[policy][lane: $0] == -.infinity }
    }
  }
}
