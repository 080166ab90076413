import GenerativeModel
import Inference
import Kernels

/// A model's tables as planning reads them.
///
/// Everything in the expected free energy that is linear in a belief stands in one table a scope, so
/// that one contraction gives it all: predicted outcomes q(o), the utility of each planning step
/// sum_o q(o) C(o), the ambiguity E_q(s) H[P(o | s)] and the novelty of the likelihoods. Shared like
/// ``ModelTables``; an agent that learns owns a copy.
public final class PlanningTables<Parameter: StepNumber>: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.

  let compiled: CompiledModel
  let settings: PlanningSettings
  /// Planning steps with preferences of their own; later steps have those of the last.
  let preferenceRows: Int
  /// `[row][modality, outcome]`, in nats.
  let preferences: FixedBuffer<Parameter>
  /// One plan a scope that some modality reads, and the number of that scope.
  let plans: FixedBuffer<PlanningScope>
  let planScopes: FixedBuffer<Int>
  /// By scope, its plan; -1 where no modality reads it.
  let planOfScope: FixedBuffer<Int>
  /// By plan `[column][width]`.
  let folded: FixedBuffer<Parameter>
  /// The results of all scopes together.
  let resultCount: Int
  /// By modality, where its outcomes begin among the results of all scopes; -1 where its predicted
  /// outcomes are not among them: nobody needs them, or the likelihood is sparse.
  let outcomeResults: FixedBuffer<Int>
  /// The modalities whose predicted outcomes are found from sparse likelihoods.
  let sparseModalities: FixedBuffer<Int>
  /// By modality, in the cells of its likelihood: how much one more count would teach, in nats. Empty
  /// where the likelihoods are not explored.
  let likelihoodWeights: FixedBuffer<RunTable<Parameter>>
  /// By factor, likewise in the cells of its transition.
  let transitionWeights: FixedBuffer<RunTable<Parameter>>
  /// By factor `[joint action][column]`: the same averaged over the next state.
  let transitionNovelty: FixedBuffer<Parameter>
  /// Where a factor begins in `transitionNovelty`.
  let noveltyOffsets: FixedBuffer<Int>
  /// ln E by policy; -infinity where a policy has no prior probability.
  package let logHabit: FixedBuffer<Parameter>
  /// Whether some policy has no prior probability.
  var hasImpossiblePolicies = false
  /// E where it depends on states: for each joint state of its scope over the policies. `logHabit` is then
  /// not used.
  let habitColumns: RunTable<Parameter>?
  private let habitCells: FixedBuffer<Parameter>?
  /// What the tables of weights point to.
  private let weights: [FixedBuffer<Parameter>]
  /// Logarithms in the making.
  let scratch: FixedBuffer<Parameter>

  /// Whether counts make novelty for the likelihoods, and for the transitions.
  var hasLikelihoodNovelty: Bool { likelihoodWeights.count > 0 }
  var hasTransitionNovelty: Bool { transitionWeights.count > 0 }

  /// Whether a contraction with these tables is left to OpenBLAS.
  package var usesBLAS: Bool {
    (0..<plans.count).contains {
      Contraction.usesBLAS(rows: plans.base[$0].columns, columns: plans.base[$0].width)
    }
  }

  /// Folds a model's tables.
  ///
  /// - Throws: ``InvalidInput`` where the preferences have fewer rows than the horizon, E has another
  ///   length than the policies, or parameters are to be explored that have no counts.
  public init(
    _ compiled: CompiledModel, _ tables: ModelTables<Parameter>, _ settings: PlanningSettings,
    _ policies: PolicySet
  ) throws(InvalidInput) {
    try settings.check(compiled.model, policies)
    self.compiled = compiled
    self.settings = settings
    let model = compiled.model
    let layout = PlanningLayout(compiled, settings)
    preferenceRows = layout.preferenceRows
    let (exploresA, exploresB) = (layout.exploresLikelihoods, layout.exploresTransitions)
    plans = FixedBuffer(layout.plans)
    planScopes = FixedBuffer(layout.scopes)
    planOfScope = FixedBuffer(repeating: -1, count: compiled.scopes.count)
    for (plan, scope) in layout.scopes.enumerated() { planOfScope.base[scope] = plan }
    folded = FixedBuffer(zeros: layout.tableCount)
    resultCount = layout.resultCount
    outcomeResults = FixedBuffer(layout.outcomeResults)
    sparseModalities = FixedBuffer(layout.sparseModalities)
    var weights: [FixedBuffer<Parameter>] = []
    func weightTables(
      _ tables: FixedBuffer<RunTable<Parameter>>, _ isNeeded: Bool
    ) -> FixedBuffer<RunTable<Parameter>> {
      FixedBuffer(
        (0..<(isNeeded ? tables.count : 0)).map {
          let cells = FixedBuffer<Parameter>(zeros: tables.base[$0].cellCount)
          weights.append(cells)
          return tables.base[$0].with(cells: cells.base)
        })
    }
    likelihoodWeights = weightTables(tables.likelihoodColumns, exploresA)
    transitionWeights = weightTables(tables.transitions, exploresB)
    self.weights = weights
    noveltyOffsets = FixedBuffer(layout.noveltyOffsets)
    transitionNovelty = FixedBuffer(zeros: exploresB ? layout.noveltyCount : 0)
    preferences = FixedBuffer(zeros: preferenceRows * compiled.outcomeCount)
    logHabit = FixedBuffer(zeros: policies.count)
    let habitStates = compiled.habitScope.map { compiled.scopes[$0].columns }
    habitCells = habitStates.map { FixedBuffer(zeros: $0 * policies.count) }
    habitColumns = habitCells.map {
      RunTable(count: habitStates ?? 0, length: policies.count, cells: $0.base)
    }
    let widest = max(
      model.factors.map(\.size).max() ?? 1, model.modalities.map(\.size).max() ?? 1)
    scratch = FixedBuffer(zeros: widest)
    fillPreferences()
    fillHabit()
    refreshPreferences(tables)
    refreshHabit(tables)
    refreshLikelihoods(tables)
    refreshTransitions(tables)
  }
}
