import GenerativeModel
import Inference
import PolicySelection

/// Steps whose states are inferred by policy (`mmp-spm`, `mmp-legacy`).
extension ActiveInferenceAgent {
  /// What is believed of every time of the episode, or of the window and what policies reach from there: the
  /// average over policies, `[time][factor][state]`; nil where states are not inferred by policy.
  public var beliefsOverTime: [[[Double]]]? {
    guard let byPolicy, step > 0 else { return nil }
    return averages(byPolicy, times: byPolicy.messages.timeCount)
  }

  /// What is believed of the first times, averaged over policies.
  func averages(_ byPolicy: PolicyConditionedStep, times: Int) -> [[[Double]]] {
    var belief = [Double](repeating: 0, count: byPolicy.messages.stateCount)
    return (0..<times).map { time in
      belief.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return [] }
        byPolicy.messages.average(time, engine.posterior.base, into: base)
        return factors(base)
      }
    }
  }

  /// The first half of a step.
  func infer(_ observation: [Observation], _ byPolicy: PolicyConditionedStep) throws {
    do {
      try byPolicy.infer(observation, step: step, recordsSweeps: recordsIterates)
    } catch let error as ImpossibleObservation {
      throw AgentFailure.impossible(
        step: step, modality: blueprint.model.modalities[error.modality].name,
        outcome: label(observation[error.modality], error.modality))
    }
  }

  /// The second half, but for the choice.
  func weigh(_ byPolicy: PolicyConditionedStep) throws {
    do throws(PlanningFailure) {
      try byPolicy.weigh()
    } catch {
      if let episode = byPolicy.episode { try relive(Array(episode.history.dropLast()), byPolicy) }
      throw AgentFailure.planning(step: step, error)
    }
    outcome = byPolicy.outcome
  }

  /// Goes through the observations of an episode again.
  func relive(_ history: [[Observation]], _ byPolicy: PolicyConditionedStep) throws {
    byPolicy.begin()
    for (step, observation) in history.enumerated() {
      try byPolicy.infer(observation, step: step, recordsSweeps: false)
      try byPolicy.weigh()
    }
  }
}

extension AgentConfiguration {
  /// Refuses what inference by policy does not go with.
  ///
  /// - Throws: ``InvalidInput`` with every fault.
  func checkPolicyMessages(
    _ model: GenerativeModel, _ parts: AgentParts, _ inference: InferenceSettings
  ) throws(InvalidInput) {
    guard inference.algorithm.isByPolicy else { return }
    let name = inference.algorithm.rawValue
    var faults: [Fault] = []
    func refuse(_ isThere: Bool, _ place: String, _ problem: String, _ remedy: String) {
      if isThere { faults.append(Fault(place, problem, remedy: remedy)) }
    }
    let scheme = "\(name) infers states under each of a list of policies"
    refuse(
      planning.method != .enumerate, "planning.method",
      "\(planning.method.rawValue) weighs no whole policies, but \(scheme)", "use enumerate")
    refuse(
      planning.objective != .expectedFreeEnergy, "planning.objective",
      "\(planning.objective.rawValue) is not scored over beliefs by policy",
      "use expectedFreeEnergy")
    refuse(
      planning.inductive != nil, "planning.inductive",
      "is not scored over beliefs by policy", "leave it out")
    refuse(
      planning.replanEvery > 1, "planning.replanEvery",
      "\(scheme), and weighs them anew at every step", "leave it out")
    refuse(
      !model.habitGiven.isEmpty, "E", "depends on states, but \(scheme)",
      "give habits without 'given'")
    refuse(
      parts.beliefs != nil || parts.scores != nil, "parts",
      "replace what \(name) finds by policy", "replace the choice of actions alone")
    let actions = model.policies?.first?.count ?? planning.horizon ?? 1
    // The time just observed is the first that a policy is scored over.
    let isEpisode = inference.algorithm == .policyMessages
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let shape = preference?.shape, shape.count == 2, shape[0] > 1, shape[0] <= actions,
        isEpisode || planning.convention == .standard
      else { continue }
      refuse(
        true, "C[\(modality.name)]",
        "has \(shape[0]) rows, but under \(name) "
          + (isEpisode
            ? "an episode of \(actions) actions has \(actions + 1) times"
            : "a policy of \(actions) actions is scored over \(actions + 1) times, the first of them now"),
        "give a row a time, or one row for all")
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }
}
