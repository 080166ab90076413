import ActiveInference

/// Random walks through a world that follows a model: what an agent sees there, and what it is said
/// to have done.
///
/// The actions are not the agent's, so the work is the same whatever an agent would choose, and short
/// episodes keep its beliefs from becoming certain for good.
public struct Walk: Sendable {
  /// What the world follows.
  public let model: GenerativeModel
  /// One record an episode.
  public let episodes: [BehaviourRecord]

  /// Walks of so many steps each, the same every time.
  ///
  /// - Throws: ``InvalidInput`` where the model is too large to be a world.
  public init(_ model: GenerativeModel, episodes: Int, steps: Int) throws {
    let world = try ModelEnvironment(model)
    self.model = model
    self.episodes = (0..<UInt64(episodes)).map { episode in
      var random = RandomStream(seed: 1, episode: episode, step: 0, purpose: .user)
      var (state, observation) = world.reset(using: &random)
      var record = BehaviourRecord(observations: [], actions: [])
      for _ in 0..<steps {
        let action = model.controls.map { Int(random.next() % UInt64($0.size)) }
        record.observations.append(observation)
        record.actions.append(action)
        observation = world.step(&state, action: action, using: &random)
      }
      return record
    }
  }

  /// Steps of all episodes together.
  public var steps: Int { episodes.reduce(0) { $0 + $1.observations.count } }

  /// Takes every step of every walk once.
  ///
  /// - Parameter look: called after each step.
  /// - Throws: what the agent throws.
  public func follow(
    _ agent: ActiveInferenceAgent, look: (ActiveInferenceAgent) -> Void = { _ in }
  ) throws {
    try follow(agent) { observation, _ in
      _ = try agent.act(on: observation)
      look(agent)
    }
  }

  /// Takes every step of every walk once, as `act` does.
  ///
  /// - Parameter act: has the agent take a step of an episode.
  /// - Throws: what it throws, or the agent where it cannot take the walk's action.
  public func follow(
    _ agent: ActiveInferenceAgent, act: (_ observation: [Observation], _ step: Int) throws -> Void
  ) throws {
    for (index, record) in episodes.enumerated() {
      agent.begin(seed: 0, episode: UInt64(index))
      for step in record.observations.indices {
        try act(record.observations[step], step)
        try agent.took(record.actions[step])
      }
    }
  }
}
