import GenerativeModel
import Inference
import Kernels
import PolicySelection

/// The library's agent: infers states, scores policies by expected free energy, acts and learns.
///
/// ```swift
/// var agent = try ActiveInferenceAgent(model)
/// agent.begin(seed: 0, episode: 0)
/// let action = try agent.act(on: [.outcome(0), .outcome(2)])
/// ```
///
/// A step is always in this order: prior (D at first, then the last belief through B under the action
/// taken), belief, policies, action, learning. A step allocates nothing, unless parts are replaced.
/// An agent belongs to one task; a ``CompiledAgent`` is shared.
public final class ActiveInferenceAgent: Agent {
  /// The model and the configuration, laid out.
  public let blueprint: CompiledAgent
  /// Finds beliefs; what the last inference found is in its `outcome`.
  public let inference: StateInference
  /// Scores policies; values and terms are those of the last step.
  public let planner: ExpectedFreeEnergy
  let selection: ActionSelection
  let learning: ParameterLearning?
  let tables: ModelTables
  let logs: LogLikelihoodTables?
  let planning: PlanningTables

  let prior: FixedBuffer<Double>
  /// The belief of this step and of the last, in turn.
  var belief: FixedBuffer<Double>
  var lastBelief: FixedBuffer<Double>
  let marginals: FixedBuffer<Double>
  let posterior: FixedBuffer<Double>
  let choice: FixedBuffer<Int>
  /// The action that was taken in the last step, by control and by factor.
  let taken: FixedBuffer<Int>
  let takenByFactor: FixedBuffer<Int>

  /// The number of steps taken in this episode.
  public internal(set) var step = 0
  /// The seed of all chance.
  public internal(set) var seed: UInt64 = 0
  /// The number of the episode.
  public internal(set) var episode: UInt64 = 0
  /// Set to have ``record(_:level:)`` tell what every sweep of inference found.
  public var recordsIterates = false
  var iterates = Iterates(freeEnergy: [], beliefs: [], converged: false)

  /// An agent for a model.
  ///
  /// - Throws: ``InvalidInput`` where the configuration does not fit the model.
  public convenience init(
    _ model: GenerativeModel, _ configuration: AgentConfiguration = AgentConfiguration(),
    parts: AgentParts = AgentParts()
  ) throws(InvalidInput) {
    try self.init(CompiledAgent(model, configuration, parts: parts))
  }

  /// An agent that shares what has been compiled.
  ///
  /// - Throws: ``InvalidInput`` never in practice: compiling has made the same checks.
  public init(_ blueprint: CompiledAgent) throws(InvalidInput) {
    self.blueprint = blueprint
    let space = blueprint.space
    let configuration = blueprint.configuration
    // An agent that learns writes to tables of its own.
    tables = blueprint.learns ? blueprint.tables.copy() : blueprint.tables
    logs = blueprint.learns ? blueprint.logs?.copy() : blueprint.logs
    planning = blueprint.learns ? blueprint.planning.copy() : blueprint.planning
    inference = StateInference(space, blueprint.inference)
    planner = try ExpectedFreeEnergy(
      space, configuration.planning, planning, blueprint.policies, tables)
    selection = ActionSelection(blueprint.model, blueprint.policies, configuration.action)
    learning =
      blueprint.learns
      ? try ParameterLearning(space, configuration.learning, original: blueprint.tables) : nil
    prior = FixedBuffer(repeating: 0, count: space.size)
    belief = FixedBuffer(repeating: 0, count: space.size)
    lastBelief = FixedBuffer(repeating: 0, count: space.size)
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    marginals = FixedBuffer(repeating: 0, count: blueprint.compiled.stateCount)
    posterior = FixedBuffer(repeating: 0, count: blueprint.policies.count)
    choice = FixedBuffer(repeating: 0, count: blueprint.model.controls.count)
    taken = FixedBuffer(repeating: 0, count: blueprint.model.controls.count)
    controlSizes = blueprint.model.controls.map(\.size)
    answers = (product(controlSizes) ?? .max) <= 1 << 16 ? combinations(controlSizes) : []
    takenByFactor = FixedBuffer(repeating: 0, count: blueprint.model.factors.count)
  }

  private let scratch: FixedBuffer<Double>
  private let controlSizes: [Int]
  /// Every joint action, so that an answer is never made anew; empty where there are too many.
  private let answers: [[Int]]

  // MARK: - Episodes

  /// Begins an episode; what was learned stays.
  public func begin(seed: UInt64, episode: UInt64) {
    self.seed = seed
    self.episode = episode
    step = 0
  }

  /// Returns to the counts of the model.
  public func forget() {
    guard blueprint.learns else { return }
    tables.restore(from: blueprint.tables)
    refreshEverything()
  }

  func refreshEverything() {
    if let logs { logs.refreshAll(tables) }
    planning.refreshPreferences(tables)
    planning.refreshHabit(tables)
    planner.refreshLikelihoods(tables)
    planner.refreshTransitions(tables)
  }

  // MARK: - One step

  /// Takes in an observation and answers with an action, one entry a control.
  ///
  /// - Throws: ``AgentFailure`` where the observation does not fit the model or is impossible, or
  ///   policies cannot be scored; the agent is then as it was before.
  public func act(on observation: [Observation]) throws -> [Int] {
    try check(observation)
    predict()
    do {
      try infer(observation)
      try plan()
      try choose()
    } catch {
      // The step did not happen: the belief is again that of the step before.
      swap(&belief, &lastBelief)
      throw error
    }
    learn(observation)
    for control in 0..<choice.count { taken.base[control] = choice.base[control] }
    noteAction()
    step += 1
    return chosenAction()
  }

