import ActiveInference
import Foundation

extension BruteForce {
  /// What is done next; nil where the best two are too close for rounding not to decide.
  func choice(_ step: ReferenceStep, seed: UInt64) -> [Int]? {
    if model.controls.isEmpty { return [] }
    switch configuration.action.mode {
    case .full:
      let firsts = policies.map { $0.first ?? [] }
      return pick(step.policyPosterior, seed, index: 0) { firsts[$0] == firsts[$1] }
        .map { firsts[$0] }
    case .joint:
      var actions: [[Int]] = []
      var marginals: [Double] = []
      for (policy, posterior) in zip(policies, step.policyPosterior) {
        let first = policy.first ?? []
        if let place = actions.firstIndex(of: first) {
          marginals[place] += posterior
        } else {
          actions.append(first)
          marginals.append(posterior)
        }
      }
      return pick(marginals, seed, index: 0) { $0 == $1 }.map { actions[$0] }
    case .marginal:
      let choices = step.actionMarginals.indices.map { control in
        pick(step.actionMarginals[control], seed, index: UInt32(control)) { $0 == $1 }
      }
      return choices.contains(nil) ? nil : choices.compactMap { $0 }
    }
  }

  /// What follows the choice in the sequence that is chosen; nil where rounding decides which it is.
  func plan(_ step: ReferenceStep, seed: UInt64) -> [[Int]]? {
    if step.isTied { return nil }
    let chosen = pick(step.policyPosterior, seed, index: 0) {
      step.sequences[$0] == step.sequences[$1]
    }
    return chosen.map { Array(step.sequences[$0].dropFirst()) }
  }

  /// The most probable, or a draw in proportion to probability^alpha: where the running sum first
  /// exceeds a uniform share of the whole.
  private func pick(
    _ p: [Double], _ seed: UInt64, index: UInt32, isSame: (Int, Int) -> Bool
  ) -> Int? {
    let greatest = p.max() ?? 0
    if configuration.action.selection == .deterministic {
      let close = p.indices.filter { greatest - p[$0] < 1e-9 }
      return close.allSatisfy { isSame($0, close[0]) } ? close[0] : nil
    }
    let weights = p.map { $0 > 0 ? pow($0 / greatest, configuration.action.alpha) : 0 }
    var random = RandomStream(
      seed: seed, episode: 0, step: UInt64(time), purpose: .action, index: index)
    let share = random.nextUnit() * weights.reduce(0, +)
    var sum = 0.0
    for (choice, weight) in weights.enumerated() {
      sum += weight
      if abs(sum - share) < 1e-9 * greatest { return nil }
      if share < sum { return choice }
    }
    return nil
  }
}
