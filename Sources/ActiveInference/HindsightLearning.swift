import GenerativeModel
import Inference
import Kernels

/// Learns A, B and D from everything that has happened in the episode: counts are those that it began with
/// and what is now believed to have happened at each of its steps, so each datum counts once.
final class HindsightLearning {
  private let smoother: Smoother
  private let counts: SequenceCounts
  private let statistics: SequenceStatistics
  /// With the counts that the episode began with.
  let first: ModelTables<Double>
  /// What was observed, and what was done between.
  private(set) var record = BehaviourRecord(observations: [], actions: [])

  init(_ blueprint: CompiledAgent) throws(InvalidInput) {
    var inference = blueprint.inference
    // What the agent's own scheme took for possible is not to end it now.
    if inference.impossible == .error { inference.impossible = .ignore }
    smoother = try Smoother(
      blueprint.model, inference.smoothing ?? SmoothingSettings(), inference: inference)
    counts = try SequenceCounts(
      blueprint.configuration.learning, blueprint.compiled, original: blueprint.tables)
    statistics = SequenceStatistics(blueprint.compiled, blueprint.tables, outcomes: .observed)
    first = blueprint.tables.copy()
  }

  /// Refuses a step for which there is no room, before it is taken.
  func checkRoom(isFirst: Bool) throws(InvalidInput) {
    try smoother.checkMemory(steps: isFirst ? 1 : record.observations.count + 1)
  }

  /// Takes up a step.
  ///
  /// - Parameter action: what led to it, one entry a control.
  func note(
    _ observation: [Observation], after action: [Int], isFirst: Bool, _ tables: ModelTables<Double>
  ) {
    if isFirst {
      first.restore(from: tables) { $0 }
      record = BehaviourRecord(observations: [], actions: [])
    } else {
      record.actions.append(action)
    }
    record.observations.append(observation)
  }

  /// Learns from the episode up to now.
  func learn(_ tables: ModelTables<Double>) {
    statistics.reset()
    // Room has been checked and what is impossible is ignored, so this cannot fail.
    try? smoother.addStatistics(of: record, tables, to: statistics)
    counts.set(tables, from: first, adding: statistics)
  }

  /// Goes on after what has been observed and done.
  func resume(_ record: BehaviourRecord, from concentration: ModelTables<Double>) {
    self.record = record
    first.restore(from: concentration) { $0 }
  }
}
