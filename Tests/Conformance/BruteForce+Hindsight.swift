import ActiveInference
import Foundation

/// What is believed about all steps at once, by going through every sequence of joint states.
struct Hindsight {
  /// ln P(observations | actions).
  var logEvidence = 0.0
  /// `[step][joint state]`.
  var joint: [[Double]]
  /// `[step][joint state][next joint state]`.
  var pairs: [[[Double]]]
}

extension BruteForce {
  /// What the past looked like at a step, under the tables of now.
  func hindsight(until step: Int) -> Hindsight {
    var then = self
    then.episode.observations = Array(episode.observations[...step])
    then.episode.actions = Array(episode.actions[..<step])
    return then.hindsight()
  }

  /// What the past looks like now.
  func hindsight() -> Hindsight {
    let steps = episode.observations.count
    let none = [Double](repeating: 0, count: states.count)
    var result = Hindsight(
      joint: Array(repeating: none, count: steps),
      pairs: Array(repeating: states.map { _ in none }, count: steps - 1))
    let first = product(initialState)
    let seen = episode.observations.map { observation in states.map { weight(of: observation, $0) }
    }
    let moves = episode.actions.map { action in
      states.map { state in
        states.map { next in
          next.indices.reduce(1) { $0 * probability(of: next[$1], $1, after: state, action) }
        }
      }
    }
    var total = 0.0
    var path: [Int] = []
    func follow(_ weight: Double) {
      let step = path.count
      if step == steps {
        total += weight
        for (step, state) in path.enumerated() { result.joint[step][state] += weight }
        for step in 1..<steps { result.pairs[step - 1][path[step - 1]][path[step]] += weight }
        return
      }
      for state in states.indices {
        let next =
          weight * (step == 0 ? first[state] : moves[step - 1][path[step - 1]][state])
          * seen[step][state]
        if next == 0 { continue }
        path.append(state)
        follow(next)
        path.removeLast()
      }
    }
    follow(1)
    result.joint = result.joint.map { $0.map { $0 / total } }
    result.pairs = result.pairs.map { $0.map { $0.map { $0 / total } } }
    result.logEvidence = log(total)
    return result
  }

  /// What an observation says of a joint state, as the preset reads it.
  private func weight(of observation: [Observation], _ state: [Int]) -> Double {
    observation.indices.reduce(1) { $0 * presetWeight(of: observation[$1], $1, in: state) }
  }

  /// What one modality says.
  func presetWeight(of entry: Observation, _ modality: Int, in state: [Int]) -> Double {
    if entry == .missing { return 1 }
    var result = weight(of: entry, modality, in: state)
    if case .distribution(let weights) = entry, configuration.preset == .pymdp1 {
      result = exp(
        weights.indices.reduce(0) {
          $0 + weights[$1] * log(max(probability(of: $1, modality, in: state), 0x1p-52))
        })
    }
    return configuration.inference.impossible == .floored ? max(result, 0x1p-52) : result
  }

  /// Makes the counts those of the model and what is now believed to have happened.
  mutating func learnInHindsight() {
    let rules = configuration.learning
    let seen = hindsight()
    if let rule = rules.likelihood {
      for (modality, table) in model.likelihoods.enumerated() {
        guard let first = model.concentration.likelihood[modality],
          learns(model.modalities[modality].name, rule)
        else { continue }
        var sums = Table(first.mapStored { _ in 0 })
        for (step, observation) in episode.observations.enumerated() {
          guard let outcomes = outcomes(observation[modality], first.shape[0]) else { continue }
          for (state, p) in zip(states, seen.joint[step]) {
            for outcome in outcomes.indices {
              sums[[outcome] + table.given.map { state[$0] }] += outcomes[outcome] * p
            }
          }
        }
        let preferences = model.preferences[modality].map {
          Array($0.values[..<model.modalities[modality].size])
        }
        let counts = Tensor(
          shape: first.shape,
          updated(
            first.values, first.values, sums.values, rule, outcomes: first.shape[0],
            preferences: preferences))
        self.counts.likelihood[modality] = counts
        likelihood[modality] = mean(counts)
      }
    }
    if let rule = rules.transition {
      for (factor, table) in model.transitions.enumerated() {
        guard let first = model.concentration.transition[factor],
          learns(model.factors[factor].name, rule)
        else { continue }
        var sums = Table(first.mapStored { _ in 0 })
        for (step, action) in episode.actions.enumerated() {
          for (state, row) in zip(states, seen.pairs[step]) {
            for (next, p) in zip(states, row) {
              sums[
                [next[factor]] + table.given.map { state[$0] } + table.controls.map { action[$0] }] +=
                p
            }
          }
        }
        let counts = Tensor(
          shape: first.shape,
          updated(first.values, first.values, sums.values, rule, outcomes: first.shape[0]))
        self.counts.transition[factor] = counts
        transition[factor] = mean(counts)
      }
    }
    if let rule = rules.initialState {
      for (factor, belief) in marginals(seen.joint[0]).enumerated() {
        guard let first = model.concentration.initialState[factor],
          learns(model.factors[factor].name, rule)
        else { continue }
        let counts = updated(first, first, belief, rule)
        self.counts.initialState[factor] = counts
        initialState[factor] = mean(Tensor(shape: [counts.count], counts)).values
      }
    }
    writeOut()
  }
}
