import GenerativeModel
import Inference

extension ActiveInferenceAgent.State {
  /// What an agent that learns from whole episodes (``LearningSettings/smoothing``) knows of the present one.
  public struct Record: Hashable, Sendable {
    /// What was observed at each step, `[step][modality]`.
    public var observations: [[Observation]]
    /// What was done between the steps, one entry a control; one action fewer than observations.
    public var actions: [[Int]]
    /// The counts that the episode began with.
    public var concentration: GenerativeModel.Concentration
  }
}

extension ActiveInferenceAgent {
  var recordState: State.Record? {
    guard let hindsight, step > 0 else { return nil }
    return State.Record(
      observations: hindsight.record.observations, actions: hindsight.record.actions,
      concentration: hindsight.first.concentration(blueprint.compiled))
  }

  /// What is wrong with the part of a state that is about the episode so far.
  func recordFaults(_ state: State) -> [Fault] {
    guard hindsight != nil, state.step > 0 else {
      return state.record == nil
        ? [] : [Fault("record", "is not a part of this agent at this step")]
    }
    guard let found = state.record else {
      return [
        Fault(
          "record", "is missing, but under learning.smoothing an agent needs all steps before",
          remedy: "replay the episode from its beginning")
      ]
    }
    if found.observations.count != state.step || found.actions.count != state.step - 1 {
      return [
        Fault(
          "record",
          "has \(found.observations.count) observations and \(found.actions.count) actions",
          remedy: "give \(state.step) and \(state.step - 1)")
      ]
    }
    var faults = found.observations.enumerated().flatMap {
      blueprint.model.faults(of: $1, at: "record.observations[\($0)]")
    }
    for (index, action) in found.actions.enumerated() where !answers.contains(action) {
      faults.append(
        Fault("record.actions[\(index)]", "\(action) is not an action of this model"))
    }
    return faults
  }

  /// Goes on from a state that ``recordFaults(_:)`` finds nothing wrong with.
  func resumeRecord(_ state: State) throws(InvalidInput) {
    guard let hindsight, let found = state.record else { return }
    hindsight.resume(
      BehaviourRecord(observations: found.observations, actions: found.actions),
      from: try blueprint.model.replacing(concentration: found.concentration).laidOut().tables)
  }
}
