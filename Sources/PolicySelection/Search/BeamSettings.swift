/// The keys of `planning.beam`, for the method `beam`.
public struct BeamSettings: Hashable, Sendable {
  /// Of the prefixes of one length that begin with the same joint action, how many go on; at least 1.
  public var width = 64

  /// The settings of `preset: default`.
  public init() {}
}
