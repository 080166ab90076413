import Dispatch

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
  public func run<A: Agent>(_ agent: inout A, episode: UInt64) throws -> Episode {
    // Held here once: from the structure it would be copied for each call.
    let environment = environment
    let actionCounts = environment.actionCounts
    agent.begin(seed: seed, episode: episode)
    var result = Episode(index: episode)
    if level > .none { result.steps.reserveCapacity(Swift.min(steps, 1024)) }
    var random = stream(episode, 0)
    var (state, observation) = environment.reset(using: &random)
    for t in 0..<steps {
      if isCancelled() { throw CancellationError() }
      if t > 0 {
        random = stream(episode, UInt64(t))
        observation = environment.step(&state, action: result.lastAction, using: &random)
      }
      result.lastAction = try agent.act(on: observation)
      try check(result.lastAction, actionCounts, step: t)
      if let reached = environment.goalReached(state, observation: observation) {
        result.reachedGoal = result.reachedGoal == true || reached
      }
      if level == .none { continue }
      var step = StepRecord(t: t, observation: observation, action: result.lastAction)
      let states = environment.hiddenStates(state)
      if !states.isEmpty { step.states = states }
      agent.describe(&step, level: level)
      result.steps.append(step)
    }
    return result
  }

  /// Refuses an action that the world does not have.
  private func check(_ action: [Int], _ counts: [Int]?, step: Int) throws(InvalidInput) {
    guard let counts else { return }
    if action.count == counts.count {
      var isKnown = true
      for control in action.indices {
        isKnown = isKnown && action[control] >= 0 && action[control] < counts[control]
      }
      if isKnown { return }
    }
    throw InvalidInput(
      source: "step \(step)",
      [
        Fault(
          "action", "\(action) is none of this world",
          remedy: "it has controls of \(counts) actions, counted from 0")
      ])
  }

  private func stream(_ episode: UInt64, _ step: UInt64) -> RandomStream {
    RandomStream(seed: seed, episode: episode, step: step, purpose: .environment)
  }
}

/// What came of one episode.
public struct Episode: Hashable, Sendable {
  /// Its number among the episodes of the seed.
  public let index: UInt64
  /// What was recorded.
  public var steps: [StepRecord] = []
  /// Whether the goal was reached at some step; nil in a world without one.
  public var reachedGoal: Bool?
  /// The last action taken.
  public var lastAction: [Int] = []

  /// An episode of which nothing is known yet.
  public init(index: UInt64) { self.index = index }
}

extension Simulation {
  /// Runs independent episodes on several threads and delivers what came of each, in their order.
  ///
  /// Memory is constant in the number of episodes: at most 64 a thread are held at a time.
  ///
  /// - Parameters:
  ///   - episodes: which ones.
  ///   - threads: how many work at once, at least 1.
  ///   - makeAgent: makes the agent of one thread; it forgets between episodes.
  ///   - finish: turns a finished episode into what is delivered, on the thread that ran it.
  ///   - deliver: takes the results one at a time in episode order; false ends the run.
  /// - Throws: the first failure in episode order, once everything before it has been delivered.
  public func run<A: Agent, Finished: Sendable>(
    episodes: Range<UInt64>, threads: Int, makeAgent: @Sendable () throws -> A,
    finish: @escaping @Sendable (Episode, A) -> Finished, deliver: (Finished) throws -> Bool
  ) throws {
    let threads = Swift.max(1, threads)
    let workers = try (0..<threads).map { _ in Worker<A, Finished>(agent: try makeAgent()) }
    let share = (episodes.upperBound - episodes.lowerBound) / UInt64(threads)
    let chunk = Swift.min(63, share) + 1
    var next = episodes.lowerBound
    while next < episodes.upperBound {
      let first = next
      let left = episodes.upperBound - first
      DispatchQueue.concurrentPerform(iterations: threads) { index in
        let lower = first + Swift.min(UInt64(index) * chunk, left)
        let upper = first + Swift.min(UInt64(index + 1) * chunk, left)
        workers[index].run(lower..<upper, self, finish)
      }
      for worker in workers {
        for result in worker.results where try !deliver(result) { return }
        if let failure = worker.failure { throw failure }
      }
      next = first + Swift.min(UInt64(threads) * chunk, left)
    }
  }
}

/// One thread's agent and what it has finished. Only one thread at a time touches it: the one that
/// runs its chunk, and between chunks the one that delivers.
private final class Worker<A: Agent, Finished: Sendable>: @unchecked Sendable {
  var agent: A
  var results: [Finished] = []
  var failure: (any Error)?

  init(agent: A) { self.agent = agent }

  func run<World: Environment>(
    _ episodes: Range<UInt64>, _ simulation: Simulation<World>,
    _ finish: (Episode, A) -> Finished
  ) {
    results.removeAll(keepingCapacity: true)
    failure = nil
    for episode in episodes {
      do {
        agent.forget()
        let finished = try simulation.run(&agent, episode: episode)
        results.append(finish(finished, agent))
      } catch {
        failure = error
        return
      }
    }
  }
}
