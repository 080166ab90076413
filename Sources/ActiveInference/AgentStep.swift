import GenerativeModel
import Inference
import Kernels
import PolicySelection

/// The memory and the order of one step: prior, belief, policies, learning. For one agent, or for the
/// agents of all lanes.
final class AgentStep<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number
  typealias Parameter = Arithmetic.Parameter

  let blueprint: CompiledAgent
  let tables: ModelTables<Parameter>
  let logs: LogLikelihoodTables<Parameter>?
  let planning: PlanningTables<Parameter>
  let dynamics: BeliefDynamics<Arithmetic>
  let inference: StateInference<Arithmetic>
  let planner: ExpectedFreeEnergy<Arithmetic>
  let selection: ActionSelection<Arithmetic>

  let prior: BeliefBuffer<Number>
  /// The belief of this step and of the last, in turn.
  @exclusivity(unchecked) private(set) var belief: BeliefBuffer<Number>
  @exclusivity(unchecked) private(set) var lastBelief: BeliefBuffer<Number>
  let posterior: FixedBuffer<Number>
  /// The action that was taken in the last step: `[factor][lane]`.
  let actions: FixedBuffer<Int>

  /// - Parameters:
  ///   - tables: those of the blueprint, or the agents' own to be learned, and what follows from them.
  init(
    _ blueprint: CompiledAgent, _ tables: ModelTables<Parameter>,
    _ logs: LogLikelihoodTables<Parameter>?, _ planning: PlanningTables<Parameter>
  ) throws(InvalidInput) {
    self.blueprint = blueprint
    self.tables = tables
    self.logs = logs
    self.planning = planning
    let space = blueprint.space
    let configuration = blueprint.configuration
    dynamics = BeliefDynamics(space)
    inference = StateInference(
      space, blueprint.inference, dynamics,
      endsIterations: blueprint.savings.contains(.endedIterations))
    planner = try ExpectedFreeEnergy(
      space, configuration.planning, planning, blueprint.policies, tables, dynamics,
      mergesBeliefs: blueprint.savings.contains(.mergedBeliefs))
    selection = ActionSelection(blueprint.model, blueprint.policies, configuration.action)
    prior = BeliefBuffer(space)
    belief = BeliefBuffer(space)
    lastBelief = BeliefBuffer(space)
    posterior = FixedBuffer(zeros: blueprint.policies.count)
    actions = FixedBuffer(repeating: 0, count: blueprint.model.factors.count * Number.laneCount)
  }

  /// The marginals of the belief of this step.
  var marginals: Belief<Number> { dynamics.marginals(of: belief.belief) }

  /// Finds the empirical prior of a step: D at first, then the last belief through B.
  func predict(isFirst: Bool) {
    swapBeliefs()
    if isFirst {
      dynamics.setIndependent(tables.initialStates.base, prior.belief)
    } else {
      dynamics.predict(lastBelief.belief, actions: actions.base, tables, into: prior.belief)
    }
  }

  /// Makes the belief of this step that of the last, and the other way round.
  func swapBeliefs() { swap(&belief, &lastBelief) }

  /// Finds the belief of the step.
  func infer(
    _ evidence: Evidence, iterates: ((Belief<Number>, Number) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    try inference.infer(
      prior: prior.belief, evidence, tables, logs, into: belief.belief, iterates: iterates)
  }

  /// Scores the policies from the belief of the step.
  func plan() throws(PlanningFailure) {
    try planner.evaluate(belief.belief, tables: tables)
    weighPolicies()
  }

  /// Finds the posterior over policies and the marginals over actions from the scores.
  func weighPolicies() {
    planner.readHabit(at: belief.belief)
    planner.fillPosterior(
      gamma: blueprint.configuration.planning.gamma, into: posterior.base)
    selection.fillMarginals(posterior.base)
  }

  /// Notes the action of a lane, one entry a control.
  func note(_ action: UnsafePointer<Int>, lane: Int = 0) {
    let controls = blueprint.model.controls.count
    let lanes = Number.laneCount
    for factor in 0..<actions.count / lanes {
      let strides = blueprint.compiled.actionStrides.base + factor * controls
      var joint = 0
      for control in 0..<controls { joint += strides[control] * action[control] }
      actions.base[factor * lanes + lane] = joint
    }
  }
}

