import GenerativeModel
import Inference
import PolicySelection

/// Steps whose states are inferred by policy (`mmp-spm`).
extension ActiveInferenceAgent {
  /// What is believed of every time of the episode: the average over policies, `[time][factor][state]`; nil
  /// where states are inferred step by step.
  public var beliefsOverTime: [[[Double]]]? {
    guard let byPolicy, step > 0 else { return nil }
    var belief = [Double](repeating: 0, count: byPolicy.messages.stateCount)
    return (0..<byPolicy.messages.timeCount).map { time in
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
      let history = Array(byPolicy.history.dropLast())
      try relive(history, byPolicy)
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
    guard inference.algorithm == .policyMessages else { return }
    var faults: [Fault] = []
    func refuse(_ isThere: Bool, _ place: String, _ problem: String, _ remedy: String) {
      if isThere { faults.append(Fault(place, problem, remedy: remedy)) }
    }
    let scheme = "mmp-spm infers states under each of a list of policies"
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
      "replace what mmp-spm finds by policy", "replace the choice of actions alone")
    let times = (model.policies?.first?.count ?? planning.horizon ?? 1) + 1
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let shape = preference?.shape, shape.count == 2 else { continue }
      refuse(
        shape[0] > 1 && shape[0] < times, "C[\(modality.name)]",
        "has \(shape[0]) rows, but under mmp-spm an episode of \(times - 1) actions has \(times) times",
        "give a row a time, or one row for all")
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }
}
