import GenerativeModel
import Inference
import Kernels

extension AgentConfiguration {
  /// What smooths whole episodes; nil where nothing asks for it.
  ///
  /// - Throws: ``InvalidInput`` where the settings do not fit the model.
  func smoother(
    of model: GenerativeModel, _ laidOut: LaidOutModel?
  ) throws(InvalidInput) -> Smoother? {
    if learning.smoothing { try learning.checkSmoothing() }
    guard inference.smoothing != nil || learning.smoothing else { return nil }
    return try Smoother(
      model, inference.smoothing ?? SmoothingSettings(), inference: inference, laidOut: laidOut)
  }
}

extension ActiveInferenceAgent {
  /// Smooths an episode that has ended, where `inference.smoothing` asks for it: what is believed about all of
  /// its steps, under the counts learned until now, goes into the last.
  ///
  /// - Throws: ``InvalidInput`` where an observation is impossible or the episode too long to be held.
  public func conclude(_ steps: inout [StepRecord], level: RecordLevel) throws {
    guard level >= .beliefs, blueprint.configuration.inference.smoothing != nil,
      let smoother = blueprint.smoother, !steps.isEmpty
    else { return }
    settle()
    let record = BehaviourRecord(
      observations: steps.map(\.observation), actions: steps.dropLast().compactMap(\.action))
    let sequence = try smoother.smooth(record, engine.tables)
    steps[steps.count - 1].smoothed = SmoothedBeliefs(
      windowStart: 0, beliefs: sequence.beliefs, logEvidence: sequence.logEvidence,
      logEvidenceBound: sequence.isExact ? nil : sequence.logEvidenceBound)
  }
}

extension ActiveInferenceAgent {
  /// Refuses a step after which the episode would be too long to be learned from as a whole.
  func checkRoom() throws {
    guard let hindsight else { return }
    do throws(InvalidInput) {
      try hindsight.checkRoom(isFirst: step == 0)
    } catch {
      throw AgentFailure.part(step: step, error)
    }
  }
}

/// Learns A, B and D from everything that has happened in the episode: counts are those that it began with
/// and what is now believed to have happened at each of its steps, so each datum counts once.
final class HindsightLearning {
  private let smoother: Smoother
  private let counts: SequenceCounts
  private let statistics: SequenceStatistics
  /// With the counts that the episode began with.
  private let first: ModelTables<Double>
  private var observations: [[Observation]] = []
  /// `[step][factor]`: the joint action that led from a step to the next.
  private var actions: [Int] = []

  init(_ blueprint: CompiledAgent) throws(InvalidInput) {
    var inference = blueprint.inference
    // What the agent's own scheme took for possible is not to end it now.
    if inference.impossible == .error { inference.impossible = .ignore }
    smoother = try Smoother(
      blueprint.model, inference.smoothing ?? SmoothingSettings(), inference: inference)
    counts = try SequenceCounts(blueprint.configuration.learning, blueprint.compiled)
    statistics = SequenceStatistics(blueprint.compiled, blueprint.tables, outcomes: .observed)
    first = blueprint.tables.copy()
  }

  /// Refuses a step for which there is no room, before it is taken.
  func checkRoom(isFirst: Bool) throws(InvalidInput) {
    try smoother.checkMemory(steps: isFirst ? 1 : observations.count + 1)
  }

  /// Learns from the episode up to a step.
  ///
  /// - Parameter factors: the joint action that led to it, by factor.
  func learn(
    _ observation: [Observation], after factors: FixedBuffer<Int>, isFirst: Bool,
    _ tables: ModelTables<Double>
  ) {
    if isFirst {
      first.restore(from: tables) { $0 }
      observations.removeAll(keepingCapacity: true)
      actions.removeAll(keepingCapacity: true)
    } else {
      for factor in 0..<factors.count { actions.append(factors.base[factor]) }
    }
    observations.append(observation)
    statistics.reset()
    // Room has been checked and what is impossible is ignored, so this cannot fail.
    try? smoother.addStatistics(of: observations, actions: actions, tables, to: statistics)
    counts.set(tables, from: first, adding: statistics)
  }
}
