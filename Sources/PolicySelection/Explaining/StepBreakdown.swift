/// What one step of a policy is worth, taken apart by modality and by factor, in nats.
///
/// The parts sum to the step's terms, which sum over the steps to the policy's negative expected free
/// energy.
public struct StepBreakdown: Hashable, Sendable {
  /// What the step tells about hidden states, by modality where it can be said.
  public enum InformationGain: Hashable, Sendable {
    /// I(o_m; s) of each modality by itself: what is summed under `informationGain: perModality`.
    case each([Double])
    /// I(o_m; s | o_1..o_m-1): what each modality tells beyond those before it, in the order of the model.
    /// The chain rule is exact: they sum to the joint gain.
    case chain([Double])
    /// The joint gain of all modalities under a convention whose rounding constants belong to no modality:
    /// pymdp 0.0.7.
    case undivided(Double)

    /// By modality; nil where it cannot be said.
    public var byModality: [Double]? {
      switch self {
      case .each(let gains), .chain(let gains): gains
      case .undivided: nil
      }
    }

    /// The gain of the step.
    public var total: Double {
      switch self {
      case .each(let gains), .chain(let gains): gains.reduce(0, +)
      case .undivided(let gain): gain
      }
    }
  }

  /// By modality, E_q(o_m)[C_m].
  public var utility: [Double]
  /// What is learned about hidden states.
  public var stateInformationGain: InformationGain
  /// By modality, what is learned about its likelihood (A).
  public var likelihoodNovelty: [Double]
  /// By factor, what is learned about its transition (B).
  public var transitionNovelty: [Double]
  /// By factor, what is gained on the way to its goal; one that several factors have together counts for
  /// the first of them.
  public var inductive: [Double]

  /// The parts summed to those of the step.
  public var terms: ExpectedFreeEnergyTerms {
    var terms = ExpectedFreeEnergyTerms()
    terms.utility = utility.reduce(0, +)
    terms.stateInformationGain = stateInformationGain.total
    terms.parameterInformationGain =
      likelihoodNovelty.reduce(0, +) + transitionNovelty.reduce(0, +)
    terms.inductive = inductive.reduce(0, +)
    return terms
  }
}
