import GenerativeModel
import Inference
import PolicySelection

extension ActiveInferenceAgent {
  /// The belief about the states of the last step, `[factor][state]`.
  public var beliefs: [[Double]] {
    settle()
    return factors(engine.marginals.base)
  }

  /// The posterior over policies of the last step that weighed policies.
  public var policyPosterior: [Double] {
    settlePlan()
    return engine.posterior.array(0..<engine.posterior.count)
  }

  /// What the agent chose in the last step, one action a control.
  public var lastChoice: [Int] { recalledChoice ?? answers.answer(choice.base) }

  /// The negative expected free energy of each policy in the last step that weighed policies, in nats.
  public var negativeExpectedFreeEnergy: [Double] {
    settlePlan()
    let values = engine.planner.values
    return values.array(0..<values.count)
  }

  /// The counts as they are now, in the model's shapes.
  public var concentration: GenerativeModel.Concentration {
    if learning == nil { return blueprint.model.concentration }
    if let presentedLane, let ownLanes {
      return ownLanes.blocks[0].tables.concentration(blueprint.compiled, lane: presentedLane)
    }
    return engine.tables.concentration(blueprint.compiled)
  }

  /// Says what the last step found, as far as the level keeps it.
  public func describe(_ record: inout StepRecord, level: RecordLevel) {
    if let recalled = recalledChoice {
      record.choice = recalled
    } else {
      record.choice = lastChoice
      if hasIgnoredModality {
        let ignored = ignoredModalities
        record.impossible = blueprint.model.modalities.indices
          .filter { ignored[$0] }.map { blueprint.model.modalities[$0].name }
      }
    }
    guard level >= .beliefs else { return }
    record.beliefs = beliefs
    record.smoothed = smoothedBeliefs
    if blueprint.parts.beliefs == nil { record.freeEnergy = outcome.freeEnergy }
    guard level >= .full else { return }
    if level >= .iterates && !iterates.freeEnergy.isEmpty { record.iterates = iterates }
    if followsPlan { return }
    record.negativeExpectedFreeEnergy = negativeExpectedFreeEnergy
    if blueprint.parts.scores == nil { record.terms = terms }
    record.policyPosterior = policyPosterior
    byPolicy?.describe(&record, level: level)
    record.actionMarginals = actionMarginals
    if blueprint.parts.scores == nil { record.search = searchReport }
  }

  /// P(action) by control: the policy posterior summed by first action.
  public var actionMarginals: [[Double]] {
    settlePlan()
    let selection = engine.selection
    return blueprint.model.controls.indices.map {
      selection.marginals.array(
        selection.marginalOffsets.base[$0]..<selection.marginalOffsets.base[$0 + 1])
    }
  }

  /// What the search for a plan says of itself; nil where policies are enumerated.
  public var searchReport: SearchReport? {
    settlePlan()
    return search?.report
  }

  /// The parts of the negative expected free energy by policy.
  public var terms: PolicyTerms {
    settlePlan()
    return PolicyTerms(byPolicy?.terms ?? search?.terms ?? engine.planner.terms())
  }
}

extension PolicyTerms {
  /// The parts of each policy's value.
  init(_ terms: [ExpectedFreeEnergyTerms]) {
    self.init(
      utility: terms.map(\.utility), stateInformationGain: terms.map(\.stateInformationGain),
      parameterInformationGain: terms.map(\.parameterInformationGain),
      inductive: terms.map(\.inductive))
  }
}
