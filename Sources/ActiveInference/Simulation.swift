/// An agent in an environment, for one episode or millions.
///
/// ```swift
/// let simulation = Simulation(environment, steps: 6, seed: 1)
/// let episode = try simulation.run(&agent, episode: 0)
/// ```
///
/// Episode n is the same whatever runs beside it: all chance comes from streams addressed by
/// (seed, episode, step).
public struct Simulation<World: Environment>: Sendable {
  /// The world.
  public let environment: World
  /// Observations an episode, at least 1.
  public let steps: Int
  /// The seed of all chance.
  public let seed: UInt64
  /// What is kept of each step.
  public let level: RecordLevel
  /// Asked before every step; true ends the run with a `CancellationError`, and what had been
  /// finished has been delivered.
  public var isCancelled: @Sendable () -> Bool = { false }
  /// How many episodes a thread takes at once; nil for about a millisecond of them. Results do not
  /// depend on it, which is what tests set it for.
  @usableFromInline package var chunkSize: Int?

  /// Episodes of so many steps in a world.
  public init(_ environment: World, steps: Int, seed: UInt64 = 0, level: RecordLevel = .full) {
    self.environment = environment
    self.steps = steps
    self.seed = seed
    self.level = level
  }

  /// Runs one episode; what the agent has learned stays with it.
  ///
  /// - Throws: what the agent throws; ``InvalidInput`` where it answers with an action that the world
  ///   does not have; `CancellationError`.
  @inlinable
  public func run<A: Agent>(_ agent: inout A, episode: UInt64) throws -> Episode {
    var recorder = EpisodeRecorder(index: episode)
    var observation: [Observation] = []
    try run(
      &agent, into: &recorder, observation: &observation, actionCounts: environment.actionCounts,
      isCancelled: isCancelled)
    return recorder.episode
  }

  /// Runs the episode whose number the recorder has, in memory that was used for others before.
  ///
  /// What threads share (the world, the sizes of its controls, the question whether to end) comes in as
  /// it is and is not copied: counting references to it would make them wait for one another.
  @inlinable
  func run<A: Agent>(
    _ agent: inout A, into recorder: inout EpisodeRecorder, observation: inout [Observation],
    actionCounts: [Int]?, isCancelled: () -> Bool
  ) throws {
    let episode = recorder.episode.index
    let isRecording = level != .none
    agent.begin(seed: seed, episode: episode)
    if isRecording { recorder.episode.steps.reserveCapacity(Swift.min(steps, 1024)) }
    var random = stream(episode, 0)
    var state = environment.reset(using: &random, observation: &observation)
    var action: [Int] = []
    var hasGoal = false
    var hasReached = false
    for t in 0..<steps {
      if isCancelled() { throw CancellationError() }
      if t > 0 {
        random = stream(episode, UInt64(t))
        environment.step(&state, action: action, using: &random, observation: &observation)
      }
      action = try agent.act(on: observation)
      if !isKnown(action, actionCounts) { throw unknown(action, actionCounts, step: t) }
      if let reached = environment.goalReached(state, observation: observation) {
        hasGoal = true
        hasReached = hasReached || reached
      }
      if !isRecording { continue }
      recorder.append(t, observation, environment.hiddenStates(state), action)
      recorder.describe { agent.describe(&$0, level: level) }
    }
    if isRecording { try agent.conclude(&recorder.episode.steps, level: level) }
    recorder.episode.reachedGoal = hasGoal ? hasReached : nil
    recorder.episode.lastAction = action
  }

  /// Whether the world has an action.
  @inlinable
  func isKnown(_ action: [Int], _ counts: [Int]?) -> Bool {
    guard let counts else { return true }
    guard action.count == counts.count else { return false }
    for control in action.indices
    where action[control] < 0 || action[control] >= counts[control] {
      return false
    }
    return true
  }

  @usableFromInline
  func unknown(_ action: [Int], _ counts: [Int]?, step: Int) -> InvalidInput {
    InvalidInput(
      source: "step \(step)",
      [
        Fault(
          "action", "\(action) is none of this world",
          remedy: "it has controls of \(counts ?? []) actions, counted from 0")
      ])
  }

  @inlinable
  func stream(_ episode: UInt64, _ step: UInt64) -> RandomStream {
    RandomStream(seed: seed, episode: episode, step: step, purpose: .environment)
  }
}

/// What came of one episode.
public struct Episode: Hashable, Sendable {
  /// Its number among the episodes of the seed.
  public internal(set) var index: UInt64
  /// What was recorded.
  public var steps: [StepRecord] = []
  /// Whether the goal was reached at some step; nil in a world without one.
  public var reachedGoal: Bool?
  /// The last action taken.
  public var lastAction: [Int] = []

  /// An episode of which nothing is known yet.
  public init(index: UInt64) { self.index = index }
}
