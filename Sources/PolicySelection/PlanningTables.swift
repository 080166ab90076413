import GenerativeModel
import Inference
import Kernels

/// What of the expected free energy is linear in a belief, folded into one row a scope.
///
///     utility        sum_m sum_o C_m[o] P(o | s)
///     ambiguity      sum_m H[P(o_m | s)]
///     novelty (A)    sum_m sum_o P(o_m | s) v(o_m, s)
///
/// Shared like ``ModelTables``; an agent that learns owns a copy.
public final class PlanningTables: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.

  let compiled: CompiledModel
  let settings: PlanningSettings
  /// Planning steps with preferences of their own; later steps have those of the last.
  let preferenceRows: Int
  /// `[row][modality, outcome]`, in nats.
  let preferences: FixedBuffer<Double>
  /// `[row][scope, column]`, in nats.
  let utility: FixedBuffer<Double>
  /// `[scope, column]`, in nats.
  let ambiguity: FixedBuffer<Double>
  /// `[scope, column]`, in nats: novelty averaged over outcomes and states jointly.
  let novelty: FixedBuffer<Double>
  /// By modality `[column][outcome]`: how much one more count would teach, in nats.
  let likelihoodWeights: FixedBuffer<Double>
  /// By factor `[joint action][column][next]`, likewise.
  let transitionWeights: FixedBuffer<Double>
  /// By factor `[joint action][column]`: the same averaged over the next state.
  let transitionNovelty: FixedBuffer<Double>
  /// Where a scope begins in `utility`, `ambiguity` and `novelty`, and where all end.
  let scopeOffsets: [Int]
  /// Where a factor begins in `transitionNovelty`.
  let noveltyOffsets: [Int]
  /// By scope, the modalities that read it.
  let readers: [[Int]]
  /// ln E by policy; -infinity where a policy has no prior probability.
  let logHabit: FixedBuffer<Double>

  /// Whether counts make novelty for the likelihoods, and for the transitions.
  var hasLikelihoodNovelty: Bool { likelihoodWeights.count > 0 }
  var hasTransitionNovelty: Bool { transitionWeights.count > 0 }

  /// Folds a model's tables.
  ///
  /// - Throws: ``InvalidInput`` where the preferences have fewer rows than the horizon, E has another
  ///   length than the policies, or parameters are to be explored that have no counts.
  public init(
    _ compiled: CompiledModel, _ tables: ModelTables, _ settings: PlanningSettings,
    _ policies: PolicySet
  ) throws(InvalidInput) {
    try PlanningTables.check(compiled.model, settings, policies)
    self.compiled = compiled
    self.settings = settings
    let model = compiled.model
    preferenceRows = model.preferences.reduce(1) { rows, preference in
      max(rows, preference.map { $0.shape.count == 2 ? $0.shape[0] : 1 } ?? 1)
    }
    var offsets = [0]
    for scope in compiled.scopes { offsets.append(offsets[offsets.count - 1] + scope.columns) }
    scopeOffsets = offsets
    let cells = offsets[offsets.count - 1]
    readers = compiled.scopes.indices.map { scope in
      model.modalities.indices.filter { compiled.modalities.base[$0].scope == scope }
    }
    var noveltyOffsets: [Int] = []
    var noveltyCount = 0
    for factor in 0..<compiled.factors.count {
      noveltyOffsets.append(noveltyCount)
      noveltyCount += compiled.factors.base[factor].actions * compiled.factors.base[factor].columns
    }
    self.noveltyOffsets = noveltyOffsets
    let explores = settings.parameterInformationGain
    let exploresA = explores && tables.likelihoodCounts != nil
    let exploresB = explores && tables.transitionCounts != nil
    preferences = FixedBuffer(repeating: 0, count: preferenceRows * compiled.outcomeCount)
    utility = FixedBuffer(repeating: 0, count: preferenceRows * cells)
    ambiguity = FixedBuffer(repeating: 0, count: cells)
    novelty = FixedBuffer(repeating: 0, count: exploresA ? cells : 0)
    likelihoodWeights = FixedBuffer(repeating: 0, count: exploresA ? compiled.likelihoodCount : 0)
    transitionWeights = FixedBuffer(repeating: 0, count: exploresB ? compiled.transitionCount : 0)
    transitionNovelty = FixedBuffer(repeating: 0, count: exploresB ? noveltyCount : 0)
    logHabit = FixedBuffer(repeating: 0, count: policies.count)
    fillPreferences()
    refreshLikelihoods(tables)
    refreshTransitions(tables)
    fillHabit()
    refreshPreferences(tables)
    refreshHabit(tables)
  }

  private init(copying other: PlanningTables) {
    compiled = other.compiled
    settings = other.settings
    preferenceRows = other.preferenceRows
    scopeOffsets = other.scopeOffsets
    noveltyOffsets = other.noveltyOffsets
    readers = other.readers
    preferences = other.preferences.copy()
    utility = other.utility.copy()
    ambiguity = other.ambiguity.copy()
    novelty = other.novelty.copy()
    likelihoodWeights = other.likelihoodWeights.copy()
    transitionWeights = other.transitionWeights.copy()
    transitionNovelty = other.transitionNovelty.copy()
    logHabit = other.logHabit.copy()
  }

  /// Tables of one's own.
  public func copy() -> PlanningTables { PlanningTables(copying: self) }

  private static func check(
    _ model: GenerativeModel, _ settings: PlanningSettings, _ policies: PolicySet
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let preference, preference.shape.count == 2, settings.convention == .standard,
        preference.shape[0] < policies.horizon
      else { continue }
      faults.append(
        Fault(
          "C[\(modality.name)]",
          "has \(preference.shape[0]) planning steps but the horizon is \(policies.horizon)",
          remedy: "give a row a step, or one row for all"))
    }
    let habits = model.habit?.count ?? model.concentration.habit?.count
    if let habits, habits != policies.count {
      faults.append(
        Fault(
          "E", "has \(habits) entries but there are \(policies.count) policies",
          remedy: "give one a policy, in policy order"))
    }
    if settings.parameterInformationGain,
      (model.concentration.likelihood + model.concentration.transition).allSatisfy({ $0 == nil })
    {
      faults.append(
        Fault(
          "planning.parameterInformationGain", "the model has no counts for A or B to learn about",
          remedy: "add concentration.A or concentration.B"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }

  // MARK: - Preferences and habit

  private func fillPreferences() {
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
    refreshUtility(tables)
  }

  private func fillHabit() {
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

  // MARK: - Likelihoods

  /// Follows likelihoods that have changed.
  public func refreshLikelihoods(_ tables: ModelTables) {
    refreshUtility(tables)
    for index in 0..<ambiguity.count { ambiguity.base[index] = 0 }
    for index in 0..<novelty.count { novelty.base[index] = 0 }
    for modality in 0..<compiled.modalities.count {
      let plan = compiled.modalities.base[modality]
      let target = ambiguity.base + scopeOffsets[plan.scope]
      let columns = tables.likelihoodColumns.base + plan.offset
      for column in 0..<plan.columns {
        target[column] += entropy(columns + column * plan.outcomes, plan.outcomes)
      }
      guard hasLikelihoodNovelty, compiled.model.concentration.likelihood[modality] != nil,
        let counts = tables.likelihoodCounts
      else { continue }
      let gains = novelty.base + scopeOffsets[plan.scope]
      for column in 0..<plan.columns {
        let start = plan.offset + column * plan.outcomes
        fillWeights(counts.base + start, into: likelihoodWeights.base + start, plan.outcomes)
        gains[column] += Contraction.dot(
          tables.likelihoodColumns.base + start, likelihoodWeights.base + start,
          count: plan.outcomes)
      }
    }
  }

  private func refreshUtility(_ tables: ModelTables) {
    for index in 0..<utility.count { utility.base[index] = 0 }
    let cells = scopeOffsets[compiled.scopes.count]
    for row in 0..<preferenceRows {
      for modality in 0..<compiled.modalities.count {
        let plan = compiled.modalities.base[modality]
        let preference = preferences.base + row * compiled.outcomeCount + plan.outcomeOffset
        let target = utility.base + row * cells + scopeOffsets[plan.scope]
        for outcome in 0..<plan.outcomes where preference[outcome] != 0 {
          Contraction.addScaled(
            preference[outcome],
            tables.likelihoodRows.base + plan.offset + outcome * plan.columns, to: target,
            count: plan.columns)
        }
      }
    }
  }

  /// H[p] in nats; 0 ln 0 is 0.
  private func entropy(_ p: UnsafePointer<Double>, _ count: Int) -> Double {
    let floor = settings.convention == .pymdp1 ? smallestProbability : Double.leastNormalMagnitude
    var sum = 0.0
    for index in 0..<count { sum -= p[index] * VectorMath.log(max(p[index], floor)) }
    return sum
  }

  // MARK: - Transitions

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
