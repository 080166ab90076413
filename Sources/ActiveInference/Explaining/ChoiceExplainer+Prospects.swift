import Inference
import PolicySelection

extension ChoiceExplainer {
  /// What may be observed after an action, what would then be chosen, and what it is worth to know.
  ///
  /// The probe has completed the step that is explained.
  ///
  /// - Parameter limit: observations that are followed.
  func prospect(of action: [Int], limit: Int) throws -> ActionProspect {
    try probe.took(action)
    engine.predict(isFirst: false)
    let space = engine.blueprint.space
    let joint = OutcomeEnumeration(engine.prior.belief, space, engine.tables)
    let outcomes = joint?.outcomes(limit: limit)
    let predicted = outcomes == nil ? predictions : []
    probe.reconsider()
    if let joint, let outcomes {
      let look = try look(
        nil, outcomes.map { ($0.outcomes.map(Observation.outcome), $0.probability) },
        joint.informationGain(outcomes))
      return ActionProspect(action: action, looks: [look], unfollowed: 0)
    }
    return try prospect(of: action, predicted, limit)
  }

  /// The same modality by modality.
  private func prospect(
    of action: [Int], _ predicted: [Prediction], _ limit: Int
  ) throws -> ActionProspect {
    var prospect = ActionProspect(action: action, looks: [], unfollowed: 0)
    var left = limit
    for prediction in predicted {
      let possible = prediction.probabilities.indices.filter { prediction.probabilities[$0] > 0 }
      if possible.count > left {
        prospect.unfollowed += 1
        continue
      }
      left -= possible.count
      let outcomes = possible.map { outcome in
        var observation = [Observation](repeating: .missing, count: engine.inference.ignored.count)
        observation[prediction.modality] = .outcome(outcome)
        return (observation, prediction.probabilities[outcome])
      }
      prospect.looks.append(
        try look(prediction.modality, outcomes, prediction.informationGain))
    }
    return prospect
  }

  private struct Prediction {
    let modality: Int
    let probabilities: [Double]
    let informationGain: Double
  }

  /// What the prior of the next step predicts of the modalities that tell something, what tells most first.
  private var predictions: [Prediction] {
    let compiled = engine.blueprint.compiled
    let floor = Double.leastNormalMagnitude
    return (0..<compiled.modalities.count).map { modality in
      let outcomes = PredictedOutcomes(
        engine.tables.likelihoodColumns.base[modality],
        engine.dynamics.distribution(
          of: compiled.modalities.base[modality].scope, in: engine.prior.belief), floor: floor)
      return Prediction(
        modality: modality, probabilities: outcomes.probabilities,
        informationGain: outcomes.informationGain(floor: floor))
    }.filter { $0.informationGain > 1e-12 }.sorted {
      $0.informationGain != $1.informationGain
        ? $0.informationGain > $1.informationGain : $0.modality < $1.modality
    }
  }

  /// Runs the agent on each of the next observations.
  private func look(
    _ modality: Int?, _ outcomes: [(observation: [Observation], probability: Double)],
    _ informationGain: Double
  ) throws -> ActionProspect.Look {
    var followed: [ActionProspect.NextOutcome] = []
    var unconditioned = [Double](repeating: 0, count: engine.posterior.count)
    var conditioned = 0.0
    for (observation, probability) in outcomes {
      try consider(observation)
      followed.append(
        .init(
          observation: observation, probability: probability, beliefs: beliefs,
          choice: probe.answers.answer(probe.choice.base)))
      let utilities = policyUtilities
      conditioned += probability * best(utilities)
      for policy in utilities.indices { unconditioned[policy] += probability * utilities[policy] }
      probe.reconsider()
    }
    return ActionProspect.Look(
      modality: modality, outcomes: mostProbableFirst(followed) { $0.probability },
      // Rounding alone can make it less than nothing.
      valueOfInformation: max(conditioned - best(unconditioned), 0),
      informationGain: max(informationGain, 0))
  }

  /// The utility of each policy in the step that has been considered.
  private var policyUtilities: [Double] {
    (probe.search?.terms ?? engine.planner.terms()).map(\.utility)
  }

  /// The greatest of the utilities of policies that have some prior probability.
  private func best(_ utilities: [Double]) -> Double {
    utilities.indices.filter { engine.planning.logHabit.base[$0] > -.infinity }
      .map { utilities[$0] }.max() ?? 0
  }
}
