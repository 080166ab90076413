import GenerativeModel
import Inference
import PolicySelection

extension ActiveInferenceAgent {
  /// The belief about the states of the last step, `[factor][state]`.
  public var beliefs: [[Double]] { factors(marginals.base) }

  /// The posterior over policies of the last step.
  public var policyPosterior: [Double] { posterior.array(0..<posterior.count) }

  /// What the agent chose in the last step, one action a control.
  public var lastChoice: [Int] { choice.array(0..<choice.count) }

  /// The counts as they are now, in the model's shapes.
  public var concentration: GenerativeModel.Concentration {
    tables.concentration(blueprint.compiled)
  }

  /// Says what the last step found, as far as the level keeps it.
  public func describe(_ record: inout StepRecord, level: RecordLevel) {
    record.choice = lastChoice
    let ignored = inference.ignored
    record.impossible = blueprint.model.modalities.indices
      .filter { ignored.base[$0] }.map { blueprint.model.modalities[$0].name }
    guard level >= .beliefs else { return }
    record.beliefs = beliefs
    if blueprint.parts.beliefs == nil { record.freeEnergy = inference.outcome.freeEnergy }
    guard level >= .full else { return }
    let values = planner.values
    record.negativeExpectedFreeEnergy = values.array(0..<values.count)
    if blueprint.parts.scores == nil { record.terms = terms }
    record.policyPosterior = policyPosterior
    record.actionMarginals = actionMarginals
    if level >= .iterates && !iterates.freeEnergy.isEmpty { record.iterates = iterates }
  }

  /// P(action) by control: the policy posterior summed by first action.
  public var actionMarginals: [[Double]] {
    blueprint.model.controls.indices.map {
      selection.marginals.array(selection.marginalOffsets[$0]..<selection.marginalOffsets[$0 + 1])
    }
  }

  /// The parts of the negative expected free energy by policy.
  public var terms: PolicyTerms {
    let terms = planner.terms.array(0..<planner.terms.count)
    return PolicyTerms(
      utility: terms.map(\.utility), stateInformationGain: terms.map(\.stateInformationGain),
      parameterInformationGain: terms.map(\.parameterInformationGain),
      inductive: terms.map(\.inductive))
  }
}
