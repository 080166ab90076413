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
/// taken), belief, policies, action, learning. A step allocates nothing, unless parts are replaced or
/// something new is remembered (``Savings``). An agent belongs to one task; a ``CompiledAgent`` is
/// shared.
public final class ActiveInferenceAgent: Agent {
  /// The model and the configuration, laid out.
  public let blueprint: CompiledAgent
  let engine: AgentStep<SingleArithmetic>
  let learning: AgentLearning<SingleArithmetic>?
  let hindsight: HindsightLearning?
  /// What scores actions where policies are not enumerated.
  let search: (any ActionPlanner)?
  let memory: AgentMemory?
  /// What is inferred of several steps together; nil where each step is alone.
  let window: AgentWindow?
  /// What infers and weighs where that is done over whole episodes by policy.
  let byPolicy: PolicyConditionedStep?
  /// Whether some part of the agent is not the library's.
  private let hasParts: Bool

  /// Memory to live through several episodes at once, made when that is first done.
  @exclusivity(unchecked) var sharedLanes: LaneGroup<SharedLaneArithmetic>?
  @exclusivity(unchecked) var ownLanes: LaneGroup<OwnLaneArithmetic>?
  let canUseLanes: Bool
  /// The actions of the plan in progress that are still to be taken, one entry a control each.
  @exclusivity(unchecked) var remainingPlan: [[Int]] = []
  /// The same before a step that is only considered.
  @exclusivity(unchecked) private var plannedBefore: [[Int]] = []
  /// Whether the last step went on with a plan, and weighed no policies.
  @exclusivity(unchecked) var followsPlan = false
  /// The lane whose learning the agent stands for.
  @exclusivity(unchecked) var presentedLane: Int?

  let choice: FixedBuffer<Int>
  /// The action that was taken in the last step, by control.
  let taken: FixedBuffer<Int>

  /// What has been perceived in a step that is half taken; what is learned is learned from this.
  @exclusivity(unchecked) var perceived: [Observation]?

  /// What an episode begins with in place of D, where the level above says it.
  @exclusivity(unchecked) var firstStates: FirstStates?

  /// The number of steps taken in this episode.
  @exclusivity(unchecked) public internal(set) var step = 0
  /// The seed of all chance.
  @exclusivity(unchecked) public internal(set) var seed: UInt64 = 0
  /// The number of the episode.
  @exclusivity(unchecked) public internal(set) var episode: UInt64 = 0
  /// Set to have ``describe(_:level:)`` tell what every sweep of inference found.
  @exclusivity(unchecked) public var recordsIterates = false
  @exclusivity(unchecked) var iterates = Iterates(freeEnergy: [], beliefs: [], converged: false)
  /// What inference found in the last step beside the belief.
  @exclusivity(unchecked) public internal(set) var outcome = InferenceOutcome()

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
  /// - Throws: ``InvalidInput`` where the configuration is that of a level which has another above it
  ///   (`inference.chi`).
  public convenience init(_ blueprint: CompiledAgent) throws(InvalidInput) {
    try blueprint.configuration.checkHasNothingAbove()
    try self.init(blueprint, remembersSteps: true)
  }

  /// - Parameters:
  ///   - remembersSteps: whether steps may be looked up; where not, the agent's own numbers are always those
  ///     of the step.
  ///   - ownsPreferences: whether others may change what it prefers and its habits.
  init(
    _ blueprint: CompiledAgent, remembersSteps: Bool, ownsPreferences: Bool = false
  ) throws(InvalidInput) {
    self.blueprint = blueprint
    if blueprint.learns {
      // An agent that learns writes to tables of its own.
      let tables = blueprint.tables.copy()
      engine = try AgentStep(
        blueprint, tables,
        blueprint.logs.map { _ in LogLikelihoodTables(tables, blueprint.inference.convention) },
        PlanningTables(
          blueprint.compiled, tables, blueprint.configuration.planning, blueprint.policies))
      learning = try AgentLearning(engine)
      hindsight =
        blueprint.configuration.learning.smoothing
        ? try HindsightLearning(blueprint) : nil
    } else {
      engine = try AgentStep(
        blueprint, blueprint.tables, blueprint.logs,
        ownsPreferences
          ? PlanningTables(
            blueprint.compiled, blueprint.tables, blueprint.configuration.planning,
            blueprint.policies)
          : blueprint.planning)
      learning = nil
      hindsight = nil
    }
    choice = FixedBuffer(repeating: 0, count: blueprint.model.controls.count)
    taken = FixedBuffer(repeating: 0, count: blueprint.model.controls.count)
    answers = JointActions(blueprint.model.controls.map(\.size))
    search = try blueprint.planner(for: engine)
    window = AgentWindow(engine, learning)
    memory = remembersSteps ? AgentMemory(blueprint, answers, search: search) : nil
    byPolicy = try blueprint.infersByPolicy ? PolicyConditionedStep(blueprint, engine) : nil
    let parts = blueprint.parts
    hasParts = parts.beliefs != nil || parts.scores != nil || parts.actions != nil
    canUseLanes = blueprint.suitsLanes
  }

