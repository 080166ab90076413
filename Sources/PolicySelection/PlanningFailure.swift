/// Why policies could not be scored.
public enum PlanningFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A group of modalities that share uncertain parents has too many joint outcomes.
  case jointOutcomes(modalities: [String], count: Double)
  /// An action has too many joint outcomes to follow each.
  case outcomes(most: Int)
  /// Modalities that share parents have too many joint states to find the probabilities of their outcomes.
  case jointStates(most: Int)
  /// The memory of a search does not hold what each action leads to.
  case memory

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .jointOutcomes(let modalities, let count):
      "the joint information gain of \(modalities.joined(separator: ", ")) has \(count) joint"
        + " outcomes, more than 2^20; set planning.informationGain to perModality"
    case .outcomes(let most):
      "an action has more than \(most) joint outcomes to follow; raise planning.outcomeThreshold, or"
        + " use another planning.method"
    case .jointStates(let most):
      "modalities that share parents have more than \(most) joint states to foresee outcomes from; use"
        + " another planning.method"
    case .memory:
      "what each action leads to does not fit into planning.budget.mebibytes; raise it"
    }
  }
}
