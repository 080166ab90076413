import ActiveInference
import Foundation

extension BruteForce {
  /// What the objective makes of preferences and of information in one step, by its definition: with
  /// q(s | o) and P(o | s) written out, each is the expectation of a logarithm.
  func objective(_ belief: [Double], _ time: Int) -> (utility: Double, information: Double) {
    let settings = configuration.planning
    var utility = expectedPreference(belief, time)
    var information =
      settings.informationGain == .joint
      ? informationGain(belief, of: Array(model.modalities.indices))
      : model.modalities.indices.reduce(0) { $0 + informationGain(belief, of: [$1]) }
    let isIndependent = settings.biasedJoint == .stateIndependent
    // EFE = E[ln q(s)], FEF = E[ln q(s | o)] and FEEF = E[ln q(o, s)], each - E[ln p~(o, s)]; their
    // negatives, with E[ln q(s | o) - ln q(s)] the information gain and E[ln P(o | s)] minus ambiguity.
    switch settings.objective {
    case .expectedFreeEnergy: information *= isIndependent ? 0 : 1
    case .freeEnergyOfFuture: information *= isIndependent ? -1 : 0
    case .freeEnergyOfExpectedFuture:
      information *= isIndependent ? 0 : 1
      utility += ambiguity(belief)
    case .evidence: information = 0
    case .divergence: utility += ambiguity(belief)
    }
    return (
      settings.utility ? utility : 0, settings.stateInformationGain ? information : 0
    )
  }

  /// -sum_s q(s) sum_m sum_o P(o | s) ln P(o | s).
  private func ambiguity(_ belief: [Double]) -> Double {
    var sum = 0.0
    for modality in model.modalities.indices {
      for outcome in 0..<model.modalities[modality].size {
        for (q, p) in zip(belief, likelihoods(of: outcome, modality)) where p > 0 {
          sum -= q * p * log(p)
        }
      }
    }
    return sum
  }
}