  /// Whether steps are looked up.
  var remembersSteps: Bool { memory?.steps.isOn ?? false }

  let answers: JointActions
  /// Made when something is first to be explained.
  @exclusivity(unchecked) var explainer: ChoiceExplainer?

  // MARK: - Episodes

  /// Begins an episode; what was learned stays.
  public func begin(seed: UInt64, episode: UInt64) {
    self.seed = seed
    self.episode = episode
    step = 0
    perceived = nil
    presentedLane = nil
    leavePlan()
    memory?.begin()
    search?.begin()
    byPolicy?.begin()
  }

  /// Returns to the counts of the model.
  public func forget() {
    guard let learning else { return }
    engine.tables.restore(from: blueprint.tables) { $0 }
    learning.refreshEverything()
    window?.follow()
    byPolicy?.messages.followTransitions()
    search?.refresh()
  }

  // MARK: - One step

  /// Takes in an observation and answers with an action, one entry a control.
  ///
  /// - Throws: ``AgentFailure`` where the observation does not fit the model or is impossible, or
  ///   policies cannot be scored; the agent is then as it was before.
  public func act(on observation: [Observation]) throws -> [Int] {
    withdraw()
    if let memory, !recordsIterates, let answer = recall(observation, memory) { return answer }
    try beginStep(observation)
    return try endStep(observation, memory)
  }

  /// The first half of a step: prior and belief.
  func beginStep(_ observation: [Observation]) throws {
    try check(observation)
    try checkRoom()
    settle()
    if let byPolicy {
      try infer(observation, byPolicy)
      return
    }
    predict()
    window?.inference.swapBeliefs()
    try orUndo { try infer(observation) }
  }

  /// Finds the empirical prior of the step.
  func predict() {
    engine.predict(isFirst: step == 0)
    if step == 0, let firstStates { firstStates.write(engine) }
  }

  /// The second half: policies, action, learning.
  ///
  /// - Parameter memory: what the step is looked up and kept in.
  func endStep(_ observation: [Observation], _ memory: AgentMemory?) throws -> [Int] {
    try weigh(memory)
    return complete(observation, memory)
  }

  /// Finds what to do: nothing is learned and nothing done yet.
  private func weigh(_ memory: AgentMemory?) throws {
    followsPlan = !remainingPlan.isEmpty
    if let byPolicy {
      try weigh(byPolicy)
      try choose(memory)
      return
    }
    try orUndo {
      if followsPlan {
        goOnWithPlan()
      } else {
        try plan(memory)
        try choose(memory)
        keepPlan()
      }
    }
  }

  /// Takes a step as far as its choice, which is then completed or reconsidered.
  ///
  /// - Throws: as ``act(on:)``.
  func consider(_ observation: [Observation]) throws {
    plannedBefore = remainingPlan
    try beginStep(observation)
    try weigh(memory)
  }

  /// Undoes what has been considered.
  func reconsider() {
    remainingPlan = plannedBefore
    undoBeliefs()
  }

