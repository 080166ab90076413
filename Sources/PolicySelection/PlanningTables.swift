import GenerativeModel
import Inference
import Kernels

/// A model's tables as planning reads them.
///
/// Everything in the expected free energy that is linear in a belief stands in one table a scope, so
/// that one contraction gives it all: predicted outcomes q(o), the utility of each planning step
/// sum_o q(o) C(o), the ambiguity E_q(s) H[P(o | s)] and the novelty of the likelihoods. Shared like
/// ``ModelTables``; an agent that learns owns a copy.
public final class PlanningTables: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.

  /// What stands in the table of one scope, side by side for each joint state of the scope.
  struct ScopePlan: BitwiseCopyable {
    /// The joint states of the scope.
    let columns: Int
    /// Where its table begins.
    let table: Int
    /// The numbers a column: outcomes, utilities, ambiguity, novelty, and zeros up to a multiple of 4.
    let width: Int
    /// The first of its results among those of all scopes; outcomes come first.
    let result: Int
    /// How many of them are outcomes, of all its modalities; 0 where outcomes are not needed.
    let outcomes: Int
    /// Where in a column the utility of the first planning step is, the ambiguity and, where the
    /// likelihoods are explored, the novelty.
    var utility: Int { outcomes }
    let ambiguity: Int
    var novelty: Int { ambiguity + 1 }
  }

  let compiled: CompiledModel
  let settings: PlanningSettings
  /// Planning steps with preferences of their own; later steps have those of the last.
  let preferenceRows: Int
  /// `[row][modality, outcome]`, in nats.
  let preferences: FixedBuffer<Double>
  /// One plan a scope that some modality reads, and the number of that scope.
  let plans: FixedBuffer<ScopePlan>
  let planScopes: FixedBuffer<Int>
  /// By scope, its plan; -1 where no modality reads it.
  let planOfScope: FixedBuffer<Int>
  /// By plan `[column][width]`.
  let folded: FixedBuffer<Double>
  /// The results of all scopes together.
  let resultCount: Int
  /// By modality, where its outcomes begin among the results of all scopes.
  let outcomeResults: FixedBuffer<Int>
  /// By modality `[column][outcome]`: how much one more count would teach, in nats.
  let likelihoodWeights: FixedBuffer<Double>
  /// By factor `[joint action][column][next]`, likewise.
  let transitionWeights: FixedBuffer<Double>
  /// By factor `[joint action][column]`: the same averaged over the next state.
  let transitionNovelty: FixedBuffer<Double>
  /// Where a factor begins in `transitionNovelty`.
  let noveltyOffsets: [Int]
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
    preferenceRows = compiled.model.preferences.reduce(1) { rows, preference in
      max(rows, preference.map { $0.shape.count == 2 ? $0.shape[0] : 1 } ?? 1)
    }
    let explores = settings.parameterInformationGain
    let exploresA = explores && tables.likelihoodCounts != nil
    let exploresB = explores && tables.transitionCounts != nil
    let needsOutcomes =
      (settings.stateInformationGain && settings.informationGain == .perModality)
      || (exploresA && settings.convention != .standard)
    let layout = Layout(
      compiled, rows: preferenceRows, outcomes: needsOutcomes, novelty: exploresA)
    plans = FixedBuffer(layout.plans)
    planScopes = FixedBuffer(layout.scopes)
    planOfScope = FixedBuffer(
      compiled.scopes.indices.map { layout.scopes.firstIndex(of: $0) ?? -1 })
    folded = FixedBuffer(repeating: 0, count: layout.tableCount)
    resultCount = layout.resultCount
    outcomeResults = FixedBuffer(layout.outcomeResults)
    var noveltyOffsets: [Int] = []
    var noveltyCount = 0
    for factor in 0..<compiled.factors.count {
      noveltyOffsets.append(noveltyCount)
      noveltyCount += compiled.factors.base[factor].actions * compiled.factors.base[factor].columns
    }
    self.noveltyOffsets = noveltyOffsets
    preferences = FixedBuffer(repeating: 0, count: preferenceRows * compiled.outcomeCount)
    likelihoodWeights = FixedBuffer(repeating: 0, count: exploresA ? compiled.likelihoodCount : 0)
    transitionWeights = FixedBuffer(repeating: 0, count: exploresB ? compiled.transitionCount : 0)
    transitionNovelty = FixedBuffer(repeating: 0, count: exploresB ? noveltyCount : 0)
    logHabit = FixedBuffer(repeating: 0, count: policies.count)
    fillPreferences()
    fillHabit()
    refreshPreferences(tables)
    refreshHabit(tables)
    refreshLikelihoods(tables)
    refreshTransitions(tables)
  }

  private init(copying other: PlanningTables) {
    compiled = other.compiled
    settings = other.settings
    preferenceRows = other.preferenceRows
    plans = other.plans
    planScopes = other.planScopes
    planOfScope = other.planOfScope
    resultCount = other.resultCount
    outcomeResults = other.outcomeResults
    noveltyOffsets = other.noveltyOffsets
    preferences = other.preferences.copy()
    folded = other.folded.copy()
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
}

extension PlanningTables {
  /// Where everything goes.
  private struct Layout {
    var plans: [ScopePlan] = []
    var scopes: [Int] = []
    var tableCount = 0
    var resultCount = 0
    var outcomeResults: [Int]

    /// - Parameters:
    ///   - rows: planning steps with preferences of their own.
    ///   - needsOutcomes: whether predicted outcomes are needed one by one.
    ///   - novelty: whether the likelihoods are explored.
    init(_ compiled: CompiledModel, rows: Int, outcomes needsOutcomes: Bool, novelty: Bool) {
      let modalities = compiled.modalities
      outcomeResults = [Int](repeating: 0, count: modalities.count)
      for (scope, description) in compiled.scopes.enumerated() {
        var outcomes = 0
        var isRead = false
        for modality in 0..<modalities.count where modalities.base[modality].scope == scope {
          isRead = true
          outcomeResults[modality] = resultCount + outcomes
          if needsOutcomes { outcomes += modalities.base[modality].outcomes }
        }
        guard isRead else { continue }
        let results = outcomes + rows + (novelty ? 2 : 1)
        let plan = ScopePlan(
          columns: description.columns, table: tableCount,
          // Whole groups of four, which contractions and logarithms take at once.
          width: (results + 3) / 4 * 4,
          result: resultCount, outcomes: outcomes, ambiguity: outcomes + rows)
        plans.append(plan)
        scopes.append(scope)
        tableCount += plan.columns * plan.width
        resultCount += plan.width
      }
    }
  }
}
