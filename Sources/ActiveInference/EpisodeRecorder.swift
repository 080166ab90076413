/// Records one episode after the other, in the memory of those before where nobody has kept it.
@usableFromInline
struct EpisodeRecorder {
  /// The episode that is being recorded.
  @usableFromInline var episode: Episode
  /// Records of the last episode, from which memory is taken.
  private var spare: [StepRecord] = []

  /// Begins an episode.
  @usableFromInline
  init(index: UInt64) { episode = Episode(index: index) }

  /// Begins another episode.
  @usableFromInline
  mutating func restart(index: UInt64) {
    swap(&spare, &episode.steps)
    episode.steps.removeAll(keepingCapacity: true)
    episode.index = index
    episode.reachedGoal = nil
    episode.lastAction = []
  }

  /// Records a step, taking the observation over: the world puts the next one elsewhere.
  @usableFromInline
  mutating func append(
    _ t: Int, _ observation: inout [Observation], _ states: [Int], _ action: [Int]
  ) {
    guard var record = spare.popLast() else {
      var seen: [Observation] = []
      seen.reserveCapacity(observation.count)
      swap(&seen, &observation)
      episode.steps.append(
        StepRecord(t: t, observation: seen, states: states.isEmpty ? nil : states, action: action))
      return
    }
    record.begin(t, &observation, states, action)
    episode.steps.append(record)
  }

  /// Has the agent say what it thought in the step that was recorded last.
  @inlinable
  mutating func describe(_ describe: (inout StepRecord) -> Void) {
    describe(&episode.steps[episode.steps.count - 1])
  }
}
