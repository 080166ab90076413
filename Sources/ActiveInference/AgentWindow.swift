import GenerativeModel
import Inference
import Kernels

/// The steps that an agent with `vmp` or `mmp` infers together, and what it learns of them.
final class AgentWindow {
  let inference: WindowInference
  let counts: WindowCounts?

  /// Nil where each step is inferred alone, or by a part that is not the library's.
  init?(_ engine: AgentStep<SingleArithmetic>, _ learning: AgentLearning<SingleArithmetic>?) {
    let blueprint = engine.blueprint
    guard blueprint.hasWindow, let logs = engine.logs else { return nil }
    let inference = WindowInference(
      blueprint.space, blueprint.inference, engine.dynamics, engine.tables, logs,
      learnsLikelihoods: blueprint.configuration.learning.likelihood != nil,
      endsIterations: blueprint.savings.contains(.endedIterations))
    self.inference = inference
    counts = learning.map { WindowCounts(inference, $0.learning, engine.tables, logs) }
  }

  /// Follows parameters that have been set anew; what is in the window is counted from its next step on.
  func follow() {
    inference.followTransitions()
    counts?.settle()
  }
}

extension CompiledAgent {
  /// Whether the states of several steps are inferred together.
  var hasWindow: Bool { inference.algorithm.hasWindow && parts.beliefs == nil }
}

extension ActiveInferenceAgent {
  /// What is believed of every step of the window that the last step was inferred with, averaged over policies
  /// where it is inferred by policy; nil where each step is inferred alone.
  public var smoothedBeliefs: SmoothedBeliefs? {
    if step == 0 { return nil }
    if let byPolicy, byPolicy.episode == nil, byPolicy.messages.time >= 0 {
      return SmoothedBeliefs(
        windowStart: byPolicy.messages.firstStep,
        beliefs: averages(byPolicy, times: byPolicy.messages.time + 1))
    }
    guard let window = window?.inference, window.windowLength > 0 else { return nil }
    return SmoothedBeliefs(
      windowStart: window.windowStart,
      beliefs: (0..<window.windowLength).map { factors(window.smoothed(at: $0)) })
  }

  /// Takes back the beliefs of a step that has not been completed.
  func undoBeliefs() {
    engine.swapBeliefs()
    window?.inference.swapBeliefs()
  }

  /// Finds the belief of the step.
  func inferStates(_ observation: [Observation]) throws(ImpossibleObservation) {
    let report = recordsIterates ? noteIterate : nil
    guard let window else {
      try engine.infer(.observations(observation), iterates: report)
      outcome = engine.inference.outcome
      return
    }
    try window.inference.infer(
      step: step, observation, prior: engine.prior.belief, actions: engine.actions.base,
      ignored: engine.inference.ignored, into: engine.belief.belief, iterates: report)
    outcome = window.inference.outcome
  }
}

extension AgentLearning where Arithmetic == SingleArithmetic {
  /// Learns from the window that the step was inferred with.
  func learn(_ counts: WindowCounts, _ evidence: Evidence, hasPlanned: Bool) {
    counts.learn()
    learnRest(evidence, hasPlanned: hasPlanned)
    refreshPlanning()
  }
}
