import ActiveInference

/// What an agent gains in an environment, to be held against what the best one could.
public struct AgentScore: Hashable, Sendable {
  /// The number of episodes.
  public let episodes: Int
  /// The mean over episodes of the sum of discount^t r over their actions, the first at t = 0. The first
  /// outcome, which no action brings about, is not in it.
  public let meanReturn: Double
  /// Of that mean; 0 for one episode.
  public let standardError: Double
  /// What an episode that went on for ever might at most have gained or lost beside; infinity at discount 1.
  public let cutOff: Double
}

/// Outcomes as rewards: temperature times C, in the units of a ``DecisionProcess`` of the same model.
public struct OutcomeRewards: Sendable {
  /// By modality and outcome.
  private let rewards: [[Double]]
  private let discount: Double

  /// The preferences of a model as rewards.
  ///
  /// - Throws: ``InvalidInput`` where a ``DecisionProcess`` could not be made of the preferences.
  public init(
    _ model: GenerativeModel, discount: Double, temperature: Double = 1
  ) throws(InvalidInput) {
    try DecisionProcess.check(model, discount, temperature)
    self.discount = discount
    rewards = zip(model.modalities, model.preferences).map { modality, preference in
      (preference?.values ?? [Double](repeating: 0, count: modality.size)).map {
        $0 * temperature
      }
    }
  }

  /// What an observation is worth; a missing one nothing, an uncertain one its mean.
  public func reward(of observation: [Observation]) -> Double {
    zip(rewards, observation).reduce(0) { sum, part in
      switch part.1 {
      case .outcome(let outcome): sum + part.0[outcome]
      case .distribution(let weights): sum + zip(weights, part.0).reduce(0) { $0 + $1.0 * $1.1 }
      case .missing: sum
      }
    }
  }

  /// The discounted sum over all observations of an episode but the first.
  public func discountedReturn(of episode: Episode) -> Double {
    var sum = 0.0
    var weight = 1.0
    for step in episode.steps.dropFirst() {
      sum += weight * reward(of: step.observation)
      weight *= discount
    }
    return sum
  }

  /// What may be gained or lost after so many actions.
  func rest(after actions: Int) -> Double {
    if discount == 1 { return .infinity }
    let greatest = rewards.reduce(0) { $0 + $1.reduce(0) { max($0, $1.magnitude) } }
    var weight = 1.0
    for _ in 0..<actions { weight *= discount }
    return weight * greatest / (1 - discount)
  }
}

extension Simulation {
  /// What an agent gains in this environment by the preferences of a model.
  ///
  /// ```swift
  /// let score = try Simulation(tiger, steps: 200).score(
  ///   by: OutcomeRewards(tiger.model, discount: 0.95), episodes: 0..<1000
  /// ) { try ActiveInferenceAgent(tiger.model, tiger.agent) }
  /// ```
  ///
  /// - Parameters:
  ///   - episodes: which ones, at least one.
  ///   - threads: how many work at once; results do not depend on it.
  ///   - makeAgent: makes the agent of one thread; it forgets between episodes.
  /// - Throws: what ``run(episodes:threads:makeAgent:finish:caughtUp:deliver:)`` throws.
  public func score<A: Agent>(
    by rewards: OutcomeRewards, episodes: Range<UInt64>, threads: Int = 1,
    makeAgent: @escaping @Sendable () throws -> A
  ) throws -> AgentScore {
    var recording = Simulation(environment, steps: steps, seed: seed, level: .choices)
    recording.isCancelled = isCancelled
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    try recording.run(
      episodes: episodes, threads: threads, makeAgent: makeAgent,
      finish: { episode, _ in rewards.discountedReturn(of: episode) },
      deliver: { value in
        // Welford's sums, in the order of the episodes.
        count += 1
        let difference = value - mean
        mean += difference / count
        squares += difference * (value - mean)
        return true
      })
    let error = count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
    return AgentScore(
      episodes: Int(count), meanReturn: mean, standardError: error,
      cutOff: rewards.rest(after: steps - 1))
  }
}
