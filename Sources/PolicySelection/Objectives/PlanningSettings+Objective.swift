import GenerativeModel

extension PlanningSettings {
  /// The joint that preferences over outcomes (C) stand for: a ``BiasedJoint`` without its numbers, which
  /// are the model's.
  public enum OutcomeJoint: String, Hashable, Sendable, CaseIterable {
    /// p~(o) q(s | o): states are inferred from outcomes.
    case exactPosterior
    /// p~(o) q(s): outcomes tell nothing of states, so that what they do tell is a cost.
    case stateIndependent
  }

  /// What is expected of an outcome and a state in the value of a step, beside E_q(o)[C(o)].
  private var weights: (informationGain: Double, ambiguity: Bool) {
    switch (objective, biasedJoint) {
    case (.expectedFreeEnergy, .exactPosterior): (1, false)
    case (.expectedFreeEnergy, .stateIndependent): (0, false)
    case (.freeEnergyOfFuture, .exactPosterior): (0, false)
    case (.freeEnergyOfFuture, .stateIndependent): (-1, false)
    case (.freeEnergyOfExpectedFuture, .exactPosterior): (1, true)
    case (.freeEnergyOfExpectedFuture, .stateIndependent): (0, true)
    case (.evidence, _): (0, false)
    case (.divergence, _): (1, true)
    }
  }

  /// Whether what outcomes would tell about states is part of a policy's value.
  var takesInformationGain: Bool { stateInformationGain && weights.informationGain != 0 }
  /// Whether it is a cost.
  var avoidsInformation: Bool { weights.informationGain < 0 }
  /// Whether E_q(s) H[P(o | s)] is part of the utility, which then is -E_q(s) KL[P(o | s) || p~(o)].
  var addsAmbiguity: Bool { weights.ambiguity }

  /// What is wrong with the objective for these settings.
  func objectiveFaults() -> [Fault] {
    var faults: [Fault] = []
    if biasedJoint != .exactPosterior && (objective == .evidence || objective == .divergence) {
      faults.append(
        Fault(
          "planning.biasedJoint",
          "says nothing under \(objective.rawValue), which is over outcomes",
          remedy: "leave it out"))
    }
    let isOrdinary = objective == .expectedFreeEnergy && biasedJoint == .exactPosterior
    if !isOrdinary && method != .enumerate {
      faults.append(
        Fault(
          "planning.objective",
          "\(objective.rawValue), \(biasedJoint.rawValue) is not what \(method.rawValue) minimises",
          remedy: "use planning.method enumerate"))
    }
    return faults
  }
}
