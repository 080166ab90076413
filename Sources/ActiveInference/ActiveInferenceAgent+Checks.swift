import GenerativeModel
import Inference
import Kernels

extension ActiveInferenceAgent {
  /// Refuses an observation that does not fit the model, naming every modality that does not.
  func check(_ observation: [Observation]) throws {
    let modalities = blueprint.model.modalities
    guard observation.count == modalities.count else {
      throw AgentFailure.observation(
        step: step,
        InvalidInput(
          [
            Fault(
              "observation \(step)",
              "has \(observation.count) entries but there are \(modalities.count) modalities")
          ]))
    }
    for index in observation.indices {
      switch observation[index] {
      case .missing: continue
      case .outcome(let outcome):
        if outcome >= 0 && outcome < modalities[index].size { continue }
      case .distribution(let weights):
        if weights.count == modalities[index].size, isDistribution(weights) { continue }
      }
      throw AgentFailure.observation(step: step, faults(observation))
    }
  }

  private func faults(_ observation: [Observation]) -> InvalidInput {
    var faults: [Fault] = []
    for (modality, entry) in zip(blueprint.model.modalities, observation) {
      let place = "observation \(step), \(modality.name)"
      switch entry {
      case .missing: continue
      case .outcome(let outcome) where !(0..<modality.size).contains(outcome):
        faults.append(
          Fault(place, "outcome \(outcome) is not in 0...\(modality.size - 1)"))
      case .outcome: continue
      case .distribution(let weights) where weights.count != modality.size:
        faults.append(
          Fault(place, "has \(weights.count) probabilities for \(modality.size) outcomes"))
      case .distribution(let weights) where !isDistribution(weights):
        faults.append(
          Fault(place, "is not a distribution", remedy: "probabilities from 0 that sum to 1"))
      case .distribution: continue
      }
    }
    return InvalidInput(faults)
  }

  func isDistribution(_ weights: [Double]) -> Bool {
    var sum = 0.0
    for weight in weights {
      guard weight >= 0 && weight.isFinite else { return false }
      sum += weight
    }
    return abs(sum - 1) <= 1e-6
  }

  func label(_ observation: Observation, _ modality: Int) -> String {
    switch observation {
    case .outcome(let outcome): blueprint.model.modalities[modality].label(outcome)
    case .distribution(let weights): "\(weights)"
    case .missing: "a missing observation"
    }
  }

  /// Infers by a replaced part, whose answer is checked.
  func inferByReplacement(_ part: any BeliefUpdating, _ observation: [Observation]) throws {
    let answer = try part.belief(
      prior: factors(engine.prior.base), observation: observation)
    var faults: [Fault] = []
    let model = blueprint.model
    if answer.count != model.factors.count {
      faults.append(
        Fault("beliefs", "\(answer.count) factors for \(model.factors.count)"))
    } else {
      for (factor, values) in zip(model.factors, answer)
      where values.count != factor.size || !isDistribution(values) {
        faults.append(Fault("beliefs[\(factor.name)]", "is not a distribution over its states"))
      }
    }
    if !faults.isEmpty { throw AgentFailure.part(step: step, InvalidInput(faults)) }
    for (state, p) in answer.joined().enumerated() { engine.belief.base[state] = p }
    engine.dynamics.noteSupports(engine.belief.belief)
  }

  /// A run of marginals as `[factor][state]`.
  func factors(_ marginals: UnsafePointer<Double>) -> [[Double]] {
    (0..<blueprint.compiled.factors.count).map { factor in
      let plan = blueprint.compiled.factors.base[factor]
      return (0..<plan.states).map { marginals[plan.stateOffset + $0] }
    }
  }

  func noteIterate(_ belief: Belief<Double>, _ freeEnergy: Double) {
    iterates.freeEnergy.append(freeEnergy)
    iterates.beliefs.append(factors(belief.base))
  }

  /// By modality, whether its outcome was impossible in the last step and has been ignored.
  var ignoredModalities: UnsafePointer<Bool> {
    UnsafePointer(byPolicy?.messages.ignored.base ?? engine.inference.ignored.base)
  }

  /// Whether an outcome of the last step was impossible and has been ignored.
  var hasIgnoredModality: Bool {
    let ignored = ignoredModalities
    return (0..<engine.inference.ignored.count).contains { ignored[$0] }
  }
}
