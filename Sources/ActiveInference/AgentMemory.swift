import Inference
import Kernels
import PolicySelection

/// Where an agent is in the automaton that it is remembered as, and what of that only memory holds.
final class AgentMemory {
  let steps: RememberedSteps
  /// Whether the choice is drawn at random, so that it is not part of the plan.
  let draws: Bool
  private let answers: JointActions
  private let outcomeCounts: FixedBuffer<Int>
  /// The prior of first steps, once it has been found.
  @exclusivity(unchecked) private var firstPrior = -1
  /// The belief that the agent is at, or -1, and the action that has been taken there.
  @exclusivity(unchecked) private var node = -1
  @exclusivity(unchecked) private(set) var action = 0
  /// Whether the agent's own numbers are those of an earlier step.
  @exclusivity(unchecked) private(set) var isUnsettled = false
  /// Whether the planner's numbers are those of an earlier step.
  @exclusivity(unchecked) private(set) var needsPlan = false
  /// In a step that is being taken: the node whose plan is known.
  @exclusivity(unchecked) private(set) var plannedNode: Int?

  /// Nil where nothing can be saved: the agent learns, infers several steps together or by policy, plans by
  /// chance, has parts of its own making, or has a belief or
  /// outcomes too many to be remembered.
  init?(
    _ blueprint: CompiledAgent, _ answers: JointActions, search: (any ActionPlanner)?
  ) {
    let parts = blueprint.parts
    let outcomes = product(blueprint.model.modalities.map(\.size)) ?? .max
    guard blueprint.savings.contains(.rememberedSteps), !blueprint.learns, !blueprint.hasWindow,
      !blueprint.infersByPolicy,
      search?.isFunctionOfBelief ?? true, blueprint.configuration.planning.replanEvery == 1,
      parts.beliefs == nil, parts.scores == nil, parts.actions == nil, answers.isComplete,
      answers.actions.count <= 4096, blueprint.space.size <= 1 << 16, outcomes <= 1 << 39
    else { return nil }
    self.answers = answers
    outcomeCounts = FixedBuffer(blueprint.model.modalities.map(\.size))
    let selection = blueprint.configuration.action
    draws = selection.selection == .stochastic
    steps = RememberedSteps(
      beliefSize: blueprint.space.size,
      marginals: blueprint.model.controls.reduce(0) { $0 + $1.size },
      posterior: draws && selection.mode != .marginal ? blueprint.policies.count : 0,
      actions: answers.actions.count)
  }

  /// The belief that only memory holds.
  var unsettledNode: Int? { isUnsettled ? node : nil }

  /// Begins an episode.
  func begin() { leave() }

  /// Forgets where the agent is.
  func leave() {
    node = -1
    isUnsettled = false
  }

  /// What the step leads to, where it is known.
  @inline(__always)
  func find(_ observation: [Observation], step: Int) -> RememberedSteps.Step? {
    guard steps.isOn else { return nil }
    var prior = firstPrior
    if step > 0 {
      guard node >= 0, let known = steps.prior(after: node, action) else { return nil }
      prior = known
    }
    guard prior >= 0, let outcomes = number(of: observation) else { return nil }
    return steps.step(from: prior, outcomes)
  }

  /// The number of a combination of outcomes; nil where one is missing, uncertain or out of range.
  @inline(__always)
  private func number(of observation: [Observation]) -> UInt64? {
    guard observation.count == outcomeCounts.count else { return nil }
    var number: UInt64 = 0
    for modality in 0..<outcomeCounts.count {
      guard case .outcome(let outcome) = observation[modality], outcome >= 0,
        outcome < outcomeCounts.base[modality]
      else { return nil }
      number = number * UInt64(outcomeCounts.base[modality]) + UInt64(outcome)
    }
    return number
  }

  /// Notes that the agent has been brought to a belief by looking up.
  @inline(__always)
  func arrive(at node: Int, _ action: Int) {
    self.node = node
    self.action = action
    isUnsettled = true
    needsPlan = true
  }

  /// Notes that another action has been taken.
  func took(_ answers: JointActions, _ taken: UnsafePointer<Int>) { action = answers.index(taken) }

  /// Notes that the agent's own numbers are those of this step.
  func settled() { isUnsettled = false }

  /// Notes that the planner's numbers are those of this step.
  func planned() { needsPlan = false }

  /// Whether the plan of a belief is known.
  func knowsPlan(of belief: UnsafePointer<Double>) -> Bool {
    plannedNode = steps.isOn ? steps.node(with: belief) : nil
    return plannedNode != nil
  }

  /// Takes up a step that the agent has just taken.
  func remember(_ observation: [Observation], _ agent: ActiveInferenceAgent) {
    let choice = answers.index(agent.choice.base)
    needsPlan = plannedNode != nil
    defer {
      action = choice
      plannedNode = nil
    }
    guard steps.isOn else {
      leave()
      return
    }
    let prior = priorOfStep(agent)
    let engine = agent.engine
    let next =
      plannedNode
      ?? steps.remember(
        belief: engine.belief.base, marginals: engine.selection.marginals.base,
        posterior: engine.posterior.base, choice: choice)
    node = next ?? -1
    guard let next, let prior, let outcomes = number(of: observation),
      !agent.hasIgnoredModality
    else { return }
    let outcome = agent.outcome
    steps.remember(
      RememberedSteps.Step(
        node: Int32(next),
        outcome: RememberedSteps.InferenceNumbers(
          freeEnergy: outcome.freeEnergy, complexity: outcome.complexity,
          accuracy: outcome.accuracy, sweeps: Int32(clamping: outcome.sweeps),
          converged: outcome.converged)),
      from: prior, outcomes)
  }

  /// The number of the prior that the step began with; nil where there is no room for it.
  private func priorOfStep(_ agent: ActiveInferenceAgent) -> Int? {
    if agent.step == 0 {
      if firstPrior < 0 { firstPrior = steps.remember(prior: agent.engine.prior.base) ?? -1 }
      return firstPrior < 0 ? nil : firstPrior
    }
    if node >= 0, let known = steps.prior(after: node, action) { return known }
    guard let prior = steps.remember(prior: agent.engine.prior.base) else { return nil }
    if node >= 0 { steps.remember(prior: prior, after: node, action) }
    return prior
  }
}
