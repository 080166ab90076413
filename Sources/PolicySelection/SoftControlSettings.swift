/// How control is inferred: `planning.softControl` of `aif.agent/1`.
public struct SoftControlSettings: Hashable, Sendable {
  /// How chance in the dynamics is taken.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// As it is: the agent chooses its actions alone, at the cost of their divergence from the prior.
    case klRegularised
    /// As it would have to be for all to go well: the posterior given optimality, which is optimistic
    /// where the dynamics are stochastic.
    case exactConditioning
  }

  /// How chance in the dynamics is taken.
  public var mode: Mode = .klRegularised

  /// Chance as it is.
  public init() {}
}
