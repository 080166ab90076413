/// What planning minimises about the future, in nats.
///
/// With the predicted joint q(o, s) = P(o | s) q(s) and a ``BiasedJoint`` p~(o, s), which says what is
/// preferred (Millidge, Tschantz & Buckley 2021, doi:10.1162/neco_a_01354; the last two after Millidge,
/// Tschantz, Seth & Buckley 2021, arXiv:2103.06859). For every p~
///
///     FEEF <= EFE <= FEF,   EFE = FEF - I(o; s),   FEEF = FEF - H[q(o)]
public enum Objective: String, Hashable, Sendable, CaseIterable {
  /// EFE = E_q[ln q(s) - ln p~(o, s)].
  case expectedFreeEnergy
  /// FEF = E_q[ln q(s | o) - ln p~(o, s)]: the free energy of what will be inferred.
  case freeEnergyOfFuture
  /// FEEF = E_q[ln q(o, s) - ln p~(o, s)] = KL[q(o, s) || p~(o, s)].
  case freeEnergyOfExpectedFuture
  /// -E_q(o)[ln p~(o)]: outcomes that are preferred, whatever else.
  case evidence
  /// KL[q(o) || p~(o)]: outcomes that occur as often as they are preferred.
  case divergence
}

/// The joint of outcomes and states that is preferred, p~(o, s).
///
/// Which objective explores depends on it, so that one has to be named. Log preferences are normalised:
/// they are C, and p~ is softmax(C).
public enum BiasedJoint: Hashable, Sendable {
  /// p~(o) q(s | o): outcomes are preferred and states inferred from them (the usual one).
  ///
  /// By modality the log preferences over its outcomes; p~(o) is their product.
  case exactPosterior(logPreferences: [[Double]])
  /// p~(o) q(s): outcomes are preferred and tell nothing of states, so that what they do tell is a cost.
  ///
  /// By modality the log preferences over its outcomes; p~(o) is their product.
  case stateIndependent(logPreferences: [[Double]])
  /// P(o | s) p~(s): states are preferred.
  ///
  /// The log preferences over states, of several factors over their joint states.
  case statePreference(logPreferences: [Double])
}

/// What a predicted belief is worth under a biased joint, part by part in nats.
///
/// Every objective is a sum of these: ``value(of:)``.
public struct ObjectiveTerms: Hashable, Sendable {
  /// -E_q(o)[ln p~(o)].
  public var surprisal: Double
  /// E_q(s) H[P(o | s)].
  public var ambiguity: Double
  /// H[q(o)].
  public var outcomeEntropy: Double
  /// E_q(o) KL[q(s | o) || p~(s | o)]: by how much what is inferred differs from what p~ says follows;
  /// zero under ``BiasedJoint/exactPosterior(logPreferences:)``, the information gain under
  /// ``BiasedJoint/stateIndependent(logPreferences:)``.
  public var posteriorDivergence: Double
  /// KL[q(s) || p~(s)], where states are preferred; else nil.
  public var stateDivergence: Double?

  /// I(o; s) = H[q(o)] - E_q(s) H[P(o | s)]: what outcomes will tell about states.
  public var informationGain: Double { outcomeEntropy - ambiguity }
  /// KL[q(o) || p~(o)] = surprisal - H[q(o)].
  public var risk: Double { surprisal - outcomeEntropy }

  /// What is to be minimised, in nats.
  ///
  ///     FEF        = surprisal + posteriorDivergence
  ///     EFE        = FEF - informationGain
  ///     FEEF       = FEF - outcomeEntropy
  ///     evidence   = surprisal
  ///     divergence = risk
  public func value(of objective: Objective) -> Double {
    switch objective {
    case .expectedFreeEnergy: surprisal + posteriorDivergence - informationGain
    case .freeEnergyOfFuture: surprisal + posteriorDivergence
    case .freeEnergyOfExpectedFuture: surprisal + posteriorDivergence - outcomeEntropy
    case .evidence: surprisal
    case .divergence: risk
    }
  }
}
