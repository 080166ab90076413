/// Why policies could not be scored.
public enum PlanningFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A group of modalities that share uncertain parents has too many joint outcomes.
  case jointOutcomes(modalities: [String], count: Double)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .jointOutcomes(let modalities, let count):
      "the joint information gain of \(modalities.joined(separator: ", ")) has \(count) joint"
        + " outcomes, more than 2^20; set planning.informationGain to perModality"
    }
  }
}
