/// How much of an episode is kept.
public enum RecordLevel: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Nothing.
  case none
  /// Observations, true states, actions and choices.
  case choices
  /// Also beliefs and free energy.
  case beliefs
  /// Also everything about policies.
  case full
  /// Also what each sweep of inference found.
  case iterates

  /// Whether it keeps less.
  public static func < (a: RecordLevel, b: RecordLevel) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}
