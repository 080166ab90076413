/// Records one episode after the other, in the memory of the one before where nobody has kept it.
@usableFromInline
struct EpisodeRecorder {
  /// The episode that is being recorded.
  @usableFromInline var episode: Episode

  /// Begins an episode.
  @usableFromInline
  init(index: UInt64) { episode = Episode(index: index) }

  /// Begins another episode.
  @usableFromInline
  mutating func restart(index: UInt64) {
    episode.steps.removeAll(keepingCapacity: true)
    episode.index = index
    episode.reachedGoal = nil
    episode.lastAction = []
  }

  /// Records a step.
  @usableFromInline
  mutating func append(
    _ t: Int, _ observation: [Observation], _ states: [Int], _ action: [Int]
  ) {
    episode.steps.append(
      StepRecord(
        t: t, RecordedObservation(observation), states.isEmpty ? nil : RecordedStates(states),
        action: action))
  }

  /// Has the agent say what it thought in the step that was recorded last.
  @inlinable
  mutating func describe(_ describe: (inout StepRecord) -> Void) {
    describe(&episode.steps[episode.steps.count - 1])
  }
}
