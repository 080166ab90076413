import GenerativeModel
import Inference
import Kernels

/// A level of a deep agent as it lives: its agent, and what its episode is about.
final class LivingLevel {
  let agent: ActiveInferenceAgent
  /// Towards the level above; nil at the highest level.
  private let junction: Junction?
  private let evidence: FirstStateEvidence?
  private let mostSteps: Int
  /// Of the level above: the probability of each joint outcome of its messengers when the episode began.
  private var expectedOutcomes: [Double] = []
  /// The same of the joint first states.
  private var expectedStates: [Double] = []
  /// Episodes begun since the deep agent's own episode began.
  private(set) var episodeCount = 0
  /// What it was last given to observe.
  private(set) var observation: [Observation] = []

  /// A level that has another above it.
  init(_ level: DeepAgent.Level, _ junction: Junction) throws(InvalidInput) {
    agent = try ActiveInferenceAgent(
      level.agent, remembersSteps: false, ownsPreferences: !junction.biases.isEmpty)
    self.junction = junction
    evidence = FirstStateEvidence(agent.engine, junction.factors)
    mostSteps = level.steps
  }

  /// The highest level.
  init(highest: CompiledAgent) throws(InvalidInput) {
    agent = try ActiveInferenceAgent(highest, remembersSteps: false)
    junction = nil
    evidence = nil
    mostSteps = .max
  }

  /// Begins the highest level's only episode, or makes a level wait for its first.
  func begin(seed: UInt64, episode: UInt64) {
    episodeCount = 0
    agent.begin(seed: seed, episode: episode)
  }

  /// Begins an episode with what the level above expects of its next step.
  func beginEpisode(below above: ActiveInferenceAgent, seed: UInt64, episode: UInt64) {
    guard let junction, let evidence else { return }
    expect(junction, below: above)
    agent.begin(seed: seed, episode: episode)
    evidence.begin(expectedStates)
    episodeCount += 1
  }

  /// Finds what the level above expects of its next step, and takes over first states, habits and preferences
  /// from it.
  private func expect(_ junction: Junction, below above: ActiveInferenceAgent) {
    above.anticipate()
    expectedOutcomes = above.expectedOutcomes(junction.messengers)
    expectedStates = junction.firstStates(expectedOutcomes)
    for bias in junction.biases {
      let values = expected(bias.table, above.expectedOutcomes([bias.modality]))
      if let modality = bias.preferred {
        agent.engine.planning.prefer(values, in: modality)
      } else {
        agent.engine.planning.takeUp(habit: values)
      }
    }
    if junction.biases.contains(where: { $0.preferred != nil }) {
      agent.engine.planning.refreshLikelihoods(agent.engine.tables)
    }
    let single = junction.origins.map { origin in
      expected(origin.table, above.expectedOutcomes([origin.modality]))
    }
    agent.firstStates = FirstStates(
      agent.engine, factors: junction.factors, single: single, joint: expectedStates)
  }

  /// What a table of `[it][outcome]` gives when each outcome is so probable.
  private func expected(_ table: [[Double]], _ outcomes: [Double]) -> [Double] {
    table.map { row in zip(row, outcomes).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// Takes a step.
  ///
  /// - Parameter learned: what is learned from in place of what is observed.
  func step(_ evidence: LevelEvidence, learned: [Observation]? = nil) throws -> [Int] {
    let isFirst = agent.step == 0
    observation = learned ?? evidence.observation
    try agent.perceive(evidence.observation)
    if let message = evidence.message { try agent.take(message) }
    if let own = self.evidence {
      var seen = evidence
      let ignored = agent.engine.inference.ignored
      for modality in 0..<ignored.count where ignored.base[modality] {
        seen.observation[modality] = .missing
      }
      own.take(seen, isFirst: isFirst)
    }
    agent.perceived = observation
    return try agent.decide()
  }

  // MARK: - Between two ticks

  /// What its next step depends on beside the level above.
  ///
  /// - Parameter isInEpisode: whether an episode is in progress; else the next tick begins one.
  func state(isInEpisode: Bool) -> DeepAgent.State.Level {
    DeepAgent.State.Level(
      agent: agent.state, episodes: episodeCount,
      firstStates: isInEpisode && agent.step > 0 ? evidence?.state ?? [] : [])
  }

  /// Goes on from a state.
  ///
  /// - Parameter above: the level above, which has gone on already, where an episode is in progress; nil where the
  ///   next tick begins one.
  func resume(
    _ state: DeepAgent.State.Level, below above: ActiveInferenceAgent?
  ) throws(InvalidInput) {
    try agent.resume(state.agent)
    episodeCount = state.episodes
    guard let above, let junction, let evidence else { return }
    expect(junction, below: above)
    evidence.begin(expectedStates)
    if state.agent.step > 0 { try evidence.resume(state.firstStates) }
  }

  // MARK: - The end of an episode

  /// Whether its episode is over.
  var isOver: Bool {
    if agent.step >= mostSteps { return true }
    guard let chi = agent.blueprint.configuration.inference.chi else { return false }
    return firstStateEntropy < chi
  }

  /// What is believed of the joint first states that came from above, given all that was observed in the
  /// episode.
  var firstStates: [Double] {
    guard let evidence else { return [] }
    return normalized(zip(expectedStates, evidence.likelihood).map { $0 * $1 })
  }

  /// Its entropy in nats; 0 ln 0 is 0.
  var firstStateEntropy: Double {
    -firstStates.reduce(0) { $0 + ($1 > 0 ? $1 * VectorMath.log($1) : 0) }
  }

  /// What the level above perceives of an episode that is over.
  ///
  /// - Parameters:
  ///   - above: the agent of the level above.
  ///   - own: what it observes of the world, with gaps where its modalities are linked.
  /// - Returns: what beliefs follow from, and what is learned from: of a linked modality the posterior of its
  ///   outcome, for counts must not have the prior divided out.
  func ascend(
    to above: ActiveInferenceAgent, _ own: [Observation]
  ) -> (evidence: LevelEvidence, learned: [Observation]) {
    guard let junction, let evidence else { return (LevelEvidence(observation: own), own) }
    let likelihood = junction.ascended(evidence.likelihood)
    var observation = own
    var learned = own
    let posterior = normalized(zip(expectedOutcomes, likelihood).map { $0 * $1 })
    let isJoint = above.blueprint.space.isJoint
    for (axis, modality) in junction.messengers.enumerated() {
      learned[modality] = .distribution(
        FirstStates.marginal(posterior, junction.outcomeCounts, axis))
      if isJoint { continue }
      observation[modality] = .distribution(
        normalized(message(likelihood, junction.outcomeCounts, axis)))
    }
    let message = isJoint ? above.message(likelihood, from: junction.messengers) : nil
    return (LevelEvidence(observation: observation, message: message), learned)
  }

  /// What a message over several outcomes says of one of them, the others being as expected.
  private func message(_ likelihood: [Double], _ sizes: [Int], _ axis: Int) -> [Double] {
    let joint = zip(expectedOutcomes, likelihood).map { $0 * $1 }
    let posterior = FirstStates.marginal(joint, sizes, axis)
    let prior = FirstStates.marginal(expectedOutcomes, sizes, axis)
    return zip(posterior, prior).map { $1 > 0 ? $0 / $1 : 0 }
  }

  private func normalized(_ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    return total > 0 ? weights.map { $0 / total } : weights
  }
}
