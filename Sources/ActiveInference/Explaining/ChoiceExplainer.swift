import GenerativeModel
import Inference
import PolicySelection

/// Says why an agent chooses what it does, by running another of its kind on what was observed, and on
/// what was not.
final class ChoiceExplainer {
  /// Remembers nothing, so that its numbers are always those of the step.
  let probe: ActiveInferenceAgent
  /// Nil where policies are not enumerated, or by another objective than expected free energy.
  private let breakdown: PolicyBreakdown?

  var engine: AgentStep<SingleArithmetic> { probe.engine }

  /// - Throws: ``InvalidInput`` where some part of the agent is not the library's, of which nothing is known.
  init(_ blueprint: CompiledAgent) throws(InvalidInput) {
    let parts = blueprint.parts
    if parts.beliefs != nil || parts.scores != nil || parts.actions != nil {
      throw InvalidInput(
        source: "",
        [Fault("parts", "replace what an explanation is made of", remedy: "explain without")])
    }
    if blueprint.infersByPolicy {
      throw InvalidInput(
        source: "",
        [
          Fault(
            "inference.algorithm",
            "\(blueprint.inference.algorithm.rawValue) infers by policy over more steps than this one",
            remedy: "read policyFreeEnergy, terms and policyPosterior in a trace")
        ])
    }
    probe = try ActiveInferenceAgent(blueprint, remembersSteps: false)
    let planning = blueprint.configuration.planning
    breakdown =
      probe.search == nil && planning.objective == .expectedFreeEnergy
        && planning.biasedJoint == .exactPosterior
      ? try PolicyBreakdown(
        blueprint.space, planning, probe.engine.planning, probe.engine.tables) : nil
  }

  /// What the agent chooses in a state on an observation, and why.
  func explain(
    _ observation: [Observation], from state: ActiveInferenceAgent.State,
    _ limits: ExplanationLimits
  ) throws -> ChoiceExplanation {
    try probe.resume(state)
    breakdown?.refresh()
    try consider(observation)
    var explanation = try describe(observation, limits)
    let enumeration = OutcomeEnumeration(engine.prior.belief, engine.blueprint.space, engine.tables)
    probe.reconsider()
    explanation.observationProbability = enumeration?.probability(of: observation)
    guard !explanation.options.isEmpty else { return explanation }
    if limits.counterfactuals > 0 {
      explanation.counterfactuals = try counterfactuals(
        observation, explanation.choice, enumeration, limit: limits.counterfactuals)
    }
    if limits.outcomes > 0 {
      try consider(observation)
      _ = probe.complete(observation)
      var actions = explanation.options.prefix(limits.actions).map(\.action)
      if !actions.contains(explanation.choice) { actions.insert(explanation.choice, at: 0) }
      explanation.prospects = try actions.map { try prospect(of: $0, limit: limits.outcomes) }
    }
    return explanation
  }

  /// Has the probe take in an observation as if for the first time.
  func consider(_ observation: [Observation]) throws {
    probe.search?.begin()
    try probe.consider(observation)
  }

  /// What the probe believes after its step.
  var beliefs: [[Double]] { probe.factors(engine.marginals.base) }

  // MARK: - What has been considered

  private func describe(
    _ observation: [Observation], _ limits: ExplanationLimits
  ) throws -> ChoiceExplanation {
    let choice = probe.answers.answer(probe.choice.base)
    // Going on with a plan weighs nothing.
    var options = probe.followsPlan ? [] : rankedOptions(choice)
    for index in options.indices where index < limits.actions || options[index].action == choice {
      options[index].steps = try steps(of: options[index].plan)
    }
    return ChoiceExplanation(
      step: probe.step, observation: observation,
      prior: probe.factors(engine.dynamics.marginals(of: engine.prior.belief).base),
      beliefs: beliefs, choice: choice, gamma: engine.blueprint.configuration.planning.gamma,
      options: options, prospects: [])
  }

