import GenerativeModel
import Inference
import Kernels

/// Sophisticated inference: what an action is worth includes what will be believed, and done, after each
/// outcome that it may have.
///
///     G_1(u | b) = r(b, u)
///     G_d(u | b) = r(b, u) + sum_o P(o | b, u) V_{d-1}(b after u and o)
///     V_d(b)     = sum_u p_u G_d(u | b), p = softmax(gamma G_d + ln E), or the greatest of them
///
/// (Friston, Da Costa, Hafner, Hesp & Parr 2021, https://doi.org/10.1162/neco_a_01351.) r is the negative
/// expected free energy of one step, o the joint outcome of all modalities.
final class SophisticatedPlanner: ActionPlanner {
  private let context: PlannerContext
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let nodeDynamics: BeliefDynamics<SharedLaneArithmetic>
  private let inference: StateInference<SingleArithmetic>
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let inductive: InductivePreference<SingleArithmetic>?
  private let depth: Int
  private var nodes = 0
  private(set) var report: SearchReport?
  private(set) var terms: [ExpectedFreeEnergyTerms] = []

  var isFunctionOfBelief: Bool { context.settings.budget.microseconds == nil }

  init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    let space = context.space
    dynamics = BeliefDynamics(space)
    nodeDynamics = BeliefDynamics(space)
    inference = StateInference(space, context.inference, dynamics)
    evaluator = try NodeEvaluation(space, context.settings, context.planning, nodeDynamics)
    inductive = context.settings.inductive.map { InductivePreference(space, $0, context.tables) }
    depth = context.settings.horizon ?? 1
  }

  func begin() {}

  func refresh() { inductive?.refresh(context.tables) }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    nodes = 0
    guard !context.policies.actions.isEmpty else {
      values[0] = 0
      terms = [ExpectedFreeEnergyTerms()]
      report = SearchReport(nodes: 0, gap: 0, prunedMass: 0)
      return
    }
    inductive?.begin(dynamics.marginals(of: belief))
    let found = try weigh(belief, 0)
    for action in found.values.indices { values[action] = found.values[action] }
    terms = found.terms
    report = SearchReport(nodes: nodes, gap: 0, prunedMass: average(found).mass)
  }

  /// What each action is worth, its parts, and how probable it is to come to what is left out behind it.
  private struct Weighed {
    var values: [Double] = []
    var terms: [ExpectedFreeEnergyTerms] = []
    var masses: [Double] = []
  }

  private func weigh(_ belief: Belief<Double>, _ step: Int) throws(PlanningFailure) -> Weighed {
    nodes += 1
    var result = Weighed()
    var predicted: [BeliefBuffer<Double>] = []
    for action in context.policies.actions.indices {
      let next = BeliefBuffer<Double>(context.space)
      let parts = try stepTerms(belief, action, step, into: next.belief)
      predicted.append(next)
      result.terms.append(parts)
      result.values.append(parts.total)
      result.masses.append(0)
    }
    if step + 1 == depth { return result }
    let settings = context.settings
    let probability = FixedBuffer(result.values.map { settings.gamma * $0 })
    softmax(inPlace: probability.base, count: probability.count)
    for action in result.values.indices {
      if probability.base[action] < settings.sophisticated.policyThreshold {
        result.masses[action] = 1
      } else {
        try follow(predicted[action].belief, step, action, &result)
      }
    }
    return result
  }

  /// The parts of one step.
  private func stepTerms(
    _ belief: Belief<Double>, _ action: Int, _ step: Int, into next: Belief<Double>
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
    let factors = context.space.compiled.factors.count
    let joint = context.policies.factorActions.base + action * factors
    dynamics.predict(belief, action: joint, context.tables, into: next)
    let terms = NodeTerms(blocks: 1)
    let block = self.block(next)
    try evaluator.evaluate(
      block.belief, nodes: 1, planningStep: step,
      UnsafePointer(context.tables.likelihoodColumns.base), inductive: inductive, into: terms,
      at: 0)
    var parts = terms.terms(block: 0, lane: 0)
    if context.planning.hasTransitionNovelty {
      parts.parameterInformationGain +=
        evaluator.transitionNovelty(
          self.block(belief).belief, action: joint, next: block.belief)[0]
    }
    return parts
  }

  private func block(_ belief: Belief<Double>) -> BeliefBuffer<Lanes> {
    let block = BeliefBuffer<Lanes>(context.space)
    for state in 0..<context.space.size { block.base[state] = Lanes(repeating: belief.base[state]) }
    nodeDynamics.noteSupports(block.belief)
    return block
  }

  /// Adds what follows an action.
  private func follow(
    _ next: Belief<Double>, _ step: Int, _ action: Int, _ result: inout Weighed
  ) throws(PlanningFailure) {
    let modalities = context.space.compiled.model.modalities
    var outcomes = [Int](repeating: 0, count: modalities.count)
    while true {
      let p = probability(outcomes, next)
      if p > 0 {
        let after = BeliefBuffer<Double>(context.space)
        if p < context.settings.sophisticated.outcomeThreshold
          || !infer(outcomes, next, into: after.belief)
        {
          result.masses[action] += p
        } else {
          let value = average(try weigh(after.belief, step + 1))
          result.values[action] += p * value.value
          result.terms[action] += value.terms.scaled(by: p)
          result.masses[action] += p * value.mass
        }
      }
      var modality = modalities.count - 1
      while modality >= 0 {
        outcomes[modality] += 1
        if outcomes[modality] < modalities[modality].size { break }
        outcomes[modality] = 0
        modality -= 1
      }
      if modality < 0 { return }
    }
  }

  private func infer(
    _ outcomes: [Int], _ prior: Belief<Double>, into posterior: Belief<Double>
  ) -> Bool {
    do throws(ImpossibleObservation) {
      try inference.infer(
        prior: prior, .observations(outcomes.map { .outcome($0) }), context.tables, context.logs,
        into: posterior)
      return true
    } catch {
      return false
    }
  }

  /// The probability of a joint outcome under a predicted belief.
  private func probability(_ outcomes: [Int], _ belief: Belief<Double>) -> Double {
    let compiled = context.space.compiled
    let sizes = compiled.model.factors.map(\.size)
    let all = Array(sizes.indices)
    let joint: [Double]
    if context.space.isJoint {
      joint = (0..<context.space.size).map { belief.base[$0] }
    } else {
      joint = sizes.indices.reduce([1.0]) { weights, factor in
        let plan = compiled.factors.base[factor]
        return weights.flatMap { weight in
          (0..<plan.states).map { weight * belief.base[plan.stateOffset + $0] }
        }
      }
    }
    var weights = joint
    for (modality, outcome) in outcomes.enumerated() {
      let rows = context.tables.likelihoodRows.base[modality]
      let row = FixedBuffer<Double>(zeros: rows.length)
      SingleArithmetic.gather(rows, run: { _ in outcome }, into: row.base)
      let columns = projection(
        of: compiled.model.likelihoods[modality].given, in: all, sizes: sizes)
      for state in weights.indices { weights[state] *= row.base[Int(columns.base[state])] }
    }
    return weights.reduce(0, +)
  }

  /// What a belief is worth.
  private func average(
    _ weighed: Weighed
  ) -> (value: Double, terms: ExpectedFreeEnergyTerms, mass: Double) {
    let count = weighed.values.count
    let p = FixedBuffer<Double>(zeros: count)
    let values = FixedBuffer(weighed.values)
    switch context.settings.sophisticated.backup {
    case .softmax:
      fillPolicyPosterior(
        values.base, count: count, logHabit: { context.planning.logHabit.base[$0] },
        hasImpossiblePolicies: context.planning.hasImpossiblePolicies,
        gamma: context.settings.gamma, into: p.base)
    case .max:
      var best = -1
      for action in 0..<count where context.planning.logHabit.base[action] > -.infinity {
        if best < 0 || values.base[action] > values.base[best] { best = action }
      }
      p.base[max(best, 0)] = 1
    }
    var result = (value: 0.0, terms: ExpectedFreeEnergyTerms(), mass: 0.0)
    for action in 0..<count where p.base[action] > 0 {
      result.value += p.base[action] * weighed.values[action]
      result.terms += weighed.terms[action].scaled(by: p.base[action])
      result.mass += p.base[action] * weighed.masses[action]
    }
    return result
  }
}

extension ExpectedFreeEnergyTerms {
  func scaled(by factor: Double) -> ExpectedFreeEnergyTerms {
    var terms = self
    terms.utility *= factor
    terms.stateInformationGain *= factor
    terms.parameterInformationGain *= factor
    terms.inductive *= factor
    return terms
  }
}
