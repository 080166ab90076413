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
  /// Smooths an episode that has ended, where `inference.smoothing` asks for it, under the counts learned until
  /// now.
  ///
  /// What is believed about all of its steps goes into the last. With `inference.horizon` each step has what was
  /// believed then of the last so many instead; under `vmp`, `mmp` and `mmp-legacy`, whose steps have windows of
  /// their own, the last step alone.
  ///
  /// - Throws: ``InvalidInput`` where an observation is impossible or the episode too long to be held.
  public func conclude(_ steps: inout [StepRecord], level: RecordLevel) throws {
    guard level >= .beliefs, blueprint.configuration.inference.smoothing != nil,
      let smoother = blueprint.smoother, !steps.isEmpty
    else { return }
    settle()
    let record = BehaviourRecord(
      observations: steps.map(\.observation), actions: steps.dropLast().compactMap(\.action))
    if let horizon = blueprint.inference.horizon {
      let isExact = smoother.groups.allSatisfy(\.isExact)
      let windows = try smoother.smooth(record, horizon: horizon, engine.tables)
      for index in blueprint.inference.algorithm.readsHorizon
        ? steps.indices.suffix(1) : steps.indices
      {
        steps[index].smoothed = SmoothedBeliefs(windows[index], isExact: isExact)
      }
      return
    }
    let sequence = try smoother.smooth(record, engine.tables)
    steps[steps.count - 1].smoothed = SmoothedBeliefs(
      windowStart: 0, beliefs: sequence.beliefs, logEvidence: sequence.logEvidence,
      logEvidenceBound: sequence.isExact ? nil : sequence.logEvidenceBound)
  }
}

extension SmoothedBeliefs {
  fileprivate init(_ window: SmoothedWindow, isExact: Bool) {
    self.init(
      windowStart: window.start, beliefs: window.beliefs,
      logEvidence: isExact ? window.logEvidenceBound : nil,
      logEvidenceBound: isExact ? nil : window.logEvidenceBound)
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
