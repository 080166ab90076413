import GenerativeModel
import Inference
import Kernels
import PolicySelection

/// What is kept of an episode whose policies are counted from its beginning, and what is learned of it.
///
/// What an agent does there depends on all observations of the episode and not on its last belief, nor on
/// the actions that were taken: under each policy its own are supposed.
final class EpisodeByPolicy {
  private let engine: AgentStep<SingleArithmetic>
  private let messages: PolicyMessagePassing
  private let horizon: Int
  /// What has been observed.
  @exclusivity(unchecked) private(set) var history: [[Observation]] = []
  /// The posterior over policies of every step: `[time][policy]`.
  private let posteriors: FixedBuffer<Double>

  init(_ engine: AgentStep<SingleArithmetic>, _ messages: PolicyMessagePassing, horizon: Int) {
    self.engine = engine
    self.messages = messages
    self.horizon = horizon
    history.reserveCapacity(horizon + 1)
    posteriors = FixedBuffer(zeros: (horizon + 1) * messages.policyCount)
  }

  /// Begins an episode.
  func begin() { history.removeAll(keepingCapacity: true) }

  /// Keeps an observation; what was impossible and is ignored counts as missing.
  func note(_ observation: [Observation]) {
    history.append(observation)
    for modality in 0..<messages.ignored.count where messages.ignored.base[modality] {
      history[history.count - 1][modality] = .missing
    }
  }

  /// Keeps the posterior over policies of the step.
  func notePosterior() {
    (posteriors.base + messages.time * messages.policyCount)
      .update(from: engine.posterior.base, count: messages.policyCount)
  }

  /// Whether the last observation that policies reach has been taken in.
  var isAtEnd: Bool { messages.time == horizon }

  /// Learns from the whole episode, each datum once: A and C from all times, D from the first, B from the
  /// transitions that each policy supposes, E from the last posterior.
  func learn(_ learning: AgentLearning<SingleArithmetic>) {
    let policies = messages.policyCount
    let belief = BeliefBuffer<Double>(engine.blueprint.space)
    let nothing = FixedBuffer(repeating: false, count: messages.ignored.count)
    let factors = engine.blueprint.compiled.factors.count
    for time in 0...horizon {
      messages.average(time, engine.posterior.base, into: belief.base)
      engine.dynamics.noteSupports(belief.belief)
      learning.learn(.observations(history[time]), ignored: nothing, belief: belief.belief)
      if time == 0 {
        learning.learnInitialStates(belief.belief)
        continue
      }
      let after = messages.beliefs.base + time * messages.stateCount
      learning.episode.learnTransitions(
        posterior: posteriors.base + time * policies, policies: policies,
        before: after - messages.stateCount, after: after, stride: messages.policyStride,
        actions: messages.actions.base + (time - 1) * factors, actionStride: horizon * factors,
        tables: engine.tables)
    }
    learning.episode.learnHabit(
      engine.posterior.base, belief: belief.belief, tables: engine.tables)
    learning.refreshEverything()
  }
}
