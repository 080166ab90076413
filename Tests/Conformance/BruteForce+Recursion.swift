import ActiveInference
import Foundation

/// Sophisticated inference as it is written down: every action, every joint outcome, to the end.
extension BruteForce {
  /// What each action is worth: utility, state and parameter information gain and inductive value, and how
  /// probable it is to come to what is left out.
  private struct Worth {
    var parts: [[Double]] = []
    var pruned: [Double] = []
    var values: [Double] { parts.map { $0.reduce(0, +) } }
  }

  /// Scores the actions of the next step by the recursion.
  func recur(_ step: inout ReferenceStep) {
    guard !model.controls.isEmpty else {
      step.negativeExpectedFreeEnergy = [0]
      return
    }
    let worth = worth(belief, 0, now: step.beliefs)
    let names = ["utility", "stateInformationGain", "parameterInformationGain", "inductive"]
    step.terms = [:]
    for (index, name) in names.enumerated() { step.terms?[name] = worth.parts.map { $0[index] } }
    step.negativeExpectedFreeEnergy = worth.values
    step.prunedMass = zip(probabilities(worth.values), worth.pruned).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// How probable each action is from then on.
  private func probabilities(_ values: [Double]) -> [Double] {
    let settings = configuration.planning
    switch settings.sophisticated.backup {
    case .softmax:
      return BruteForce.softmax(zip(values, habit).map { settings.gamma * $0 + logHabit($1) })
    case .max:
      let possible = values.indices.filter { logHabit(habit[$0]) > -.infinity }
      let best = possible.first { index in possible.allSatisfy { values[$0] <= values[index] } }
      return values.indices.map { $0 == best ? 1 : 0 }
    }
  }

  private func worth(_ belief: [Double], _ time: Int, now: [[Double]]) -> Worth {
    let settings = configuration.planning
    var worth = Worth()
    let actions = policies.map { $0[0] }
    for action in actions {
      worth.parts.append(parts(belief, action, predict(belief, action), time, now: now))
      worth.pruned.append(0)
    }
    if time + 1 == settings.horizon ?? 1 { return worth }
    let first = BruteForce.softmax(worth.values.map { settings.gamma * $0 })
    for (index, action) in actions.enumerated() {
      if first[index] < settings.sophisticated.policyThreshold {
        worth.pruned[index] = 1
        continue
      }
      let prior = predict(belief, action)
      for outcomes in BruteForce.sequences(model.modalities.map(\.size)) {
        let rows = outcomes.indices.map { likelihoods(of: outcomes[$0], $0) }
        let probability = prior.indices.reduce(0) { sum, state in
          sum + rows.reduce(prior[state]) { $0 * $1[state] }
        }
        if probability == 0 { continue }
        if probability < settings.sophisticated.outcomeThreshold {
          worth.pruned[index] += probability
          continue
        }
        let observation = outcomes.map { Observation.outcome($0) }
        let after =
          isMeanField
          ? product(approximate(prior, observation, sweeps: nil).beliefs)
          : filter(prior, observation).0
        let next = self.worth(after, time + 1, now: now)
        for (other, p) in probabilities(next.values).enumerated() {
          for part in 0..<4 {
            worth.parts[index][part] += probability * p * next.parts[other][part]
          }
          worth.pruned[index] += probability * p * next.pruned[other]
        }
      }
    }
    return worth
  }
}
