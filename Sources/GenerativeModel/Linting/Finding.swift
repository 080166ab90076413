/// One thing in a sound model that is probably not what its author meant, with its proof.
///
/// A finding is never a guess: ``problem`` says what holds, ``proof`` how that was established.
public struct Finding: Hashable, Sendable {
  /// How much it matters.
  public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Worth knowing; often meant.
    case note
    /// Part of the model does nothing.
    case warning
    /// The model is not a model, or not the one that was meant.
    case error

    /// A note is less than a warning, a warning less than an error.
    public static func < (one: Severity, other: Severity) -> Bool {
      one.rank < other.rank
    }

    private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
  }

  /// Which check found it.
  public let code: FindingCode
  /// How much it matters.
  public let severity: Severity
  /// Where, as ``Fault/place`` says it: `A[reward]`, `factors[location]`.
  public let place: String
  /// What holds there.
  public let problem: String
  /// How that was established.
  public let proof: String
  /// What to change.
  public let remedy: String

  /// A finding of a check.
  ///
  /// - Parameter severity: that of the code unless given.
  init(
    _ code: FindingCode, _ place: String, _ problem: String, proof: String, remedy: String,
    severity: Severity? = nil
  ) {
    // A fault keeps long names short.
    let fault = Fault(place, problem, remedy: remedy)
    self.code = code
    self.severity = severity ?? code.severity
    self.place = fault.place
    self.problem = fault.problem
    self.proof = Fault("", proof).problem
    self.remedy = fault.remedy
  }

  /// The same in a model that is one of several, whose name goes before the place.
  package func placed(inLevel name: String) -> Finding {
    Finding(
      code, place.isEmpty ? name : "\(name), \(place)", problem, proof: proof, remedy: remedy,
      severity: severity)
  }
}

/// What the linter looks for. The raw values are stable names.
public enum FindingCode: String, Hashable, Sendable, CaseIterable {
  /// Something that ``GenerativeModel/init(_:)`` refuses.
  case invalidModel = "invalid-model"
  /// Variables of far more values than the tables have entries: nothing else is looked at.
  case tooLarge = "too-large"
  /// A table that is normalised along another axis than its first, or would make sense with two exchanged.
  case swappedAxes = "swapped-axes"
  /// Columns that sum to nearly one.
  case inexactColumn = "inexact-column"

  /// A state that is never reached from D by any actions; a note where nothing leads there at all, as to
  /// the cell of a wall.
  case unreachableState = "unreachable-state"
  /// First states from which no action changes anything, though from others some would.
  case absorbedStart = "absorbed-start"
  /// An outcome that is never seen.
  case impossibleOutcome = "impossible-outcome"

  /// A control that drives no factor.
  case idleControl = "idle-control"
  /// Actions that never differ.
  case deadAction = "dead-action"
  /// An action that no listed policy takes.
  case unlistedAction = "unlisted-action"
  /// A policy that is listed twice.
  case duplicatePolicy = "duplicate-policy"
  /// A policy to which E gives probability zero.
  case excludedPolicy = "excluded-policy"
  /// E leaves but one policy.
  case decidedHabit = "decided-habit"

  /// A modality whose outcomes tell nothing of states.
  case uninformativeModality = "uninformative-modality"
  /// A modality that always says what another has said.
  case duplicateModality = "duplicate-modality"
  /// A factor that no outcome depends on, now or later.
  case unobservableFactor = "unobservable-factor"
  /// States that nothing tells apart.
  case indistinguishableStates = "indistinguishable-states"
  /// A dependency that makes no difference.
  case idleDependency = "idle-dependency"
  /// A variable of one value.
  case singleValue = "single-value"
  /// Labels or names that differ in case, spaces or underscores alone.
  case similarLabels = "similar-labels"

  /// A preference that is the same for all outcomes.
  case constantPreference = "constant-preference"
  /// A preference for or against an outcome that is never seen; a note where a state that is never reached
  /// would yield it.
  case impossiblePreference = "impossible-preference"
  /// Preferences over outcomes that no action influences.
  case uncontrollablePreference = "uncontrollable-preference"
  /// Nothing is preferred.
  case noPreference = "no-preference"
  /// A goal that is never reached.
  case unreachableGoal = "unreachable-goal"
  /// The information gain is the same for all policies.
  case constantInformationGain = "constant-information-gain"

  /// How much a finding of it matters, unless the finding says otherwise.
  public var severity: Finding.Severity {
    switch self {
    case .invalidModel, .swappedAxes: .error
    case .tooLarge, .impossibleOutcome, .unlistedAction, .excludedPolicy, .idleDependency,
      .singleValue, .similarLabels, .noPreference:
      .note
    default: .warning
    }
  }
}
