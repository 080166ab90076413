import ActiveInference

/// Turns finished episodes into lines of `aif.trace/1`.
final class EpisodeWriter: Sendable {
  private let model: GenerativeModel
  private let configuration: AgentConfiguration
  private let reference: Trace.EnvironmentReference
  private let seed: UInt64
  private let level: RecordLevel
  private let writer: TraceLineWriter
  /// The end of every line of an agent that does not learn; nil where it learns.
  private let commonEnding: [UInt8]?

  init(
    model: GenerativeModel, configuration: AgentConfiguration,
    reference: Trace.EnvironmentReference, seed: UInt64, level: RecordLevel
  ) {
    self.model = model
    self.configuration = configuration
    self.reference = reference
    self.seed = seed
    self.level = level
    writer = TraceLineWriter(
      build: Build.version, model: model, agent: configuration, environment: reference, seed: seed)
    let learns = configuration.learning != LearningSettings()
    commonEnding = learns ? nil : writer.ending(model.concentration)
  }

  /// What all lines of episodes that began with the counts of the model begin with.
  var heading: [UInt8] { writer.heading }

  /// The rest of the line of an episode that began with the counts of the model.
  func rest(_ episode: Episode, _ agent: ActiveInferenceAgent) -> [UInt8] {
    var line: [UInt8] = []
    writer.append(
      episode: Int(episode.index), steps: steps(episode),
      ending: commonEnding ?? writer.ending(agent.concentration), to: &line)
    return line
  }

  /// The line of an episode that began with counts learned before: the trace's model has them, so
  /// that it can be replayed by itself.
  ///
  /// - Parameter process: the model that is the world, where a model file is.
  func line(
    _ episode: Episode, _ agent: ActiveInferenceAgent,
    startingFrom counts: GenerativeModel.Concentration, process: GenerativeModel
  ) throws -> [UInt8] {
    let start = try model.replacing(concentration: counts)
    var reference = reference
    if reference.id == "model" && start != process { reference.process = process }
    let writer = EpisodeWriter(
      model: start, configuration: configuration, reference: reference, seed: seed, level: level)
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
