/// How values are backed up and branches left out: the keys of `planning` for the method `sophisticated`.
public struct SophisticatedSettings: Hashable, Sendable {
  /// What a belief is worth, given what each action is worth there.
  public enum Backup: String, Hashable, Sendable, CaseIterable {
    /// The mean under softmax(gamma G + ln E): what an agent gets that goes on choosing so.
    case softmax
    /// The best of the actions that have prior probability.
    case max
  }

  /// What a belief is worth, given what each action is worth there.
  public var backup: Backup = .softmax
  /// An action is not followed where softmax(gamma G) of one step at its node is below this; in 0...1, 0
  /// follows all.
  public var policyThreshold = 0.0625
  /// An outcome is not followed where its probability is below this; in 0...1, 0 follows all.
  public var outcomeThreshold = 0.0625

  /// The settings of `preset: default`.
  public init() {}
}

/// How much a search may take: `planning.budget`.
public struct SearchBudget: Hashable, Sendable {
  /// Beliefs from which actions may be weighed in a step, at least 1; nil for no limit.
  public var nodes: Int?
  /// Microseconds that a step may search; nil for no limit. What is found in that time depends on the
  /// machine, so a search with this limit is not reproducible.
  public var microseconds: Int?
  /// Memory for nodes in mebibytes, 1 to ``mostMebibytes``: what is kept of the steps before is dropped first, then
  /// the search ends as where its nodes are spent.
  public var mebibytes = 64

  /// The most memory that a search takes: 16 GiB.
  public static let mostMebibytes = 1 << 14

  /// No limit but that of memory.
  public init() {}
}
