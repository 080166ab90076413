/// The keys of `planning.mcts`, for the method `mcts`.
public struct TreeSearchSettings: Hashable, Sendable {
  /// Simulations a step, at least 1; each goes through every joint action at the root. The standard error
  /// of a value falls with their square root.
  public var simulations = 64

  /// The settings of `preset: default`.
  public init() {}
}
