import Inference
import PolicySelection

extension ChoiceExplainer {
  private typealias Change = CounterfactualChoice.Change

  /// An observation to be tried.
  private struct Candidate {
    let changes: [Change]
    /// Before the step; nil where it cannot be found.
    let probability: Double?
  }

  /// Which other observations would have changed the choice: of one modality, or of two where no single one
  /// would have.
  ///
  /// - Parameters:
  ///   - enumeration: of the belief before the observation.
  ///   - limit: observations that are tried.
  func counterfactuals(
    _ observation: [Observation], _ choice: [Int], _ enumeration: OutcomeEnumeration?, limit: Int
  ) throws -> CounterfactualSearch {
    var search = CounterfactualSearch(
      changes: [], tried: 0, untried: 0, impossible: 0, triesPairs: false)
    let others = others(observation)
    let singles = singles(observation, others, enumeration)
    let possible = singles.filter { $0.probability != 0 }
    search.impossible = singles.count - possible.count
    search.untried = max(possible.count - limit, 0)
    try run(
      mostProbableFirst(possible) { $0.probability }.prefix(limit), observation, choice, &search)
    if search.changes.isEmpty && search.untried == 0 && others.count > 1 {
      search.triesPairs = true
      let pairs = pairs(observation, others, enumeration, limit: limit - search.tried, &search)
      try run(pairs[...], observation, choice, &search)
    }
    search.changes = mostProbableFirst(search.changes) { $0.probability }
    return search
  }

  /// By modality that has some, the outcomes that were not observed.
  private func others(_ observation: [Observation]) -> [(modality: Int, outcomes: [Int])] {
    observation.indices.map { modality in
      let outcomes = 0..<engine.blueprint.model.modalities[modality].size
      return (modality, outcomes.filter { observation[modality] != .outcome($0) })
    }.filter { !$0.outcomes.isEmpty }
  }

  private func singles(
    _ observation: [Observation], _ others: [(modality: Int, outcomes: [Int])],
    _ enumeration: OutcomeEnumeration?
  ) -> [Candidate] {
    let probabilities = enumeration?.probabilities(around: observation)
    return others.flatMap { modality, outcomes in
      outcomes.map {
        Candidate(
          changes: [Change(modality: modality, outcome: $0)],
          probability: probabilities?[modality][$0])
      }
    }
  }

  /// Pairs of other outcomes that are possible, of the first so many in the order of the model.
  private func pairs(
    _ observation: [Observation], _ others: [(modality: Int, outcomes: [Int])],
    _ enumeration: OutcomeEnumeration?, limit: Int, _ search: inout CounterfactualSearch
  ) -> [Candidate] {
    let counts = others.map { Double($0.outcomes.count) }
    let sum = counts.reduce(0, +)
    let all = (sum * sum - counts.reduce(0) { $0 + $1 * $1 }) / 2
    search.untried = Int(min(max(all - Double(limit), 0), 0x1p62))
    var found: [Candidate] = []
    var left = limit
    for (index, first) in others.enumerated() {
      for second in others[(index + 1)...] {
        for one in first.outcomes {
          for other in second.outcomes {
            if left == 0 { return found }
            left -= 1
            let changes = [
              Change(modality: first.modality, outcome: one),
              Change(modality: second.modality, outcome: other),
            ]
            let probability = enumeration?.probability(of: changed(observation, changes))
            if probability != 0 {
              found.append(Candidate(changes: changes, probability: probability))
            }
          }
        }
      }
    }
    return found
  }

  private func changed(_ observation: [Observation], _ changes: [Change]) -> [Observation] {
    var other = observation
    for change in changes { other[change.modality] = .outcome(change.outcome) }
    return other
  }

  private func run(
    _ candidates: ArraySlice<Candidate>, _ observation: [Observation], _ choice: [Int],
    _ search: inout CounterfactualSearch
  ) throws {
    for candidate in candidates {
      let other = changed(observation, candidate.changes)
      search.tried += 1
      do {
        try consider(other)
      } catch AgentFailure.impossible {
        search.impossible += 1
        continue
      }
      let answer = probe.answers.answer(probe.choice.base)
      if answer != choice {
        search.changes.append(
          CounterfactualChoice(
            changes: candidate.changes, observation: other, probability: candidate.probability,
            beliefs: beliefs, choice: answer))
      }
      probe.reconsider()
    }
  }
}

/// In the order of their probabilities, those alike and those unknown as they come.
func mostProbableFirst<Element>(
  _ elements: [Element], _ probability: (Element) -> Double?
) -> [Element] {
  elements.enumerated().sorted { one, other in
    let (mine, theirs) = (probability(one.element) ?? 0, probability(other.element) ?? 0)
    return mine != theirs ? mine > theirs : one.offset < other.offset
  }.map(\.element)
}