  private func steps(of plan: [[Int]]) throws -> [StepBreakdown] {
    do throws(PlanningFailure) {
      return try breakdown?.steps(of: plan, from: engine.belief.belief) ?? []
    } catch {
      throw AgentFailure.planning(step: probe.step, error)
    }
  }

  /// The actions that policies begin with, the one that the agent is most for first.
  private func rankedOptions(_ choice: [Int]) -> [ExplainedAction] {
    let policies = engine.blueprint.policies
    guard policies.firstActions.count > 0 else { return [] }
    var best = [Int?](repeating: nil, count: policies.actions.count)
    var sums = [Double](repeating: 0, count: policies.actions.count)
    for policy in 0..<policies.count {
      let action = Int(policies.firstActions.base[policy])
      sums[action] += engine.posterior.base[policy]
      if best[action].map({ isBefore(policy, $0) }) ?? true { best[action] = policy }
    }
    let searched = probe.search?.terms
    let ranked = best.indices.compactMap { action in
      best[action].map { (action: action, policy: $0, support: support(policies.actions[action])) }
    }.sorted { one, other in
      let isChosen = policies.actions[one.action] == choice
      if !draws && isChosen != (policies.actions[other.action] == choice) { return isChosen }
      if let mine = one.support, let theirs = other.support, mine != theirs { return mine > theirs }
      return isBefore(one.policy, other.policy)
    }
    return ranked.map { entry in
      ExplainedAction(
        action: policies.actions[entry.action], policy: entry.policy,
        plan: policies.policy(entry.policy), value: engine.planner.values.base[entry.policy],
        terms: searched?[entry.policy] ?? engine.planner.terms(policy: entry.policy),
        logHabit: engine.planning.logHabit.base[entry.policy],
        policyPosterior: engine.posterior.base[entry.policy], probability: sums[entry.action],
        steps: [])
    }
  }

  private var draws: Bool { engine.blueprint.configuration.action.selection == .stochastic }

  /// Whether a policy is the more probable of two; of two that are equally so the first.
  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (mine, theirs) = (engine.posterior.base[one], engine.posterior.base[other])
    if mine != theirs { return mine > theirs }
    if mine == 0 {
      // Both are too improbable for a number, but not for its logarithm.
      let (first, second) = (logPosterior(one), logPosterior(other))
      if first != second { return first > second }
    }
    return one < other
  }

  private func logPosterior(_ policy: Int) -> Double {
    engine.blueprint.configuration.planning.gamma * engine.planner.values.base[policy]
      + engine.planning.logHabit.base[policy]
  }

  /// Where each control is chosen by itself, the product of what its actions have; nil where a policy is.
  private func support(_ action: [Int]) -> Double? {
    guard engine.blueprint.configuration.action.mode == .marginal else { return nil }
    let selection = engine.selection
    return action.enumerated().reduce(1) {
      $0 * selection.marginals.base[selection.marginalOffsets.base[$1.offset] + $1.element]
    }
  }
}

extension ActiveInferenceAgent {
  /// What the agent would choose on its next observation, and why: the parts of each action's value by step
  /// and modality, which other observations would change the choice, and what the next one is worth.
  ///
  /// The agent stays as it is: ``act(on:)`` then takes the step. What it would do otherwise is found by
  /// running it.
  ///
  /// ```swift
  /// let why = try agent.explain(observation)
  /// print(why.chosen?.steps[0].utility ?? [])  // by modality, in nats
  /// let action = try agent.act(on: observation)
  /// ```
  ///
  /// - Throws: as ``act(on:)``; ``InvalidInput`` where parts of the agent are replaced.
  /// - Complexity: O(1 + `limits.counterfactuals` + `limits.actions` x `limits.outcomes`) steps; where the agent
  ///   learns, also once the size of its tables.
  public func explain(
    _ observation: [Observation], limits: ExplanationLimits = ExplanationLimits()
  ) throws -> ChoiceExplanation {
    let explainer = try self.explainer ?? ChoiceExplainer(blueprint)
    self.explainer = explainer
    return try explainer.explain(observation, from: state, limits)
  }
}
