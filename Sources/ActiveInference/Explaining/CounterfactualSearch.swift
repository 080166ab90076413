/// Which other observations would have changed a choice, found by running the agent on them.
public struct CounterfactualSearch: Hashable, Sendable {
  /// The observations that would have changed the choice, the most probable first.
  public var changes: [CounterfactualChoice]
  /// The observations that the agent was run on.
  public var tried: Int
  /// Those that would have come next, were it not for the limit.
  public var untried: Int
  /// Other outcomes of one modality that were left out because they are impossible before the step, the
  /// rest as observed.
  public var impossible: Int
  /// Whether pairs of modalities were tried too, because no single one changes the choice.
  public var triesPairs: Bool
}

/// An observation that would have changed the choice.
public struct CounterfactualChoice: Hashable, Sendable {
  /// An outcome in place of what was observed.
  public struct Change: Hashable, Sendable {
    /// The modality.
    public var modality: Int
    /// The outcome that would have been observed.
    public var outcome: Int
  }

  /// What would have been different: of one modality or of two.
  public var changes: [Change]
  /// The whole observation, one entry a modality.
  public var observation: [Observation]
  /// Its probability before the step; nil where too many joint states are possible to be gone through.
  public var probability: Double?
  /// What would be believed, `[factor][state]`.
  public var beliefs: [[Double]]
  /// What would be chosen, one action a control.
  public var choice: [Int]
}

/// What may be observed after an action.
public struct ActionProspect: Hashable, Sendable {
  /// One action a control.
  public var action: [Int]
  /// All modalities together; or, where they have too many joint outcomes, each modality by itself that
  /// tells something about hidden states, what tells most first.
  public var looks: [Look]
  /// Modalities that tell something and have not been followed, as there are too many outcomes.
  public var unfollowed: Int

  /// What may be observed of all modalities, or of one.
  public struct Look: Hashable, Sendable {
    /// The only modality that is observed; nil for all.
    public var modality: Int?
    /// What may be observed, the most probable first.
    public var outcomes: [NextOutcome]
    /// What it is worth to choose after the outcome and not before it, in nats of preference:
    ///
    ///     sum_o p(o) max_pi V(pi | o) - max_pi sum_o p(o) V(pi | o)
    ///
    /// V is the utility part of the policies' values as the agent finds them in its next step. At least 0,
    /// and 0 where the outcome tells nothing that matters.
    public var valueOfInformation: Double
    /// I(o; s): what the outcome tells about hidden states, in nats.
    public var informationGain: Double
  }

  /// What may be observed, and what would come of it.
  public struct NextOutcome: Hashable, Sendable {
    /// One entry a modality.
    public var observation: [Observation]
    /// Its probability after the action.
    public var probability: Double
    /// What would then be believed, `[factor][state]`.
    public var beliefs: [[Double]]
    /// What would then be chosen, one action a control.
    public var choice: [Int]
  }
}
