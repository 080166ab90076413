import GenerativeModel
import Inference
import Kernels

extension PlanningTables {
  func fillPreferences() {
    for modality in 0..<compiled.modalities.count { fillPreferences(of: modality) }
  }

  /// - Parameter added: what is added to the model's own preferences, by outcome in nats.
  private func fillPreferences(of modality: Int, adding added: [Double]? = nil) {
    let plan = compiled.modalities.base[modality]
    let preference = compiled.model.preferences[modality]
    let values = preference?.values
    let rows = preference?.shape.count == 2 ? preference?.shape[0] ?? 1 : 1
    for row in 0..<preferenceRows {
      let source = min(row, rows - 1) * plan.outcomes
      let target = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
      for outcome in 0..<plan.outcomes {
        let own = values?[source + outcome] ?? 0
        target[outcome] = Parameter(broadcast: added.map { own + $0[outcome] } ?? own)
      }
      // A missing C is zero, whose log softmax is not.
      normalizeLegacy(target, plan.outcomes)
    }
  }

  /// Adds to what the model prefers in a modality, in place of what was added before.
  ///
  /// The utilities follow with ``refreshLikelihoods(_:_:)``.
  ///
  /// - Parameter added: by outcome, in nats.
  package func prefer(_ added: [Double], in modality: Int) {
    fillPreferences(of: modality, adding: added)
  }

  /// Takes over a habit that is the same in all states.
  ///
  /// - Parameter habit: P(policy), one a policy.
  package func takeUp(habit: [Double]) {
    for policy in 0..<logHabit.count { logHabit.base[policy] = Parameter(broadcast: habit[policy]) }
    takeLogarithms()
  }

  /// ln(softmax(C) + 1e-16) under pymdp 0.0.7 (`control.calc_expected_utility`).
  private func normalizeLegacy(_ values: UnsafeMutablePointer<Parameter>, _ count: Int) {
    guard settings.convention.followsSPM else { return }
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
    if let habitColumns, let habit = compiled.model.habit {
      for column in 0..<habitColumns.count {
        for policy in 0..<habitColumns.length {
          habitColumns.cells[column * habitColumns.length + policy] =
            Parameter(broadcast: habit[policy * habitColumns.count + column])
        }
      }
      return
    }
    let uniform = 1 / Double(logHabit.count)
    for policy in 0..<logHabit.count {
      logHabit.base[policy] = Parameter(broadcast: compiled.model.habit?[policy] ?? uniform)
    }
    takeLogarithms()
  }

  /// Follows policy counts that have changed.
  ///
  /// - Parameter changed: the joint states of E's scope whose counts have; nil stands for all.
  public func refreshHabit(_ tables: ModelTables<Parameter>, _ changed: ChangedRuns? = nil) {
    guard let counts = tables.habitCounts else { return }
    if let habitColumns {
      func refresh(_ column: Int) { averageHabit(habitColumns, counts.base, column) }
      if let changed {
        changed.forEach(of: habitColumns.count, refresh)
      } else {
        for column in 0..<habitColumns.count { refresh(column) }
      }
      return
    }
    let total = Parameter.sum(counts.base, count: counts.count)
    for policy in 0..<counts.count { logHabit.base[policy] = counts.base[policy] / total }
    takeLogarithms()
  }

  /// Makes the habit in a joint state the mean of its counts, which stand policy by policy.
  private func averageHabit(
    _ table: RunTable<Parameter>, _ counts: UnsafePointer<Parameter>, _ column: Int
  ) {
    var total = Parameter.zero
    for policy in 0..<table.length { total += counts[policy * table.count + column] }
    for policy in 0..<table.length {
      table.cells[column * table.length + policy] =
        counts[policy * table.count + column] / total
    }
  }

  private func takeLogarithms() {
    hasImpossiblePolicies = settings.convention.takeHabitLogarithms(logHabit)
  }
}

extension PlanningConvention {
  /// Makes the probabilities of policies their logarithms, as the preset takes them, and says whether one is
  /// -infinity.
  func takeHabitLogarithms<Number: StepNumber>(_ habit: FixedBuffer<Number>) -> Bool {
    switch self {
    case .standard: break
    case .pymdp1:
      let smallest = Number(broadcast: smallestProbability)
      for policy in 0..<habit.count { habit.base[policy] = .greater(habit.base[policy], smallest) }
    case .pymdp007, .spm:
      let offset = Number(broadcast: legacyOffset)
      for policy in 0..<habit.count { habit.base[policy] = habit.base[policy] + offset }
    }
    VectorMath.log(inPlace: habit.base, count: habit.count)
    return (0..<habit.count).contains { policy in
      (0..<Number.laneCount).contains { habit.base[policy][lane: $0] == -.infinity }
    }
  }
}
