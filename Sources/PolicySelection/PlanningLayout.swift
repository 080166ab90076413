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

  /// - Parameters:
  ///   - rows: planning steps with preferences of their own.
  ///   - needsOutcomes: whether predicted outcomes are needed one by one.
  ///   - novelty: whether the likelihoods are explored.
  init(_ compiled: CompiledModel, rows: Int, outcomes needsOutcomes: Bool, novelty: Bool) {
    let modalities = compiled.modalities
    outcomeResults = [Int](repeating: -1, count: modalities.count)
    for (scope, description) in compiled.scopes.enumerated() {
      var outcomes = 0
      var isRead = false
      for modality in 0..<modalities.count where modalities.base[modality].scope == scope {
        isRead = true
        guard needsOutcomes else { continue }
        if modalities.base[modality].isSparse {
          sparseModalities.append(modality)
        } else {
          outcomeResults[modality] = resultCount + outcomes
          outcomes += modalities.base[modality].outcomes
        }
      }
      guard isRead else { continue }
      let results = outcomes + rows + (novelty ? 2 : 1)
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
