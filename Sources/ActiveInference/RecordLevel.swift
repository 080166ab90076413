/// How much of an episode is kept.
public enum RecordLevel: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Nothing.
  case none
  /// Observations, true states, actions and choices.
  case choices
  /// Also beliefs, those about other steps too, and free energy.
  case beliefs
  /// Also everything about policies.
  case full
  /// Also what each sweep of inference found.
  case iterates

  /// Whether it keeps less.
  public static func < (a: RecordLevel, b: RecordLevel) -> Bool { a.rank < b.rank }

  // Not the place in `allCases`: that is an array, made anew at each comparison.
  private var rank: Int {
    switch self {
    case .none: 0
    case .choices: 1
    case .beliefs: 2
    case .full: 3
    case .iterates: 4
    }
  }
}
