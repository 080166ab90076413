import GenerativeModel
import Kernels

/// An agent of several levels, each with a model and a clock of its own.
///
/// A step of one level is an episode of the level below it: the outcome that a level expects is what an
/// episode below begins with (``Link``), and what is observed there is evidence of that outcome. The lowest
/// level observes and acts at every tick; a level above steps when the episode below it is over, by its number
/// of steps or because its first states have become clear (`inference.chi`).
///
/// ```swift
/// let agent = try DeepAgent(
///   lower: [.init(word, steps: 4, links: [.initialState(of: "word", from: "word")])],
///   highest: sentence)
/// let episode = try Simulation(world, steps: 20).run(&agent, episode: 0)
/// ```
///
/// **What is exact.** All levels together are one hidden Markov model. What ascends is the likelihood
/// P(observations of the episode | first states), from which the expectation that came down has been divided
/// out, so that nothing counts twice. Where levels infer exactly, the belief of each is therefore the exact
/// filter's, after each of its steps, and the free energies of all levels sum to -ln P(all observations): an
/// observation counts in the level where it was made. Where a level infers by another scheme, several linked
/// outcomes ascend and descend one by one, and the likelihoods are that scheme's. What an agent does is no
/// evidence: habits and preferences come down, and nothing of them ascends.
///
/// **Where SPM differs** (`spm_MDP_VB_X.m`). There the posterior of the first state ascends, with the
/// expectation in it, which so counts twice; outcomes always descend one by one; and the level below returns
/// its policies and outcomes as evidence of what set its habits and preferences. What is learned of a linked
/// modality is what SPM learns: from the posterior of the outcome, times that of the states.
///
/// **Observations and actions.** An observation has the modalities of the lowest level, then those of each
/// level above that are not linked, which are taken in when that level steps; at other ticks they are not
/// looked at. An action has the controls of the lowest level, then those of each level above, with 0 for a
/// level that has not come to the end of its step and otherwise its action plus 1
/// (``CompiledDeepAgent/controls``).
///
/// What is learned goes on from one episode of a level to the next, until ``forget()``. A deep agent belongs to
/// one task; a ``CompiledDeepAgent`` is shared.
public final class DeepAgent: Agent {
  /// The label of the action 0 of a control above the lowest level.
  public static let goesOn = "(goes on)"

  /// The levels, laid out.
  public let blueprint: CompiledDeepAgent
  let living: [LivingLevel]
  private(set) var seed: UInt64 = 0
  private(set) var episode: UInt64 = 0
  /// How many levels, from the lowest up, begin an episode at the next tick.
  private(set) var beginning: Int
  /// How many levels stepped at the last tick.
  private var stepped = 0

  /// An agent that shares what has been compiled.
  ///
  /// - Throws: ``InvalidInput`` never in practice: compiling has made the same checks.
  public init(_ blueprint: CompiledDeepAgent) throws(InvalidInput) {
    self.blueprint = blueprint
    var living: [LivingLevel] = []
    for (level, junction) in zip(blueprint.lower, blueprint.junctions) {
      living.append(try LivingLevel(level, junction))
    }
    living.append(try LivingLevel(highest: blueprint.highest))
    self.living = living
    beginning = blueprint.lower.count
  }

  /// An agent of several levels.
  ///
  /// - Throws: as ``CompiledDeepAgent/init(lower:highest:)``.
  public convenience init(
    lower: [Level], highest: CompiledAgent
  ) throws(InvalidInput) {
    try self.init(CompiledDeepAgent(lower: lower, highest: highest))
  }

  /// The agent of each level, the lowest first: to be read. One that is stepped by itself falls out of step
  /// with the others.
  public var levels: [ActiveInferenceAgent] { living.map(\.agent) }

  /// How many levels took a step at the last tick, from the lowest up.
  public var steppedLevels: Int { stepped }

  /// Has ``describe(_:level:)`` tell what every sweep of inference found.
  public var recordsIterates: Bool {
    get { levels.contains { $0.recordsIterates } }
    set { for agent in levels { agent.recordsIterates = newValue } }
  }

