/// Which counts are learned and how fast: the `learning` keys of `aif.agent/1`.
///
/// One update is `count <- count0 + (1 - forgetting)(count - count0) + rate * evidence`; of it only a part w is
/// taken where learning is active, and with an asymptote then `count <- count * asymptote / (asymptote + w rate)`,
/// w being 1 where learning is not active.
public struct LearningSettings: Hashable, Sendable {
  /// How one kind of count is learned.
  public struct Rule: Hashable, Sendable {
    /// How much one datum adds, in 0...1e100.
    public var rate = 1.0
    /// How much of what was learned is lost at each update, in 0...1.
    public var forgetting = 0.0
    /// Where the counts of a table tend to in sum, above 0: after each update all of them are multiplied by
    /// asymptote / (asymptote + rate) (SPM's `eta`). nil lets them grow.
    public var asymptote: Double?
    /// The precision of active learning, above 0: how surely an update is accepted that raises the mutual
    /// information of outcomes and states and the utility of outcomes, and refused where it lowers them (SPM's
    /// `beta`). nil accepts every update. Of A and B alone.
    public var activeLearningPrecision: Double?
    /// The names of the modalities or factors that learn; nil means all that have counts.
    public var subset: [String]?

    /// A rule; unless told otherwise nothing is forgotten and all tables with counts learn.
    public init(
      rate: Double = 1, forgetting: Double = 0, asymptote: Double? = nil,
      activeLearningPrecision: Double? = nil, subset: [String]? = nil
    ) {
      self.rate = rate
      self.forgetting = forgetting
      self.asymptote = asymptote
      self.activeLearningPrecision = activeLearningPrecision
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

  /// Whether A, B and D are learned from what is believed now about all steps of the episode, counted anew at
  /// each step, instead of from the belief of each step at its time.
  public var smoothing = false

  /// Nothing is learned.
  public init() {}

  /// What is learned from a step by itself: without A, B and D where these are learned from whole sequences.
  public var stepwise: LearningSettings {
    var settings = self
    if smoothing {
      (settings.likelihood, settings.transition, settings.initialState) = (nil, nil, nil)
    }
    return settings
  }
}
