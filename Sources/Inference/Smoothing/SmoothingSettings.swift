/// How beliefs about past states are found from a whole sequence: the keys of `inference.smoothing` of
/// `aif.agent/1`.
public struct SmoothingSettings: Hashable, Sendable {
  /// How factors that depend on one another are smoothed.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    /// Exactly where a group of factors has up to 4,096 joint states, else structured.
    case automatic = "auto"
    /// Forward and back over the joint states of each group of factors.
    case exact
    /// One chain a factor, each smoothed given what is believed of the others: an approximation, whose free
    /// energy bounds the log evidence.
    case structured
  }

  /// How groups are smoothed.
  public var method: Method = .automatic
  /// Structured smoothing goes through its factors at most so often.
  public var sweeps = 64
  /// Structured smoothing ends when a sweep lowers free energy by less, in nats.
  public var tolerance = 1e-9

  /// Exact where that is cheap.
  public init() {}
}
