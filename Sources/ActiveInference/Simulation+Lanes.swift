extension Simulation {
  /// Runs episodes side by side, or one by one where that cannot be done.
  @inlinable
  func runLanes<A: Agent, Finished>(
    _ agent: inout A, _ episodes: Range<UInt64>, _ recorders: inout [EpisodeRecorder],
    _ actionCounts: [Int]?, isCancelled: () -> Bool, _ results: inout [Finished],
    _ finish: (Episode, A) -> Finished
  ) throws {
    do {
      try runSideBySide(&agent, episodes, &recorders, actionCounts, isCancelled: isCancelled)
      for lane in 0..<episodes.count {
        agent.present(lane: lane)
        results.append(finish(recorders[lane].episode, agent))
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
      recorders[0].restart(index: index)
      var observation: [Observation] = []
      try run(
        &agent, into: &recorders[0], observation: &observation, actionCounts: actionCounts,
        isCancelled: isCancelled)
      results.append(finish(recorders[0].episode, agent))
    }
  }

  @inlinable
  func runSideBySide<A: Agent>(
    _ agent: inout A, _ episodes: Range<UInt64>, _ recorders: inout [EpisodeRecorder],
    _ actionCounts: [Int]?, isCancelled: () -> Bool
  ) throws {
    let isRecording = level != .none
    agent.begin(seed: seed, lanes: episodes)
    let lanes = 0..<episodes.count
    for (lane, index) in episodes.enumerated() { recorders[lane].restart(index: index) }
    var observations = [[Observation]](repeating: [], count: lanes.count)
    var actions = [[Int]](repeating: [], count: lanes.count)
    var states: [World.State] = []
    for lane in lanes {
      var random = stream(recorders[lane].episode.index, 0)
      states.append(environment.reset(using: &random, observation: &observations[lane]))
    }
    for t in 0..<steps {
      if isCancelled() { throw CancellationError() }
      if t > 0 {
        for lane in lanes {
          var random = stream(recorders[lane].episode.index, UInt64(t))
          environment.step(
            &states[lane], action: actions[lane], using: &random,
            observation: &observations[lane])
        }
      }
      try agent.act(onLanes: observations, actions: &actions)
      for lane in lanes {
        if !isKnown(actions[lane], actionCounts) {
          throw unknown(actions[lane], actionCounts, step: t)
        }
        if let reached = environment.goalReached(
          states[lane], observation: observations[lane])
        {
          recorders[lane].episode.reachedGoal =
            recorders[lane].episode.reachedGoal == true || reached
        }
        if !isRecording { continue }
        recorders[lane].append(
          t, observations[lane], environment.hiddenStates(states[lane]), actions[lane])
        recorders[lane].describe { agent.describe(&$0, lane: lane, level: level) }
      }
    }
    for lane in lanes { recorders[lane].episode.lastAction = actions[lane] }
  }
}
