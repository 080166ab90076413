import ActiveInference
import Foundation

extension BruteForce {
  /// Adds what the step taught to the counts, and makes the tables their means again.
  mutating func learn(_ observation: [Observation], from last: [Double], _ step: ReferenceStep) {
    var rules = configuration.learning
    episode.observations.append(observation)
    if time > 0 { episode.actions.append(action) }
    if rules.smoothing {
      learnInHindsight()
      rules = rules.stepwise
    }
    // Transitions first: by those that the step predicted with.
    if algorithm.hasWindow {
      learnWindows(rules)
    } else {
      if let rule = rules.transition, time > 0 { learnTransitions(from: last, rule) }
      if let rule = rules.likelihood { learnLikelihoods(observation, rule) }
      if let rule = rules.initialState, time == 0 { learnInitialStates(step.beliefs, rule) }
    }
    if let rule = rules.preference { learnPreferences(observation, rule) }
    if let rule = rules.habit, !step.policyPosterior.isEmpty {
      learnHabit(step.policyPosterior, rule)
    }
    if rules.likelihood != nil || rules.transition != nil { writeOut() }
  }

  /// count0 + (1 - forgetting)(count - count0) + rate evidence, where count0 is not zero; of that as much as it
  /// is worth, and no more of it than the asymptote leaves.
  ///
  /// - Parameters:
  ///   - outcomes: how many the table tells of, its first axis.
  ///   - preferences: of them, in nats.
  func updated(
    _ counts: [Double], _ first: [Double], _ evidence: [Double], _ rule: LearningSettings.Rule,
    outcomes: Int = 1, preferences: [Double]? = nil
  ) -> [Double] {
    let grown = counts.indices.map { cell in
      first[cell] > 0
        ? first[cell] + (1 - rule.forgetting) * (counts[cell] - first[cell])
          + rule.rate * evidence[cell]
        : 0
    }
    let accepted =
      rule.activeLearningPrecision.map { precision in
        let gain = worth(grown, outcomes, preferences) - worth(counts, outcomes, preferences)
        return 1 / (1 + exp(-precision * gain))
      } ?? 1
    let kept = rule.asymptote.map { $0 / ($0 + accepted * rule.rate) } ?? 1
    return zip(counts, grown).map { ((1 - accepted) * $0 + accepted * $1) * kept }
  }

  /// H(outcomes) + H(states) - H(both) + E[ln softmax(C)], of counts taken for a joint distribution.
  private func worth(_ counts: [Double], _ outcomes: Int, _ preferences: [Double]?) -> Double {
    let total = counts.reduce(0, +)
    let columns = counts.count / outcomes
    func entropy(_ sums: [Double]) -> Double {
      -sums.reduce(0) { $1 > 0 ? $0 + $1 / total * log($1 / total) : $0 }
    }
    let seen = (0..<outcomes).map { counts[$0 * columns..<($0 + 1) * columns].reduce(0, +) }
    let given = (0..<columns).map { column in
      (0..<outcomes).reduce(0) { $0 + counts[$1 * columns + column] }
    }
    var result = entropy(seen) + entropy(given) - entropy(counts)
    guard let preferences else { return result }
    let normalizer = log(preferences.reduce(0) { $0 + exp($1) })
    for (sum, preference) in zip(seen, preferences) {
      result += sum / total * max(preference - normalizer, -32)
    }
    return result
  }

  /// C of the first planning step.
  func nextPreferences(of modality: Int) -> [Double]? {
    preference[modality].map { Array($0.values[..<model.modalities[modality].size]) }
  }

  func learns(_ name: String, _ rule: LearningSettings.Rule) -> Bool {
    rule.subset?.contains(name) ?? true
  }

  /// The weight of each outcome in an observation; nil where there was none.
  func outcomes(_ observation: Observation, _ size: Int) -> [Double]? {
    switch observation {
    case .missing: nil
    case .outcome(let outcome): (0..<size).map { $0 == outcome ? 1 : 0 }
    case .distribution(let weights): weights
    }
  }

  /// A table whose columns sum to one.
  func mean(_ counts: Tensor) -> Table {
    var table = Table(counts)
    let columns = counts.shape.dropFirst().reduce(1, *)
    for column in 0..<columns {
      let cells = (0..<counts.shape[0]).map { $0 * columns + column }
      let total = cells.reduce(0) { $0 + table.values[$1] }
      for cell in cells { table.values[cell] /= total }
    }
    return table
  }

