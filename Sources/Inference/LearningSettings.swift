/// Which counts are learned and how fast: the `learning` keys of `aif.agent/1`.
///
/// One update is `count <- count0 + (1 - forgetting)(count - count0) + rate * evidence`.
public struct LearningSettings: Hashable, Sendable {
  /// How one kind of count is learned.
  public struct Rule: Hashable, Sendable {
    /// How much one datum adds, in 0...1e100.
    public var rate = 1.0
    /// How much of what was learned is lost at each update, in 0...1.
    public var forgetting = 0.0
    /// The names of the modalities or factors that learn; nil means all that have counts.
    public var subset: [String]?

    /// A rule; unless told otherwise nothing is forgotten and all tables with counts learn.
    public init(rate: Double = 1, forgetting: Double = 0, subset: [String]? = nil) {
      self.rate = rate
      self.forgetting = forgetting
      self.subset = subset
    }
  }

  /// Likelihood counts (A); the file's key for the subset is `modalities`.
  public var likelihood: Rule?
  /// Transition counts (B); the file's key for the subset is `factors`.
  public var transition: Rule?
  /// Preference counts (C); `modalities`.
  public var preference: Rule?
  /// Initial state counts (D); `factors`.
  public var initialState: Rule?
  /// Habit counts (E); no subset.
  public var habit: Rule?

  /// Nothing is learned.
  public init() {}
}
