/// A model as somebody wrote it: every table by name, nothing checked.
///
/// Files and the builder produce one; ``GenerativeModel/init(_:)`` checks it and reports every
/// fault at once. To change a model, describe it with ``init(_:)``, edit, and check again.
///
/// ```swift
/// var description = ModelDescription()
/// description.factors = [Variable("lamp", ["off", "on"])]
/// description.modalities = [Variable("light", ["dark", "bright"])]
/// description.likelihoods = [
///   .init("light", given: ["lamp"], Tensor(shape: [2, 2], [0.9, 0.2, 0.1, 0.8]))
/// ]
/// description.transitions = [
///   .init("lamp", given: ["lamp"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
/// ]
/// let model = try GenerativeModel(description)
/// ```
public struct ModelDescription: Sendable {
  /// P(outcome | factors) of a modality (A), or only its counts.
  public struct Likelihood: Sendable {
    /// The modality's name.
    public var modality: String
    /// The names of the factors it depends on, in axis order.
    public var given: [String]
    /// `[outcome, given[0], given[1], ...]`; nil where the counts say it.
    public var probability: Tensor?

    /// The likelihood of a modality.
    public init(_ modality: String, given: [String], _ probability: Tensor? = nil) {
      self.modality = modality
      self.given = given
      self.probability = probability
    }
  }

  /// P(next | previous, controls) of a factor (B), or only its counts.
  public struct Transition: Sendable {
    /// The factor's name.
    public var factor: String
    /// The names of the factors it depends on, in axis order.
    public var given: [String]
    /// The names of the controls that drive it, in axis order.
    public var controls: [String]
    /// `[next, given[0], ..., controls[0], ...]`; nil where the counts say it.
    public var probability: Tensor?

    /// The transition of a factor.
    public init(
      _ factor: String, given: [String], controls: [String], _ probability: Tensor? = nil
    ) {
      self.factor = factor
      self.given = given
      self.controls = controls
      self.probability = probability
    }
  }

  /// A table that belongs to a named modality or factor.
  public struct Table: Sendable {
    /// The name of the modality or factor.
    public var name: String
    /// Its numbers.
    public var values: Tensor

    /// The numbers of a modality or factor.
    public init(_ name: String, _ values: Tensor) {
      self.name = name
      self.values = values
    }
  }

  /// What the model is called; may be empty.
  public var name = ""
  /// The hidden state factors.
  public var factors: [Variable] = []
  /// The outcome modalities.
  public var modalities: [Variable] = []
  /// The controls.
  public var controls: [Variable] = []
  /// One likelihood a modality, in any order (A).
  public var likelihoods: [Likelihood] = []
  /// One transition a factor, in any order (B).
  public var transitions: [Transition] = []
  /// Log preferences in nats, `[outcome]` or `[planning step, outcome]`; a missing one is zero (C).
  public var preferences: [Table] = []
  /// P(first state); a missing one is uniform (D).
  public var initialStates: [Table] = []
  /// Prior probability of each policy, `[policy, habitGiven[0], ...]`, row-major; nil is uniform (E).
  public var habit: [Double]?
  /// The names of the factors that E and its counts depend on, in axis order; empty where they are the
  /// same in all states.
  public var habitGiven: [String] = []
  /// `[policy][step][control]`; nil means all sequences.
  public var policies: [[[Int]]]?
  /// Goal states by factor, 1 where the factor is to be and 0 elsewhere (H).
  public var goals: [Table] = []
  /// States to be avoided on the way to a goal by factor, 1 for those and 0 elsewhere (H).
  public var avoided: [Table] = []
  /// Dirichlet counts over likelihoods (pA).
  public var likelihoodCounts: [Table] = []
  /// Dirichlet counts over transitions (pB).
  public var transitionCounts: [Table] = []
  /// Dirichlet counts over outcomes (pC).
  public var preferenceCounts: [Table] = []
  /// Dirichlet counts over initial states (pD).
  public var initialStateCounts: [Table] = []
  /// Dirichlet counts over policies, laid out as ``habit`` (pE).
  public var habitCounts: [Double]?

  /// Faults found while reading or building, which join those of the check.
  var faults: [Fault] = []
  /// Places such as `A[reward]` that a fault in `faults` has left without content: nothing more is
  /// said about them.
  var unreadable: Set<String> = []

  /// The shapes that E and its counts were written in, where they depend on states and a file says so.
  var habitShape: [Int]?
  var habitCountsShape: [Int]?

  /// A description of nothing.
  public init() {}
}