  private mutating func learnLikelihoods(
    _ observation: [Observation], _ rule: LearningSettings.Rule
  ) {
    for (modality, entry) in observation.enumerated() {
      let name = model.modalities[modality].name
      guard let now = counts.likelihood[modality], learns(name, rule),
        let first = model.concentration.likelihood[modality],
        let seen = outcomes(entry, now.shape[0])
      else { continue }
      var evidence = Table(now.mapStored { _ in 0 })
      for (state, p) in zip(states, belief) {
        let given = model.likelihoods[modality].given.map { state[$0] }
        for outcome in seen.indices { evidence[[outcome] + given] += seen[outcome] * p }
      }
      let learned = Tensor(
        shape: now.shape,
        updated(
          now.values, first.values, evidence.values, rule, outcomes: now.shape[0],
          preferences: nextPreferences(of: modality)))
      counts.likelihood[modality] = learned
      likelihood[modality] = mean(learned)
    }
  }

  /// The posterior of the last state and this one, given everything seen so far: this one's, times
  /// where it would have been come from. Under mean-field beliefs the product of both.
  private func pair(from last: [Double]) -> [(state: [Int], next: [Int], p: Double)] {
    var pairs: [(state: [Int], next: [Int], p: Double)] = []
    let rows = transitions(action)
    let predicted = predict(last, action)
    for (index, state) in states.enumerated() {
      for (other, next) in states.enumerated() {
        let origin = isMeanField ? last[index] : last[index] * rows[index][other] / predicted[other]
        let joint = origin * belief[other]
        if joint > 0 { pairs.append((state, next, joint)) }
      }
    }
    return pairs
  }

  private mutating func learnTransitions(from last: [Double], _ rule: LearningSettings.Rule) {
    let pairs = pair(from: last)
    for (factor, table) in model.transitions.enumerated() {
      guard let now = counts.transition[factor], learns(model.factors[factor].name, rule),
        let first = model.concentration.transition[factor]
      else { continue }
      var evidence = Table(now.mapStored { _ in 0 })
      for (state, next, p) in pairs {
        evidence[
          [next[factor]] + table.given.map { state[$0] } + table.controls.map { action[$0] }] += p
      }
      let learned = Tensor(
        shape: now.shape,
        updated(now.values, first.values, evidence.values, rule, outcomes: now.shape[0]))
      counts.transition[factor] = learned
      transition[factor] = mean(learned)
    }
  }

  private mutating func learnInitialStates(
    _ beliefs: [[Double]], _ rule: LearningSettings.Rule
  ) {
    for (factor, belief) in beliefs.enumerated() {
      guard let now = counts.initialState[factor], learns(model.factors[factor].name, rule),
        let first = model.concentration.initialState[factor]
      else { continue }
      let learned = updated(now, first, belief, rule)
      counts.initialState[factor] = learned
      initialState[factor] = mean(Tensor(shape: [learned.count], learned)).values
    }
  }

  private mutating func learnPreferences(
    _ observation: [Observation], _ rule: LearningSettings.Rule
  ) {
    for (modality, entry) in observation.enumerated() {
      let name = model.modalities[modality].name
      guard let now = counts.preference[modality], learns(name, rule),
        let first = model.concentration.preference[modality],
        let seen = outcomes(entry, now.shape[0])
      else { continue }
      let learned = Tensor(shape: now.shape, updated(now.values, first.values, seen, rule))
      counts.preference[modality] = learned
      var logs = mean(learned)
      logs.values = logs.values.map { log($0) }
      preference[modality] = logs
    }
  }

  private mutating func learnHabit(_ posterior: [Double], _ rule: LearningSettings.Rule) {
    guard let now = counts.habit, let first = model.concentration.habit else { return }
    let columns = habitColumns
    let evidence = now.indices.map { cell in
      zip(states, belief).reduce(0) {
        $0 + (habitColumn($1.0) == cell % columns ? $1.1 : 0) * posterior[cell / columns]
      }
    }
    let learned = updated(now, first, evidence, rule)
    counts.habit = learned
    habit = mean(Tensor(shape: [learned.count / columns, columns], learned)).values
  }
}
