extension Simulation {
  /// Runs episodes side by side, or one by one where that cannot be done.
  @inlinable
  func runLanes<A: Agent, Finished>(
    _ agent: inout A, _ episodes: Range<UInt64>, _ actionCounts: [Int]?, isCancelled: () -> Bool,
    _ results: inout [Finished], _ finish: (Episode, A) -> Finished
  ) throws {
    do {
      let finished = try runSideBySide(
        &agent, episodes, actionCounts, isCancelled: isCancelled)
      for (lane, episode) in finished.enumerated() {
        agent.present(lane: lane)
        results.append(finish(episode, agent))
      }
      return
    } catch let cancellation as CancellationError {
      throw cancellation
    } catch {
      // One of them is out of the ordinary: each is lived again by itself, so that those before it are
      // finished and its failure is its own.
    }
    for index in episodes {
      agent.forget()
      var episode = Episode(index: index)
      var observation: [Observation] = []
      try run(
        &agent, into: &episode, observation: &observation, actionCounts: actionCounts,
        isCancelled: isCancelled)
      results.append(finish(episode, agent))
    }
  }

  @inlinable
  func runSideBySide<A: Agent>(
    _ agent: inout A, _ episodes: Range<UInt64>, _ actionCounts: [Int]?, isCancelled: () -> Bool
  ) throws -> [Episode] {
    let isRecording = level != .none
    agent.begin(seed: seed, lanes: episodes)
    var finished = episodes.map { Episode(index: $0) }
    var observations = [[Observation]](repeating: [], count: finished.count)
    var actions = [[Int]](repeating: [], count: finished.count)
    var states: [World.State] = []
    for lane in finished.indices {
      var random = stream(finished[lane].index, 0)
      states.append(environment.reset(using: &random, observation: &observations[lane]))
    }
    for t in 0..<steps {
      if isCancelled() { throw CancellationError() }
      if t > 0 {
        for lane in finished.indices {
          var random = stream(finished[lane].index, UInt64(t))
          environment.step(
            &states[lane], action: actions[lane], using: &random,
            observation: &observations[lane])
        }
      }
      try agent.act(onLanes: observations, actions: &actions)
      for lane in finished.indices {
        if !isKnown(actions[lane], actionCounts) {
          throw unknown(actions[lane], actionCounts, step: t)
        }
        if let reached = environment.goalReached(
          states[lane], observation: observations[lane])
        {
          finished[lane].reachedGoal = finished[lane].reachedGoal == true || reached
        }
        if !isRecording { continue }
        finished[lane].append(
          t, &observations[lane], environment.hiddenStates(states[lane]), actions[lane])
        agent.describe(
          &finished[lane].steps[finished[lane].steps.count - 1], lane: lane, level: level)
      }
    }
    for lane in finished.indices { finished[lane].lastAction = actions[lane] }
    return finished
  }
}
