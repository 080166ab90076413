import ActiveInference
import Foundation

extension BruteForce {
  /// Scores all policies from the belief and turns the scores into a posterior.
  func plan(_ step: inout Step) {
    let settings = configuration.planning
    for policy in policies {
      var utility = 0.0
      var information = 0.0
      var novelty = 0.0
      var inductive = 0.0
      var belief = belief
      for (time, action) in policy.enumerated() {
        let next = predict(belief, action)
        if settings.parameterInformationGain {
          novelty += noveltyOfTransitions(belief, action) + noveltyOfLikelihoods(next)
        }
        belief = next
        if settings.utility { utility += expectedPreference(belief, time) }
        if settings.stateInformationGain {
          information +=
            settings.informationGain == .joint
            ? informationGain(belief, of: Array(model.modalities.indices))
            : model.modalities.indices.reduce(0) { $0 + informationGain(belief, of: [$1]) }
        }
        if let settings = settings.inductive {
          inductive += inductiveValue(belief, now: step.beliefs, settings)
        }
      }
      step.utility.append(utility)
      step.stateInformationGain.append(information)
      step.parameterInformationGain.append(novelty)
      step.inductive.append(inductive)
      step.negativeExpectedFreeEnergy.append(utility + information + novelty + inductive)
    }
    step.policyPosterior = BruteForce.softmax(
      zip(step.negativeExpectedFreeEnergy, habit).map { settings.gamma * $0 + log($1) })
    step.actionMarginals = model.controls.indices.map { control in
      (0..<model.controls[control].size).map { action in
        zip(policies, step.policyPosterior).reduce(0) {
          $0 + ($1.0[0][control] == action ? $1.1 : 0)
        }
      }
    }
  }

  /// E[C(o)] over all modalities; C of the step where it has steps.
  func expectedPreference(_ belief: [Double], _ time: Int) -> Double {
    var sum = 0.0
    for (modality, preference) in preference.enumerated() {
      guard let preference else { continue }
      for outcome in 0..<model.modalities[modality].size {
        let value = preference[preference.shape.count == 2 ? [time, outcome] : [outcome]]
        for (p, given) in zip(belief, likelihoods(of: outcome, modality)) {
          sum += p * given * value
        }
      }
    }
    return sum
  }

  /// I(o; s) of the joint outcome of some modalities, by its definition:
  /// sum_o sum_s q(s) P(o | s) ln P(o | s) / q(o).
  func informationGain(_ belief: [Double], of modalities: [Int]) -> Double {
    var sum = 0.0
    for outcomes in BruteForce.sequences(modalities.map { model.modalities[$0].size }) {
      let rows = zip(modalities, outcomes).map { likelihoods(of: $1, $0) }
      let given = states.indices.map { state in rows.reduce(1) { $0 * $1[state] } }
      let predicted = zip(belief, given).reduce(0) { $0 + $1.0 * $1.1 }
      for (q, p) in zip(belief, given) where q > 0 && p > 0 { sum += q * p * log(p / predicted) }
    }
    return sum
  }

  // MARK: - Novelty

  /// KL[Dir(a + e) || Dir(a)] for one more count in each cell, or 1/a - 1/a0; 0 where a is 0.
  func noveltyWeight(_ count: Double, of total: Double) -> Double {
    if count == 0 { return 0 }
    if configuration.planning.novelty == .heuristic { return 1 / count - 1 / total }
    return log(total) - log(count) + BruteForce.digamma(count + 1) - BruteForce.digamma(total + 1)
  }

  /// E_q(s) E_P(o | s)[weight] over all modalities with counts.
  func noveltyOfLikelihoods(_ belief: [Double]) -> Double {
    var sum = 0.0
    for (modality, counts) in counts.likelihood.enumerated() {
      guard let counts = counts.map(Table.init) else { continue }
      for (state, p) in zip(states, belief) {
        let given = model.likelihoods[modality].given.map { state[$0] }
        let column = (0..<counts.shape[0]).map { counts[[$0] + given] }
        let total = column.reduce(0, +)
        for (outcome, count) in column.enumerated() {
          sum +=
            p * probability(of: outcome, modality, in: state) * noveltyWeight(count, of: total)
        }
      }
    }
    return sum
  }

  /// E_q(s) E_P(s' | s, u)[weight] over all factors with counts.
  func noveltyOfTransitions(_ belief: [Double], _ action: [Int]) -> Double {
    var sum = 0.0
    for (factor, counts) in counts.transition.enumerated() {
      guard let counts = counts.map(Table.init) else { continue }
      let table = model.transitions[factor]
      for (state, p) in zip(states, belief) {
        let given = table.given.map { state[$0] } + table.controls.map { action[$0] }
        let column = (0..<counts.shape[0]).map { counts[[$0] + given] }
        let total = column.reduce(0, +)
        for (next, count) in column.enumerated() {
          sum +=
            p * probability(of: next, factor, after: state, action)
            * noveltyWeight(count, of: total)
        }
      }
    }
    return sum
  }

  /// By recurrence to 40, then the asymptotic series.
  static func digamma(_ x: Double) -> Double {
    if x < 40 { return digamma(x + 1) - 1 / x }
    let y = 1 / (x * x)
    return log(x) - 1 / (2 * x) - y * (1 / 12.0 - y * (1 / 120.0 - y / 252))
  }

  // MARK: - Inductive preference

  /// Whether `goal` can be reached from a state in exactly so many possible transitions.
  private func reaches(_ factor: Int, from state: Int, in steps: Int, _ threshold: Double) -> Bool {
    if steps == 0 { return model.goals[factor]?[state] == 1 }
    let controls = model.transitions[factor].controls
    let actions = BruteForce.sequences(controls.map { model.controls[$0].size })
    return (0..<model.factors[factor].size).contains { next in
      actions.contains { transition[factor][[next, state] + $0] > threshold }
        && reaches(factor, from: next, in: steps - 1, threshold)
    }
  }

  /// sum_f sum_s q_f(s) ln(epsilon) over the states that are not one step nearer to the goal than
  /// the most probable state now.
  func inductiveValue(
    _ belief: [Double], now: [[Double]], _ settings: PlanningSettings.Inductive
  ) -> Double {
    var sum = 0.0
    let next = marginals(belief)
    for factor in model.factors.indices where model.goals[factor] != nil {
      let greatest = now[factor].max() ?? 0
      let likely = now[factor].firstIndex(of: greatest) ?? 0
      func reaches(_ state: Int, _ steps: Int) -> Bool {
        self.reaches(factor, from: state, in: steps, settings.threshold)
      }
      guard let distance = (0..<settings.depth).first(where: { reaches(likely, $0) }) else {
        continue
      }
      for state in 0..<model.factors[factor].size where !reaches(state, max(distance - 1, 0)) {
        sum += next[factor][state] * log(settings.epsilon)
      }
    }
    return sum
  }
}
