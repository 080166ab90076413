import GenerativeModel
import Inference

/// Where everything that is linear in a belief goes.
struct PlanningLayout {
  var plans: [PlanningScope] = []
  var scopes: [Int] = []
  var tableCount = 0
  var resultCount = 0
  var outcomeResults: [Int]
  var sparseModalities: [Int] = []
  var noveltyOffsets: [Int] = []
  var noveltyCount = 0

  /// Planning steps with preferences of their own.
  let preferenceRows: Int
  /// Whether there are counts of likelihoods and of transitions, and they are explored.
  let exploresLikelihoods: Bool
  let exploresTransitions: Bool

  init(_ compiled: CompiledModel, _ settings: PlanningSettings) {
    let model = compiled.model
    let rows = model.preferences.reduce(1) { rows, preference in
      max(rows, preference.map { $0.shape.count == 2 ? $0.shape[0] : 1 } ?? 1)
    }
    preferenceRows = rows
    let explores = settings.parameterInformationGain
    exploresLikelihoods = explores && model.concentration.likelihood.contains { $0 != nil }
    exploresTransitions = explores && model.concentration.transition.contains { $0 != nil }
    // Whether predicted outcomes are needed one by one.
    let needsOutcomes =
      (settings.takesInformationGain && settings.informationGain == .perModality)
      || (exploresLikelihoods && settings.convention != .standard)
    let modalities = compiled.modalities
    outcomeResults = [Int](repeating: -1, count: modalities.count)
    for (scope, description) in compiled.scopes.enumerated() {
      var outcomes = 0
      for modality in compiled.modalitiesOfScope[scope] where needsOutcomes {
        if modalities.base[modality].isSparse {
          sparseModalities.append(modality)
        } else {
          outcomeResults[modality] = resultCount + outcomes
          outcomes += modalities.base[modality].outcomes
        }
      }
      if compiled.modalitiesOfScope[scope].isEmpty { continue }
      let results = outcomes + rows + (exploresLikelihoods ? 2 : 1)
      let plan = PlanningScope(
        columns: description.columns, table: tableCount,
        // Whole groups of four, which contractions take at once.
        width: (results + 3) / 4 * 4,
        result: resultCount, outcomes: outcomes, ambiguity: outcomes + rows)
      plans.append(plan)
      scopes.append(scope)
      tableCount += plan.columns * plan.width
      resultCount += plan.width
    }
    for factor in 0..<compiled.factors.count {
      noveltyOffsets.append(noveltyCount)
      noveltyCount += compiled.factors.base[factor].actions * compiled.factors.base[factor].columns
    }
  }
}

extension PlanningSettings {
  /// The numbers that are folded for planning, found without taking memory for them.
  package func foldedNumbers(_ compiled: CompiledModel) -> Double {
    let layout = PlanningLayout(compiled, self)
    return Double(layout.tableCount)
      + Double(layout.preferenceRows) * Double(compiled.outcomeCount)
      + (layout.exploresTransitions ? Double(layout.noveltyCount) : 0)
  }

  /// The numbers of the table of states from which goals can be reached.
  package func inductiveNumbers(_ compiled: CompiledModel) -> Double {
    guard let inductive else { return 0 }
    let states = InductiveScope.all(of: compiled.model).reduce(0) {
      $0 + $1.stateCount(compiled.model)
    }
    return Double(inductive.depth) * states
  }
}