  /// What a level that has another above it believes of the joint first states that came from there, given all
  /// it has observed in its episode; the last linked factor varies fastest.
  ///
  /// - Precondition: the level is not the highest, and has taken a step.
  public func firstStates(ofLevel level: Int) -> [Double] { living[level].firstStates }

  // MARK: - Episodes

  /// Begins an episode at every level; what was learned stays.
  public func begin(seed: UInt64, episode: UInt64) {
    self.seed = seed
    self.episode = episode
    beginning = blueprint.lower.count
    stepped = 0
    for (level, life) in living.enumerated() {
      life.begin(seed: self.seed(ofLevel: level, 0), episode: episode)
    }
  }

  /// Takes up the clocks of a state whose levels have been taken up.
  func goOn(from state: State) {
    seed = state.seed
    episode = state.episode
    beginning = state.beginning
    stepped = 0
  }

  /// Returns every level to the counts of its model.
  public func forget() {
    for agent in levels { agent.forget() }
  }

  /// The seed of a level in one of its episodes, so that no two draw alike; the lowest has in its first the
  /// seed itself.
  private func seed(ofLevel level: Int, _ episodeOfLevel: Int) -> UInt64 {
    if level == 0 && episodeOfLevel == 0 { return seed }
    var stream = RandomStream(
      seed: seed, episode: episode, step: UInt64(episodeOfLevel), purpose: .parameters,
      index: UInt32(level))
    return stream.next()
  }

  // MARK: - One tick

  /// Takes in an observation and answers with an action.
  ///
  /// - Throws: ``AgentFailure`` where the observation does not fit the models or is impossible, or policies
  ///   cannot be scored. The episode cannot go on from there.
  public func act(on observation: [Observation]) throws -> [Int] {
    let own = try split(observation)
    descend()
    var evidence = LevelEvidence(observation: own[0])
    var learned: [Observation]?
    var action: [Int] = []
    stepped = 0
    for (level, life) in living.enumerated() {
      let done = try life.step(evidence, learned: learned)
      action += level == 0 ? done : done.map { $0 + 1 }
      stepped += 1
      guard level < living.count - 1, life.isOver else { break }
      (evidence, learned) = life.ascend(to: living[level + 1].agent, own[level + 1])
      beginning = level + 1
    }
    for level in stepped..<living.count {
      action += blueprint.levels[level].model.controls.map { _ in 0 }
    }
    return action
  }

  /// Begins the episodes that the last tick has left to be begun, from the highest level down.
  private func descend() {
    for level in (0..<beginning).reversed() {
      let life = living[level]
      life.beginEpisode(
        below: living[level + 1].agent, seed: self.seed(ofLevel: level, life.episodeCount),
        episode: episode)
    }
    beginning = 0
  }

  /// What each level observes of the world, with gaps where its modalities are linked.
  private func split(_ observation: [Observation]) throws -> [[Observation]] {
    let needed = blueprint.outline.ownModalities.reduce(0) { $0 + $1.count }
    guard observation.count == needed else {
      throw AgentFailure.observation(
        step: living[0].agent.step,
        InvalidInput([
          Fault(
            "observation", "has \(observation.count) entries for \(needed) modalities",
            remedy: "give those of the lowest level, then those above that are not linked")
        ]))
    }
    var rest = observation[...]
    return zip(blueprint.levels, blueprint.outline.ownModalities).map { agent, own in
      var entries = agent.model.modalities.map { _ in Observation.missing }
      for modality in own { entries[modality] = rest.removeFirst() }
      return entries
    }
  }

  // MARK: - Recording

  /// Says what the lowest level found in the last step and, nested in ``StepRecord/levels``, what the levels
  /// above found that stepped at the same tick.
  ///
  /// There an observation has for a linked modality the posterior of its outcome.
  public func describe(_ record: inout StepRecord, level: RecordLevel) {
    living[0].agent.describe(&record, level: level)
    if stepped < 2 { return }
    record.levels = living[1..<stepped].map { life in
      var step = StepRecord(
        t: life.agent.step - 1, observation: life.observation, action: life.agent.lastChoice)
      life.agent.describe(&step, level: level)
      return step
    }
  }
}
