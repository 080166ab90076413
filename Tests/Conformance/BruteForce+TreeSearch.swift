import ActiveInference
import Foundation

/// Monte Carlo tree search of one or two steps, written down with the same draws.
extension BruteForce {
  /// Scores the actions of the next step by what is drawn after each.
  func simulate(_ step: inout ReferenceStep, seed: UInt64) {
    let settings = configuration.planning
    guard !model.controls.isEmpty else {
      step.negativeExpectedFreeEnergy = [0]
      return
    }
    let actions = policies.map { $0[0] }
    var terms = actions.map { parts(belief, $0, predict(belief, $0), 0, now: step.beliefs) }
    let isDeep = settings.horizon ?? 1 > 1
    for simulation in 0..<(isDeep ? settings.treeSearch.simulations : 0) {
      var random = RandomStream(
        seed: seed, episode: 0, step: UInt64(time), purpose: .planning,
        index: UInt32(simulation))
      for (index, action) in actions.enumerated() {
        let prior = predict(belief, action)
        let observation = draw(prior, &random).map { Observation.outcome($0) }
        let after =
          isMeanField
          ? product(approximate(prior, observation, sweeps: nil).beliefs)
          : filter(prior, observation).0
        let next = actions.map { parts(after, $0, predict(after, $0), 1, now: step.beliefs) }
        let probability = BruteForce.softmax(
          zip(next, habit).map { settings.gamma * $0.reduce(0, +) + logHabit($1) })
        for part in 0..<4 {
          let mean = zip(probability, next).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * $1.1[part] : 0) }
          terms[index][part] += mean / Double(settings.treeSearch.simulations)
        }
      }
    }
    step.negativeExpectedFreeEnergy = terms.map { $0.reduce(0, +) }
    let names = ["utility", "stateInformationGain", "parameterInformationGain", "inductive"]
    step.terms = [:]
    for (index, name) in names.enumerated() { step.terms?[name] = terms.map { $0[index] } }
  }

  /// States in proportion to a belief, then an outcome of each modality in them.
  private func draw(_ belief: [Double], _ random: inout RandomStream) -> [Int] {
    let state =
      isMeanField
      ? marginals(belief).map { random.categorical($0) } : states[random.categorical(belief)]
    return model.modalities.indices.map { modality in
      random.categorical(
        (0..<model.modalities[modality].size).map { probability(of: $0, modality, in: state) })
    }
  }
}

extension BruteForce {
  /// What each action is worth where one outcome is drawn after every action and taken for all there are.
  ///
  /// - Parameter weighsTwice: whether what follows is multiplied by the outcome's probability, though it was
  ///   drawn with it.
  fileprivate func worthOfOneDraw(
    _ belief: [Double], _ time: Int, now: [[Double]], weighsTwice: Bool,
    _ random: inout RandomStream
  ) -> [Double] {
    policies.map { policy in
      let prior = predict(belief, policy[0])
      let value = parts(belief, policy[0], prior, time, now: now).reduce(0, +)
      if time + 1 == configuration.planning.horizon ?? 1 { return value }
      let outcomes = draw(prior, &random)
      let rows = outcomes.indices.map { likelihoods(of: outcomes[$0], $0) }
      let probability = prior.indices.reduce(0) { sum, state in
        sum + rows.reduce(prior[state]) { $0 * $1[state] }
      }
      let next = worthOfOneDraw(
        filter(prior, outcomes.map { .outcome($0) }).0, time + 1, now: now,
        weighsTwice: weighsTwice, &random)
      let shares = BruteForce.softmax(
        zip(next, habit).map { configuration.planning.gamma * $0 + logHabit($1) })
      let mean = zip(shares, next).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * $1.1 : 0) }
      return value + (weighsTwice ? probability : 1) * mean
    }
  }
}

/// What a tree search finds that follows one outcome of each action, as pymdp 1.0.4's does, and multiplies by
/// its probability again: after a first observation, under the exact filter.
package func valuesOfOneDraw(
  _ model: GenerativeModel, _ configuration: AgentConfiguration, _ observation: [Observation],
  weighsTwice: Bool, seeds: Range<UInt64>
) -> [[Double]] {
  var reference = BruteForce(model, configuration, .exact)
  let step = reference.act(on: observation, sweeps: nil, seed: 0)
  return seeds.map { seed in
    var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
    return reference.worthOfOneDraw(
      reference.belief, 0, now: step.beliefs, weighsTwice: weighsTwice, &random)
  }
}

/// What the exact recursion says of each joint action, every outcome followed: by enumeration, after a first
/// observation.
package func exactRecursion(
  _ model: GenerativeModel, _ configuration: AgentConfiguration, _ observation: [Observation]
) throws -> [Double] {
  var configuration = configuration
  configuration.planning.method = .sophisticated
  configuration.planning.treeSearch = .init()
  configuration.planning.budget = .init()
  configuration.planning.sophisticated.backup = .softmax
  configuration.planning.sophisticated.policyThreshold = 0
  configuration.planning.sophisticated.outcomeThreshold = 0
  let agent = try ActiveInferenceAgent(model, configuration)
  var reference = BruteForce(model, configuration, agent.blueprint.algorithm)
  return reference.act(on: observation, sweeps: nil, seed: 0).negativeExpectedFreeEnergy
}
