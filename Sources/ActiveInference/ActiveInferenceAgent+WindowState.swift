import GenerativeModel
import Inference

extension ActiveInferenceAgent.State {
  /// What an agent that infers several steps together knows of those that have been.
  ///
  /// Its lists are about the steps from ``ActiveInferenceAgent/State/step`` less the horizon on.
  public struct Window: Hashable, Sendable {
    /// D as the episode began with it, by state of all factors.
    public var initial: [Double]
    /// `[step][modality]`; an outcome that was ignored is missing.
    public var observations: [[Observation]]
    /// The joint action of each factor that led to each step.
    public var actions: [[Int]]
    /// The belief about each step when it was the newest, by state of all factors.
    public var beliefs: [[Double]]
    /// What has been learned without what the window's steps say; nil where nothing is learned.
    public var concentration: GenerativeModel.Concentration?
  }
}

extension ActiveInferenceAgent {
  /// What infers the steps of a window together; nil where each step is inferred alone, or all of an episode.
  private var windowKeeper: (any WindowKeeper)? {
    if let window { return window.inference }
    return blueprint.infersEpisodes ? nil : byPolicy?.messages
  }

  var windowState: State.Window? {
    guard let windowKeeper, step > 0 else { return nil }
    let record = windowKeeper.record(before: step)
    return State.Window(
      initial: record.initial, observations: record.observations, actions: record.actions,
      beliefs: record.beliefs,
      concentration: window?.counts?.settled.concentration(blueprint.compiled))
  }

  /// What is wrong with the part of a state that is about a window.
  func windowFaults(_ state: State) -> [Fault] {
    guard let windowKeeper, state.step > 0 else {
      return state.window == nil
        ? [] : [Fault("window", "is not a part of this agent at this step")]
    }
    guard let found = state.window else {
      return [Fault("window", "is missing", remedy: "this agent infers several steps together")]
    }
    let steps = windowKeeper.stepsNeeded(before: state.step).count
    let lists = [found.observations.count, found.actions.count, found.beliefs.count]
    if lists.contains(where: { $0 != steps }) {
      return [
        Fault("window", "is about \(lists) steps", remedy: "give \(steps) of each")
      ]
    }
    var faults: [Fault] = []
    for (place, belief) in [("belief", state.belief), ("window.initial", found.initial)]
      + found.beliefs.enumerated().map({ ("window.beliefs[\($0.offset)]", $0.element) })
    where !isBelief(belief) {
      faults.append(Fault(place, "is not a distribution over the states of each factor"))
    }
    for (index, actions) in found.actions.enumerated() where !areActions(actions) {
      faults.append(Fault("window.actions[\(index)]", "\(actions) are not actions of each factor"))
    }
    for (index, observation) in found.observations.enumerated() {
      faults += observationFaults(observation, "window.observations[\(index)]")
    }
    if (found.concentration == nil) != (window?.counts == nil) {
      faults.append(Fault("window.concentration", "is there where nothing is learned, or is not"))
    }
    return faults
  }

  private func isBelief(_ belief: [Double]) -> Bool {
    guard belief.count == blueprint.compiled.stateCount else { return false }
    return (0..<blueprint.compiled.factors.count).allSatisfy {
      let plan = blueprint.compiled.factors.base[$0]
      return isDistribution(Array(belief[plan.stateOffset..<plan.stateOffset + plan.states]))
    }
  }

  private func areActions(_ actions: [Int]) -> Bool {
    let factors = blueprint.compiled.factors
    return actions.count == factors.count
      && actions.indices.allSatisfy { (0..<factors.base[$0].actions).contains(actions[$0]) }
  }

  private func observationFaults(_ observation: [Observation], _ place: String) -> [Fault] {
    let modalities = blueprint.model.modalities
    guard observation.count == modalities.count else {
      return [Fault(place, "has \(observation.count) entries for \(modalities.count) modalities")]
    }
    return zip(modalities, observation).compactMap { modality, entry in
      entry.fault(in: modality, at: "\(place), \(modality.name)")
    }
  }

  /// Goes on from a state that ``windowFaults(_:)`` finds nothing wrong with.
  func resumeWindow(_ state: State) throws(InvalidInput) {
    guard let windowKeeper else { return }
    windowKeeper.followTransitions()
    guard let found = state.window else { return }
    if let counts = window?.counts, let concentration = found.concentration {
      let settled = try blueprint.model.replacing(concentration: concentration).laidOut()
      counts.settled.restore(from: settled.tables) { $0 }
    }
    windowKeeper.resume(
      WindowRecord(
        initial: found.initial, observations: found.observations, actions: found.actions,
        beliefs: found.beliefs), before: state.step)
  }
}
