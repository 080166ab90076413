import ActiveInference

/// Turns finished episodes into lines of `aif.trace/1`.
struct EpisodeWriter: Sendable {
  private let model: GenerativeModel
  private let configuration: AgentConfiguration
  private let reference: Trace.EnvironmentReference
  private let seed: UInt64
  private let level: RecordLevel
  private let writer: TraceLineWriter

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
  }

  /// The line of an episode that began with the counts of the model.
  func line(_ episode: Episode, _ agent: ActiveInferenceAgent) -> [UInt8] {
    var line: [UInt8] = []
    writer.append(
      episode: Int(episode.index),
      steps: level == .none ? [] : episode.steps.map { $0.reduced(to: level) },
      final: agent.concentration, to: &line)
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
    return EpisodeWriter(
      model: start, configuration: configuration, reference: reference, seed: seed, level: level
    ).line(episode, agent)
  }
}
