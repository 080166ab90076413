import GenerativeModel

extension DeepAgent {
  /// Everything that the next tick depends on: a deep agent between two ticks.
  ///
  /// Written to a file and read back, it goes on with the same bits.
  public struct State: Hashable, Sendable {
    /// What the next step of a level depends on, beside the level above.
    public struct Level: Hashable, Sendable {
      /// Its agent.
      public var agent: ActiveInferenceAgent.State
      /// Episodes of the level begun since the deep agent's own began.
      public var episodes: Int
      /// What its episode says of each joint first state that came from above; empty at the highest level, and where
      /// no step of an episode has been taken.
      public var firstStates: [FirstState]
    }

    /// What an episode says of a joint first state.
    public struct FirstState: Hashable, Sendable {
      /// ln P(observations of the episode | the first state) in nats; nil where that is not possible.
      public var logEvidence: Double?
      /// What is believed now if it was the first, in the form that the level's scheme holds it; empty where it is not
      /// possible.
      public var belief: [Double]
    }

    /// The seed of all chance.
    public var seed: UInt64
    /// The number of the episode.
    public var episode: UInt64
    /// How many levels, from the lowest up, begin an episode at the next tick.
    public var beginning: Int
    /// One a level, the lowest first.
    public var levels: [Level]
  }

  /// The agent as it is between two ticks.
  public var state: State {
    State(
      seed: seed, episode: episode, beginning: beginning,
      levels: living.enumerated().map { $1.state(isInEpisode: $0 >= beginning) })
  }

  /// Goes on from where a deep agent of the same levels was.
  ///
  /// - Throws: ``InvalidInput`` where the state is not of such an agent, naming the level; the agent has then to begin
  ///   an episode before it can act.
  public func resume(_ state: State) throws(InvalidInput) {
    let faults = FaultList()
    if state.levels.count != living.count {
      faults.add("levels", "has \(state.levels.count) entries for \(living.count) levels")
    }
    if !(0...blueprint.lower.count).contains(state.beginning) {
      faults.add(
        "beginning", "is \(state.beginning)", remedy: "0 to \(blueprint.lower.count)")
    }
    try faults.check(source: "state")
    for level in living.indices.reversed() {
      let isHighest = level == living.count - 1
      let above = isHighest || level < state.beginning ? nil : living[level + 1].agent
      faults.nested("levels[\(level)]") { () throws(InvalidInput) in
        try living[level].resume(state.levels[level], below: above)
      }
      try faults.check(source: "state")
    }
    goOn(from: state)
  }
}
