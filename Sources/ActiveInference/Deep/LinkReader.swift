import GenerativeModel
import PolicySelection

/// Checks links between two levels.
struct LinkReader {
  enum Link {
    case origin(Junction.Origin)
    case bias(Junction.Bias)
  }

  private let level: CompiledAgent
  private let above: CompiledAgent
  private let faults: FaultList

  init(_ level: CompiledAgent, _ above: CompiledAgent, _ faults: FaultList) {
    self.level = level
    self.above = above
    self.faults = faults
  }

  /// Nil where the link is at fault.
  func read(_ link: DeepAgent.Link, _ place: String) -> Link? {
    let modalities = above.model.modalities
    guard let modality = modalities.firstIndex(where: { $0.name == link.modality }) else {
      faults.add(
        place, "the level above has no modality \(link.modality)",
        remedy: suggestion(for: link.modality, among: modalities.map(\.name), kind: "modality"))
      return nil
    }
    let outcomes = modalities[modality].size
    switch link.target {
    case .initialState(let name):
      guard let factor = factor(name, place) else { return nil }
      return table(link, level.model.factors[factor].size, outcomes, "states", place).map {
        .origin(.init(modality: modality, factor: factor, table: $0))
      }
    case .habit:
      checkBias(level.model.habit != nil || level.model.concentration.habit != nil, "habit", place)
      return table(link, level.policies.count, outcomes, "policies", place).map {
        .bias(.init(modality: modality, preferred: nil, table: $0))
      }
    case .preference(let name):
      let own = level.model.modalities
      guard let preferred = own.firstIndex(where: { $0.name == name }) else {
        faults.add(
          place, "the level has no modality \(name)",
          remedy: suggestion(for: name, among: own.map(\.name), kind: "modality"))
        return nil
      }
      checkBias(
        level.model.concentration.preference[preferred] != nil, "preference that is counted", place)
      return table(
        link, own[preferred].size, outcomes, "outcomes", place, isDistribution: false
      ).map { .bias(.init(modality: modality, preferred: preferred, table: $0)) }
    }
  }

  private func factor(_ name: String, _ place: String) -> Int? {
    let factors = level.model.factors
    guard let factor = factors.firstIndex(where: { $0.name == name }) else {
      faults.add(
        place, "the level has no factor \(name)",
        remedy: suggestion(for: name, among: factors.map(\.name), kind: "factor"))
      return nil
    }
    if let rule = level.configuration.learning.initialState,
      rule.subset?.contains(name) ?? (level.model.concentration.initialState[factor] != nil)
    {
      faults.add(
        place, "the first state of \(name) cannot be learned, for it comes from above",
        remedy: "learn the likelihood of \"\(name)\" above, or leave it out of"
          + " learning.initialState.factors")
    }
    return factor
  }

  /// What is set anew at each episode must not be learned, and the plan must follow it.
  private func checkBias(_ hasOwn: Bool, _ what: String, _ place: String) {
    if hasOwn {
      faults.add(place, "the level has a \(what) of its own", remedy: "leave one of them out")
    }
    if level.configuration.planning.method != .enumerate {
      faults.add(
        place,
        "habits and preferences come down only where planning.method is enumerate, and it is"
          + " \(level.configuration.planning.method.rawValue)")
    }
  }

  /// The table of a link, or the identity.
  private func table(
    _ link: DeepAgent.Link, _ rows: Int, _ columns: Int, _ what: String, _ place: String,
    isDistribution: Bool = true
  ) -> [[Double]]? {
    guard let table = link.table else {
      guard rows == columns else {
        faults.add(
          place, "\(columns) outcomes of \(link.modality) are not \(rows) \(what)",
          remedy: "give a table")
        return nil
      }
      return (0..<rows).map { row in (0..<columns).map { $0 == row ? 1 : 0 } }
    }
    guard table.count == rows, table.allSatisfy({ $0.count == columns }) else {
      faults.add(place, "the table is not of \(rows) \(what) by \(columns) outcomes")
      return nil
    }
    if !table.allSatisfy({ $0.allSatisfy { $0.isFinite && (!isDistribution || $0 >= 0) } }) {
      faults.add(place, "a number is not finite\(isDistribution ? " or negative" : "")")
      return nil
    }
    if isDistribution {
      for column in 0..<columns {
        let sum = table.reduce(0) { $0 + $1[column] }
        if abs(sum - 1) > 1e-6 {
          faults.add(place, "column \(column) sums to \(sum)", remedy: "make it sum to 1")
          return nil
        }
      }
    }
    return table
  }
}
