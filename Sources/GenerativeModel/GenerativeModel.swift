import Kernels

/// A partially observed Markov decision process as an agent believes it to be.
///
/// Symbols in parentheses are those of the literature: likelihood (A), transition (B),
/// preference (C), initial state (D), habit (E), goal (H) and Dirichlet counts over them.
/// A value of this type has been checked: every table has the shape its dependencies ask for,
/// every distribution sums to one within 1e-6, every number is finite, every index is in range.
public struct GenerativeModel: Hashable, Sendable {
  /// P(outcome | factors) for one modality (A).
  public struct Likelihood: Hashable, Sendable {
    /// The factors it depends on, in axis order; may be empty.
    public let given: [Int]
    /// `[outcome, given[0], given[1], ...]`.
    public let probability: Tensor
  }

  /// P(next state | previous states, controls) for one factor (B).
  public struct Transition: Hashable, Sendable {
    /// The factors it depends on, in axis order; may lack the factor itself and may be empty.
    public let given: [Int]
    /// The controls that drive it, in axis order; may be empty.
    public let controls: [Int]
    /// `[next, given[0], ..., control[0], ...]`.
    public let probability: Tensor
  }

  /// Dirichlet counts, each table in the shape of what it counts; nil where none are given.
  public struct Concentration: Hashable, Sendable {
    /// Counts over the likelihood of each modality (pA).
    public var likelihood: [Tensor?]
    /// Counts over the transition of each factor (pB).
    public var transition: [Tensor?]
    /// Counts over the outcomes of each modality (pC).
    public var preference: [Tensor?]
    /// Counts over the initial state of each factor (pD).
    public var initialState: [[Double]?]
    /// Counts over policies (pE), laid out as ``GenerativeModel/habit``.
    public var habit: [Double]?
  }

  /// What the model is called; may be empty.
  public let name: String
  /// The hidden state factors.
  public let factors: [Variable]
  /// The outcome modalities.
  public let modalities: [Variable]
  /// The controls.
  public let controls: [Variable]
  /// One likelihood a modality, in the order of `modalities` (A).
  public let likelihoods: [Likelihood]
  /// One transition a factor, in the order of `factors` (B).
  public let transitions: [Transition]
  /// Log preferences by modality in nats: `[outcome]` or `[planning step, outcome]`; nil is zero (C).
  public let preferences: [Tensor?]
  /// P(first state) by factor; nil is uniform (D).
  public let initialStates: [[Double]?]
  /// Prior probability of each policy, `[policy, habitGiven[0], ...]`, row-major; nil is uniform (E).
  public let habit: [Double]?
  /// The factors that E depends on, in axis order; empty where it is the same in all states.
  public let habitGiven: [Int]
  /// `[policy][step][control]`; nil means all sequences.
  public let policies: [[[Int]]]?
  /// Dirichlet counts.
  public let concentration: Concentration
  /// Goal states by factor: 1 where the factor is to be, 0 elsewhere; nil where any state will do (H).
  public let goals: [[Double]?]
  /// States to be avoided on the way to a goal, by factor: 1 for those, 0 elsewhere; nil for none (H).
  public let avoided: [[Double]?]
  /// The model laid out, once somebody has asked for it; shared by all copies of the value.
  let layout = LayoutMemo()
}

extension GenerativeModel {
  /// Numbers over policies as a table, `[policy, habitGiven[0], ...]`.
  ///
  /// - Parameter values: as ``habit`` and ``Concentration/habit`` have them.
  package func habitTable(_ values: [Double]) -> Tensor {
    let sizes = habitGiven.map { factors[$0].size }
    return Tensor(shape: [values.count / sizes.reduce(1, *)] + sizes, values)
  }
}
