extension Simulation {
  /// Runs independent episodes on several threads and delivers what came of each, in their order.
  ///
  /// The calling thread works as well, and it alone delivers. Each thread takes a few episodes at a
  /// time, about a millisecond of them, so that none waits for another. Memory is constant in the number
  /// of episodes: a thread that is too far ahead of what has been delivered waits.
  ///
  /// - Parameters:
  ///   - episodes: which ones.
  ///   - threads: how many work at once, at least 1.
  ///   - makeAgent: makes the agent of one thread, on that thread; it forgets between episodes.
  ///   - finish: turns a finished episode into what is delivered, on the thread that ran it.
  ///   - caughtUp: called on the calling thread after deliveries, once nothing more is ready and before
  ///     it works or waits: where to write out what `deliver` has gathered. Not after the last failure.
  ///   - deliver: takes the results one at a time in episode order; false ends the run.
  /// - Throws: what `makeAgent` throws; the first failure in episode order, once everything before it
  ///   has been delivered.
  @inlinable
  public func run<A: Agent, Finished: Sendable>(
    episodes: Range<UInt64>, threads: Int, makeAgent: @escaping @Sendable () throws -> A,
    finish: @escaping @Sendable (Episode, A) -> Finished, caughtUp: () throws -> Void = {},
    deliver: (Finished) throws -> Bool
  ) throws {
    let count = episodes.upperBound - episodes.lowerBound
    let threads = Int(Swift.min(UInt64(Swift.max(threads, 1)), Swift.max(count, 1)))
    var agent = try makeAgent()
    let queue = EpisodeQueue<Finished>(episodes, threads: threads, chunkSize: chunkSize)
    let others = WorkerThreads(threads - 1) {
      do {
        var agent = try makeAgent()
        try work(&agent, queue, finish) { queue.claim(lanes: $0) }
      } catch {
        if let chunk = queue.claim(lanes: 1) { queue.complete(chunk, [], failure: error) }
      }
    }
    defer {
      queue.stop()
      others.join()
    }
    try work(&agent, queue, finish) {
      try queue.deliverOrClaim(lanes: $0, deliver, caughtUp: caughtUp)
    }
  }

  /// Runs chunks of episodes as long as there is one.
  @inlinable
  func work<A: Agent, Finished: Sendable>(
    _ agent: inout A, _ queue: EpisodeQueue<Finished>, _ finish: (Episode, A) -> Finished,
    next: (_ lanes: Int) throws -> EpisodeChunk?
  ) throws {
    // A copy of this thread's own.
    let actionCounts = environment.actionCounts.map { $0.map { $0 } }
    let isCancelled = isCancelled
    var recorders: [EpisodeRecorder] = []
    var observation: [Observation] = []
    while let chunk = try next(agent.laneCount) {
      var results: [Finished] = []
      results.reserveCapacity(chunk.count)
      var failure: (any Error)?
      let isOver = { isCancelled() || queue.isUnwanted(chunk) }
      do {
        var first = chunk.episodes.lowerBound
        while first < chunk.episodes.upperBound {
          let lanes = Swift.min(UInt64(agent.laneCount), chunk.episodes.upperBound - first)
          // Fewer are as quick one by one.
          while recorders.count < Int(lanes) { recorders.append(EpisodeRecorder(index: 0)) }
          if lanes >= 3 {
            try runLanes(
              &agent, first..<first + lanes, &recorders, actionCounts, isCancelled: isOver,
              &results, finish)
          } else {
            for index in first..<first + lanes {
              agent.forget()
              recorders[0].restart(index: index)
              try run(
                &agent, into: &recorders[0], observation: &observation,
                actionCounts: actionCounts, isCancelled: isOver)
              results.append(finish(recorders[0].episode, agent))
            }
          }
          first += lanes
        }
      } catch {
        failure = error
      }
      queue.complete(chunk, results, failure: failure)
    }
  }
}
