/// What one modality delivers at one step.
public enum Observation: Hashable, Sendable {
  /// An outcome by its index.
  case outcome(Int)
  /// A probability for each outcome: the outcome itself is uncertain.
  case distribution([Double])
  /// Nothing was observed.
  case missing
}
