import ActiveInference
import Foundation

/// Successor values as sums over ever more steps, with nothing factorised and no policy iteration.
extension BruteForce {
  /// The utility and the information of each joint action: of the next state, the one after that under the
  /// base policy, and so on.
  func successorTerms() -> [(utility: Double, information: Double)] {
    if model.controls.isEmpty { return [(0, 0)] }
    let settings = configuration.planning.successor
    let chosen = successorFactors()
    let places = BruteForce.sequences(chosen.map { model.factors[$0].size })
    // The joint state of all factors that stands for a place, whatever the others are.
    let standIns = places.map { place in
      model.factors.indices.map { factor in chosen.firstIndex(of: factor).map { place[$0] } ?? 0 }
    }
    // [action][place][next place]
    let steps = policies.map { policy in
      standIns.map { state in
        places.map { next in
          zip(chosen, next).reduce(1) { $0 * probability(of: $1.1, $1.0, after: state, policy[0]) }
        }
      }
    }
    let rewards = places.indices.map { reward(places[$0], standIns[$0], chosen) }
    let policy = basePolicy(steps, rewards.map { $0.0 + $0.1 })
    func worth(_ rewards: [Double]) -> [Double] {
      let values = converged { values in
        places.indices.map { place in
          let next = policies.indices.reduce(0) { sum, action in
            policy[place][action] == 0
              ? sum : sum + policy[place][action] * dot(steps[action][place], values)
          }
          return rewards[place] + settings.discount * next
        }
      }
      return policies.indices.map { action in
        places.indices.reduce(0) { sum, place in
          sum + probability(of: places[place], chosen) * dot(steps[action][place], values)
        }
      }
    }
    return Array(zip(worth(rewards.map(\.0)), worth(rewards.map(\.1))))
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Repeats a contraction until nothing changes, or only the last digits do.
  private func converged(_ step: ([Double]) -> [Double]) -> [Double] {
    var values = step([])
    for _ in 0..<2000 {
      let next = step(values)
      let change = zip(values, next).map { abs($0 - $1) }.max() ?? 0
      values = next
      if change <= 1e-15 * (values.map(abs).max() ?? 0) { break }
    }
    return values
  }

  /// The factors that are named; else those that are driven and, unless the reward is contextual, those that
  /// something is seen of, and whatever they depend on.
  private func successorFactors() -> [Int] {
    let settings = configuration.planning.successor
    if let names = settings.factors {
      return model.factors.indices.filter { names.contains(model.factors[$0].name) }
    }
    var chosen = Set(model.factors.indices.filter { !model.transitions[$0].controls.isEmpty })
    if settings.reward != .contextual { chosen.formUnion(model.likelihoods.flatMap(\.given)) }
    for _ in model.factors { chosen.formUnion(chosen.flatMap { model.transitions[$0].given }) }
    return chosen.sorted()
  }

  /// The probability that some factors are so.
  private func probability(of place: [Int], _ chosen: [Int]) -> Double {
    zip(states, belief).reduce(0) { sum, entry in
      zip(chosen, place).allSatisfy { entry.0[$0] == $1 } ? sum + entry.1 : sum
    }
  }

  /// What being at a place is worth: utility, and what counts beside it.
  private func reward(_ place: [Int], _ standIn: [Int], _ chosen: [Int]) -> (Double, Double) {
    let settings = configuration.planning
    let others = model.factors.indices.filter { !chosen.contains($0) }
    // There for certain, the others as they are believed to be.
    let there = states.map { state in
      zip(chosen, place).allSatisfy { state[$0] == $1 }
        ? probability(of: others.map { state[$0] }, others) : 0
    }
    let utility = settings.utility ? expectedPreference(there, 0) : 0
    guard settings.stateInformationGain else { return (utility, 0) }
    switch settings.successor.reward {
    case .utility: return (utility, 0)
    case .utilityMinusAmbiguity: return (utility, -ambiguity(standIn))
    case .utilityPlusEntropy: return (utility, ambiguity(standIn))
    case .contextual:
      return (
        utility,
        settings.informationGain == .joint
          ? informationGain(there, of: Array(model.modalities.indices))
          : model.modalities.indices.reduce(0) { $0 + informationGain(there, of: [$1]) }
      )
    }
  }

  /// sum_m H[P(o_m | s)].
  private func ambiguity(_ state: [Int]) -> Double {
    model.modalities.indices.reduce(0) { sum, modality in
      (0..<model.modalities[modality].size).reduce(sum) {
        let p = probability(of: $1, modality, in: state)
        return p > 0 ? $0 - p * log(p) : $0
      }
    }
  }

  /// `[place][action]`.
  private func basePolicy(_ steps: [[[Double]]], _ rewards: [Double]) -> [[Double]] {
    let weights = habit.map { exp(logHabit($0)) }
    let allowed = weights.map { $0 > 0 }
    func same(_ weights: [Double]) -> [[Double]] {
      let sum = weights.reduce(0, +)
      return [[Double]](repeating: weights.map { $0 / sum }, count: rewards.count)
    }
    switch configuration.planning.successor.basePolicy {
    case .uniform: return same(allowed.map { $0 ? 1 : 0 })
    case .habit: return same(weights)
    case .improved:
      // Value iteration, then the first of the best actions.
      func next(_ values: [Double], _ place: Int) -> [Double] {
        policies.indices.map {
          allowed[$0] ? values.isEmpty ? 0 : dot(steps[$0][place], values) : -.infinity
        }
      }
      let discount = configuration.planning.successor.discount
      let values = converged { values in
        rewards.indices.map { rewards[$0] + discount * (next(values, $0).max() ?? 0) }
      }
      return rewards.indices.map { place in
        let options = next(values, place)
        let best = options.max() ?? 0
        let first = options.firstIndex { $0 >= best - 1e-9 * max(1, abs(best)) }
        return policies.indices.map { $0 == first ? 1 : 0 }
      }
    }
  }
}
