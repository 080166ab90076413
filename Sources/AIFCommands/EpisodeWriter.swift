import ActiveInference

/// Turns finished episodes into lines of `aif.trace/1`.
final class EpisodeWriter: Sendable {
  /// What they begin with.
  private let start: Trace
  private let level: RecordLevel
  private let writer: TraceLineWriter
  /// The end of every line of an agent that does not learn; nil where it learns.
  private let commonEnding: [UInt8]?

  init(_ start: Trace, level: RecordLevel) {
    self.start = start
    self.level = level
    writer = TraceLineWriter(start)
    let learns = ([start.agent] + start.levels.map(\.agent))
      .contains { $0.learning != LearningSettings() }
    commonEnding = learns ? nil : writer.ending([start.final] + start.finalAbove)
  }

  /// What all lines of episodes that began with the counts of the model begin with.
  var heading: [UInt8] { writer.heading }

  /// The rest of the line of an episode that began with the counts of the model.
  func rest(_ episode: Episode, _ agent: some RecordedAgent) -> [UInt8] {
    var line: [UInt8] = []
    writer.append(
      episode: Int(episode.index), steps: steps(episode),
      ending: commonEnding ?? writer.ending(agent.concentrations), to: &line)
    return line
  }

  /// The line of an episode that began with counts learned before: the trace's model has them, so
  /// that it can be replayed by itself.
  ///
  /// - Parameter process: the model that is the world, where a model file is.
  func line(
    _ episode: Episode, _ agent: some RecordedAgent,
    startingFrom counts: GenerativeModel.Concentration, process: GenerativeModel
  ) throws -> [UInt8] {
    var start = start
    start.model = try start.model.replacing(concentration: counts)
    if start.environment?.id == "model" && start.model != process {
      start.environment?.process = process
    }
    let writer = EpisodeWriter(start, level: level)
    return writer.heading + writer.rest(episode, agent)
  }

  /// An episode may have been recorded in more detail, to be shown.
  private func steps(_ episode: Episode) -> [StepRecord] {
    switch level {
    case .none: []
    case .iterates: episode.steps
    default: episode.steps.map { $0.reduced(to: level) }
    }
  }
}
