import Inference

extension ActiveInferenceAgent {
  /// Learns from a step: from the window that it was inferred with where there is one, and of the whole past
  /// where that is smoothed.
  func learn(_ observation: [Observation], _ learning: AgentLearning<SingleArithmetic>) {
    let evidence = Evidence.observations(observation)
    if let counts = window?.counts {
      learning.learn(counts, evidence, hasPlanned: !followsPlan)
    } else {
      learning.learn(evidence, isFirst: step == 0, hasPlanned: !followsPlan)
    }
    guard let hindsight else { return }
    hindsight.learn(observation, after: engine.actions, isFirst: step == 0, engine.tables)
    learning.refreshEverything()
  }
}
