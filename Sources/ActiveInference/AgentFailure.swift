import Inference

/// Why an agent could not take a step.
public enum AgentFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// An observation does not fit the model.
  case observation(step: Int, InvalidInput)
  /// An observation has probability zero under what the agent believes.
  case impossible(step: Int, modality: String, outcome: String)
  /// Policies could not be scored.
  case planning(step: Int, PlanningFailure)
  /// A replaced part has answered with something that does not fit the model.
  case part(step: Int, InvalidInput)
  /// Policies are sequences over a whole episode, and it goes on after their last action.
  case beyondPolicies(step: Int, horizon: Int)
  /// A step is to go on that nothing has been perceived in.
  case nothingPerceived(step: Int)

  /// What happened, at which step, and what to do.
  public var description: String {
    switch self {
    case .observation(_, let faults): faults.description
    case .beyondPolicies(let step, let horizon):
      "step \(step): under mmp-spm a policy is a sequence of actions over the whole episode, and these have"
        + " \(horizon), for observations 0 to \(horizon); give planning.horizon or the model's policies as"
        + " many actions as the episode has"
    case .part(let step, let faults): "step \(step): \(faults)"
    case .nothingPerceived(let step):
      "step \(step): nothing has been perceived yet; perceive an observation first"
    case .impossible(let step, let modality, let outcome):
      "step \(step), \(modality): \(outcome) has probability zero under the model and the belief"
        + " before it; correct the model, or set inference.impossible to ignore"
    case .planning(let step, let failure): "step \(step): \(failure)"
    }
  }
}