/// What agents that learn do after a step: one agent, or several in lanes, each with tables of its own.
final class AgentLearning<Arithmetic: StepArithmetic>
where Arithmetic.Parameter == Arithmetic.Number {
  private let step: AgentStep<Arithmetic>
  let learning: ParameterLearning<Arithmetic>

  init(_ step: AgentStep<Arithmetic>) throws(InvalidInput) {
    self.step = step
    learning = try ParameterLearning(
      step.blueprint.space, step.blueprint.configuration.learning.stepwise, step.dynamics,
      original: step.blueprint.tables)
  }

  /// Learns from the step that has just been taken.
  ///
  /// - Parameter hasPlanned: whether policies were weighed in it, of which E is learned.
  func learn(_ evidence: Evidence, isFirst: Bool, hasPlanned: Bool = true) {
    let tables = step.tables
    let ignored = step.inference.ignored
    learning.learnLikelihoods(
      evidence, ignored: ignored, belief: step.belief.belief, tables: tables, logs: step.logs)
    if isFirst {
      learning.learnInitialStates(step.marginals, tables: tables)
    } else {
      learning.learnTransitions(
        from: step.lastBelief.belief, prior: step.prior.belief, to: step.belief.belief,
        actions: step.actions.base, tables: tables)
    }
    learnRest(evidence, hasPlanned: hasPlanned)
    if learning.learnsPreferences {
      step.planning.refreshPreferences(tables)
      step.planning.refreshLikelihoods(tables)
    } else if learning.learnsLikelihoods {
      step.planning.refreshLikelihoods(tables, learning.changedLikelihoods)
    }
    if learning.learnsTransitions && !isFirst {
      step.planning.refreshTransitions(tables, learning.changedTransitions)
      step.planner.refreshTransitions(tables)
    }
    if learning.learnsHabit { step.planning.refreshHabit(tables, learning.changedHabits) }
  }

  /// Learns what does not depend on beliefs about other steps.
  func learnRest(_ evidence: Evidence, hasPlanned: Bool) {
    learning.learnPreferences(evidence, ignored: step.inference.ignored, tables: step.tables)
    if hasPlanned {
      learning.learnHabit(step.posterior.base, belief: step.belief.belief, tables: step.tables)
    }
  }

  /// Learns the counts of first states from what is believed of them.
  func learnInitialStates(_ belief: Belief<Arithmetic.Number>) {
    learning.learnInitialStates(belief, tables: step.tables)
  }

  /// Learns from what is believed of one time of an episode that is over.
  func learn(
    _ evidence: Evidence, ignored: FixedBuffer<Bool>, belief: Belief<Arithmetic.Number>
  ) {
    learning.learnLikelihoods(
      evidence, ignored: ignored, belief: belief, tables: step.tables, logs: step.logs)
    learning.learnPreferences(evidence, ignored: ignored, tables: step.tables)
  }

  /// Learns the transitions between two times of an episode that is over, and at its end the habit.
  var episode: ParameterLearning<Arithmetic> { learning }

  /// Follows tables that have changed altogether.
  func refreshEverything() {
    step.logs?.refresh(step.tables)
    refreshPlanning()
  }

  /// Has plans follow tables that have changed altogether.
  func refreshPlanning() {
    step.planning.refreshPreferences(step.tables)
    step.planning.refreshHabit(step.tables)
    step.planning.refreshLikelihoods(step.tables)
    step.planning.refreshTransitions(step.tables)
    step.planner.refreshTransitions(step.tables)
  }
}