  /// Learns from what has been considered, and takes the action that was chosen.
  ///
  /// - Parameter memory: what the step is kept in.
  func complete(_ observation: [Observation], _ memory: AgentMemory? = nil) -> [Int] {
    if let learning, let episode = byPolicy?.episode {
      learn(observation, learning, episode)
    } else if let learning {
      learn(observation, learning)
      byPolicy?.messages.followTransitions()
      search?.refresh()
    }
    memory?.remember(observation, self)
    return finishStep()
  }

  private func orUndo(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      // The step did not happen: the belief is again that of the step before.
      undoBeliefs()
      throw error
    }
  }

  private func finishStep() -> [Int] {
    for control in 0..<choice.count { taken.base[control] = choice.base[control] }
    engine.note(taken.base)
    step += 1
    return answers.answer(choice.base)
  }

  /// Says that another action was taken than the agent chose, as when behaviour is replayed.
  ///
  /// - Throws: ``InvalidInput`` where there is not one action a control, each in range.
  public func took(_ action: [Int]) throws(InvalidInput) {
    guard answers.contains(action) else {
      throw InvalidInput([Fault("action", "\(action) is not an action of this model")])
    }
    for control in 0..<taken.count { taken.base[control] = action[control] }
    if action != lastChoice { remainingPlan = [] }
    engine.note(taken.base)
    memory?.took(answers, taken.base)
  }

  private func infer(_ observation: [Observation]) throws {
    if hasParts, let replacement = blueprint.parts.beliefs {
      try inferByReplacement(replacement, observation)
      return
    }
    if recordsIterates || !iterates.freeEnergy.isEmpty {
      iterates = Iterates(freeEnergy: [], beliefs: [], converged: false)
    }
    do throws(ImpossibleObservation) {
      try inferStates(observation)
    } catch {
      throw AgentFailure.impossible(
        step: step, modality: blueprint.model.modalities[error.modality].name,
        outcome: label(observation[error.modality], error.modality))
    }
    iterates.converged = outcome.converged
  }

  private func plan(_ memory: AgentMemory?) throws {
    guard hasParts, let replacement = blueprint.parts.scores else {
      if let memory, memory.knowsPlan(of: engine.belief.base) { return }
      do throws(PlanningFailure) {
        try score()
      } catch {
        throw AgentFailure.planning(step: step, error)
      }
      return
    }
    let scores = try replacement.scores(
      of: blueprint.policies, belief: factors(engine.marginals.base))
    guard scores.count == engine.posterior.count, scores.allSatisfy(\.isFinite) else {
      throw partFailure(
        "scores",
        "\(scores.count) scores for \(engine.posterior.count) policies, or one that is not finite",
        remedy: "give each policy a finite one")
    }
    for policy in scores.indices { engine.planner.values.base[policy] = scores[policy] }
    engine.weighPolicies()
  }

  /// Scores the policies from the belief of the step.
  func score() throws(PlanningFailure) {
    guard let search else {
      try engine.plan()
      return
    }
    try search.evaluate(
      engine.belief.belief,
      at: PlanningMoment(seed: seed, episode: episode, step: UInt64(step)),
      into: engine.planner.values.base)
    engine.weighPolicies()
  }

  private func choose(_ memory: AgentMemory?) throws {
    guard hasParts, let replacement = blueprint.parts.actions else {
      if let memory, let node = memory.plannedNode {
        chooseAgain(memory, node)
        return
      }
      engine.selection.choose(
        engine.posterior.base, marginals: engine.selection.marginals.base, seed: seed,
        episode: episode, step: UInt64(step), into: choice.base)
      return
    }
    var random = RandomStream(
      seed: seed, episode: episode, step: UInt64(step), purpose: .action)
    let action = try replacement.action(
      policyPosterior: engine.posterior.array(0..<engine.posterior.count),
      policies: blueprint.policies, using: &random)
    guard answers.contains(action) else {
      throw partFailure(
        "actions", "\(action) is no action of this model",
        remedy: "give each of the \(choice.count) controls one in its range")
    }
    for control in 0..<choice.count { choice.base[control] = action[control] }
  }

  func partFailure(_ place: String, _ problem: String, remedy: String = "") -> AgentFailure {
    .part(step: step, InvalidInput([Fault(place, problem, remedy: remedy)]))
  }
}
