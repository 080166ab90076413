import GenerativeModel
import Inference
import Kernels

extension PlanningTables {
  func fillPreferences() {
    for modality in 0..<compiled.modalities.count {
      guard let preference = compiled.model.preferences[modality] else { continue }
      let plan = compiled.modalities.base[modality]
      let values = preference.values
      let rows = preference.shape.count == 2 ? preference.shape[0] : 1
      for row in 0..<preferenceRows {
        let source = min(row, rows - 1) * plan.outcomes
        let target = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
        for outcome in 0..<plan.outcomes { target[outcome] = values[source + outcome] }
        normalizeLegacy(target, plan.outcomes)
      }
    }
    if settings.convention == .pymdp007 {
      // A missing C is zero, whose log softmax is not.
      for modality in 0..<compiled.modalities.count
      where compiled.model.preferences[modality] == nil {
        let plan = compiled.modalities.base[modality]
        for row in 0..<preferenceRows {
          normalizeLegacy(
            preferences.base + row * compiled.outcomeCount + plan.outcomeOffset, plan.outcomes)
        }
      }
    }
  }

  /// ln(softmax(C) + 1e-16) under pymdp 0.0.7 (`control.calc_expected_utility`).
  private func normalizeLegacy(_ values: UnsafeMutablePointer<Double>, _ count: Int) {
    guard settings.convention == .pymdp007 else { return }
    softmax(inPlace: values, count: count)
    for outcome in 0..<count { values[outcome] = VectorMath.log(values[outcome] + legacyOffset) }
  }

  /// Follows preference counts that have changed: C is the logarithm of their mean.
  ///
  /// The utilities follow with ``refreshLikelihoods(_:)``.
  public func refreshPreferences(_ tables: ModelTables) {
    guard let counts = tables.preferenceCounts else { return }
    for modality in 0..<compiled.modalities.count {
      guard let table = compiled.model.concentration.preference[modality], table.shape.count == 1
      else { continue }
      let plan = compiled.modalities.base[modality]
      let run = counts.base + plan.outcomeOffset
      let total = Contraction.sum(run, count: plan.outcomes)
      for row in 0..<preferenceRows {
        let target = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
        for outcome in 0..<plan.outcomes {
          target[outcome] = VectorMath.log(run[outcome] / total)
        }
        normalizeLegacy(target, plan.outcomes)
      }
    }
  }

  func fillHabit() {
    let uniform = 1 / Double(logHabit.count)
    for policy in 0..<logHabit.count {
      logHabit.base[policy] = logarithm(compiled.model.habit?[policy] ?? uniform)
    }
  }

  /// Follows policy counts that have changed.
  public func refreshHabit(_ tables: ModelTables) {
    guard let counts = tables.habitCounts else { return }
    let total = Contraction.sum(counts.base, count: counts.count)
    for policy in 0..<counts.count {
      logHabit.base[policy] = logarithm(counts.base[policy] / total)
    }
  }

  private func logarithm(_ probability: Double) -> Double {
    switch settings.convention {
    case .standard: VectorMath.log(probability)
    case .pymdp1: VectorMath.log(max(probability, smallestProbability))
    case .pymdp007: VectorMath.log(probability + legacyOffset)
    }
  }
}
