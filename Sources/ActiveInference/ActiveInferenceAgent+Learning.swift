import Inference

extension ActiveInferenceAgent {
  /// Learns from a step: from the window that it was inferred with where there is one, and of the whole past
  /// where that is smoothed.
  func learn(_ observation: [Observation], _ learning: AgentLearning<SingleArithmetic>) {
    // Before anything is learned: the episode began with these counts.
    noteForHindsight(observation)
    let evidence = Evidence.observations(observation)
    if let counts = window?.counts {
      learning.learn(counts, evidence, hasPlanned: !followsPlan)
    } else {
      learning.learn(evidence, isFirst: step == 0, hasPlanned: !followsPlan)
    }
    learnInHindsight(learning)
  }

  /// Learns from an episode that policies have come to the end of (`mmp-spm`), or keeps in mind what it will be
  /// learned from.
  func learn(
    _ observation: [Observation], _ learning: AgentLearning<SingleArithmetic>,
    _ episode: EpisodeByPolicy
  ) {
    noteForHindsight(observation)
    guard episode.isAtEnd else { return }
    episode.learn(learning)
    learnInHindsight(learning)
  }

  private func noteForHindsight(_ observation: [Observation]) {
    hindsight?.note(
      observation, after: taken.array(0..<taken.count), isFirst: step == 0, engine.tables)
  }

  private func learnInHindsight(_ learning: AgentLearning<SingleArithmetic>) {
    guard let hindsight else { return }
    hindsight.learn(engine.tables)
    learning.refreshEverything()
    window?.inference.followTransitions()
  }
}