  /// Says that another action was taken than the agent chose, as when behaviour is replayed.
  ///
  /// - Throws: ``InvalidInput`` where there is not one action a control, each in range.
  public func took(_ action: [Int]) throws(InvalidInput) {
    guard isAction(action) else {
      throw InvalidInput([Fault("action", "\(action) is not an action of this model")])
    }
    for control in 0..<taken.count { taken.base[control] = action[control] }
    noteAction()
  }

  func noteAction() {
    let controls = taken.count
    for factor in 0..<takenByFactor.count {
      let strides = blueprint.compiled.actionStrides.base + factor * controls
      var joint = 0
      for control in 0..<controls { joint += strides[control] * taken.base[control] }
      takenByFactor.base[factor] = joint
    }
  }

  /// The empirical prior of this step.
  private func predict() {
    swap(&belief, &lastBelief)
    if step == 0 {
      blueprint.space.independent(tables.initialStates.base, into: prior.base)
    } else {
      blueprint.space.predict(
        lastBelief.base, action: takenByFactor.base, tables: tables, into: prior.base,
        scratch: scratch.base)
    }
  }

  private func infer(_ observation: [Observation]) throws {
    if let replacement = blueprint.parts.beliefs {
      try inferByReplacement(replacement, observation)
    } else {
      iterates = Iterates(freeEnergy: [], beliefs: [], converged: false)
      do throws(StateInference.ImpossibleObservation) {
        try inference.infer(
          prior: prior.base, observation, tables: tables, logs: logs, into: belief.base,
          iterates: recordsIterates ? noteIterate : nil)
        iterates.converged = inference.outcome.converged
      } catch {
        throw AgentFailure.impossible(
          step: step, modality: blueprint.model.modalities[error.modality].name,
          outcome: label(observation[error.modality], error.modality))
      }
    }
    blueprint.space.marginals(of: belief.base, into: marginals.base)
  }

  private func plan() throws {
    if let replacement = blueprint.parts.scores {
      let scores = try replacement.scores(of: blueprint.policies, belief: factors(marginals.base))
      guard scores.count == posterior.count, scores.allSatisfy(\.isFinite) else {
        throw partFailure(
          "scores",
          "\(scores.count) scores for \(posterior.count) policies, or one that is not finite",
          remedy: "give each policy a finite one")
      }
      for policy in scores.indices { planner.values.base[policy] = scores[policy] }
    } else {
      do throws(PlanningFailure) {
        try planner.evaluate(belief.base, marginals: marginals.base, tables: tables)
      } catch {
        throw AgentFailure.planning(step: step, error)
      }
    }
    planning.fillPosterior(
      planner.values.base, gamma: blueprint.configuration.planning.gamma, into: posterior.base)
    selection.fillMarginals(posterior.base)
  }

  private func choose() throws {
    guard let replacement = blueprint.parts.actions else {
      selection.choose(
        posterior.base, seed: seed, episode: episode, step: UInt64(step), into: choice.base)
      return
    }
    var random = RandomStream(
      seed: seed, episode: episode, step: UInt64(step), purpose: .action)
    let action = try replacement.action(
      policyPosterior: posterior.array(0..<posterior.count), policies: blueprint.policies,
      using: &random)
    guard isAction(action) else {
      throw partFailure(
        "actions", "\(action) is no action of this model",
        remedy: "give each of the \(choice.count) controls one in its range")
    }
    for control in 0..<choice.count { choice.base[control] = action[control] }
  }

  /// Whether there is one entry a control, each in range.
  func isAction(_ action: [Int]) -> Bool {
    guard action.count == controlSizes.count else { return false }
    for control in action.indices
    where action[control] < 0 || action[control] >= controlSizes[control] {
      return false
    }
    return true
  }

  func partFailure(_ place: String, _ problem: String, remedy: String = "") -> AgentFailure {
    .part(step: step, InvalidInput([Fault(place, problem, remedy: remedy)]))
  }

  private func learn(_ observation: [Observation]) {
    guard let learning else { return }
    learning.learnLikelihoods(
      observation, ignored: inference.ignored, belief: belief.base, tables: tables, logs: logs)
    if step > 0 {
      learning.learnTransitions(
        from: lastBelief.base, prior: prior.base, to: belief.base, action: takenByFactor.base,
        tables: tables)
    } else {
      learning.learnInitialStates(marginals.base, tables: tables)
    }
    learning.learnPreferences(observation, ignored: inference.ignored, tables: tables)
    learning.learnHabit(posterior.base, tables: tables)
    if learning.learnsPreferences { planning.refreshPreferences(tables) }
    if learning.learnsLikelihoods || learning.learnsPreferences {
      planner.refreshLikelihoods(tables)
    }
    if learning.learnsTransitions && step > 0 { planner.refreshTransitions(tables) }
    if learning.learnsHabit { planning.refreshHabit(tables) }
  }

  private func chosenAction() -> [Int] {
    if answers.isEmpty { return choice.array(0..<choice.count) }
    var index = 0
    for control in 0..<choice.count {
      index = index * controlSizes[control] + choice.base[control]
    }
    return answers[index]
  }
}
