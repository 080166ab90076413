import GenerativeModel
import Inference

extension PlanningSettings {
  /// The length of the policies that are weighed; nil leaves it to the model's list, or 1.
  ///
  /// - Throws: ``InvalidInput`` where the model lists policies that the method would not weigh.
  func policyLength(_ model: GenerativeModel) throws(InvalidInput) -> Int? {
    if method == .enumerate { return horizon }
    if model.policies == nil { return 1 }
    throw InvalidInput(
      source: model.name,
      [
        Fault(
          "policies", "are listed, but \(method.rawValue) makes its own",
          remedy: "leave the list out, or use planning.method enumerate")
      ])
  }

  /// Refuses what a model cannot give.
  ///
  /// - Throws: ``InvalidInput`` where the preferences have fewer rows than the horizon or may sum to
  ///   infinity, E has another length than the policies, or parameters are to be explored that have no
  ///   counts.
  package func check(_ model: GenerativeModel, _ policies: PolicySet) throws(InvalidInput) {
    var faults: [Fault] = []
    let depth = method == .enumerate ? policies.horizon : horizon ?? 1
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let preference, preference.shape.count == 2, convention == .standard,
        preference.shape[0] < depth
      else { continue }
      faults.append(
        Fault(
          "C[\(modality.name)]",
          "has \(preference.shape[0]) planning steps but the horizon is \(depth)",
          remedy: "give a row a step, or one row for all"))
    }
    // Under pymdp 0.0.7 they are made probabilities first.
    let greatest = model.preferences.reduce(0) { sum, preference in
      var greatest = 0.0
      preference?.forEachStored { greatest = max(greatest, $1.magnitude) }
      return sum + greatest
    }
    let steps = max(depth, 1)
    if convention != .pymdp007 && greatest * Double(steps) > Double.greatestFiniteMagnitude / 4 {
      faults.append(
        Fault(
          "C",
          "preferences over \(steps) planning step\(steps == 1 ? "" : "s") may sum to infinity",
          remedy: "make them smaller"))
    }
    let habits = model.habit?.count ?? model.concentration.habit?.count
    if let habits, habits != policies.count {
      faults.append(
        Fault(
          "E", "has \(habits) entries but there are \(policies.count) policies",
          remedy: "give one a policy, in policy order"))
    }
    if parameterInformationGain,
      (model.concentration.likelihood + model.concentration.transition).allSatisfy({ $0 == nil })
    {
      faults.append(
        Fault(
          "planning.parameterInformationGain", "the model has no counts for A or B to learn about",
          remedy: "add concentration.A or concentration.B"))
    }
    if method == .softControl { faults += softControlFaults() }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }

  /// Refuses what the beliefs of a model cannot give.
  ///
  /// - Throws: ``InvalidInput`` where inductive planning lacks a goal, or pymdp 0.0.7's information gain
  ///   has too many joint outcomes.
  package func check(_ space: BeliefSpace) throws(InvalidInput) {
    if inductive != nil { try checkGoals(space.compiled.model) }
    if method == .softControl { try checkJointStates(space.compiled) }
    let isLegacy =
      stateInformationGain && informationGain == .joint && convention == .pymdp007
    if isLegacy { _ = try legacyOutcomeCount(space.compiled) }
  }

  private func checkGoals(_ model: GenerativeModel) throws(InvalidInput) {
    var faults: [Fault] = []
    if model.goals.allSatisfy({ $0 == nil }) {
      faults.append(
        Fault("planning.inductive", "the model has no goal", remedy: "add H for some factor"))
    }
    for (factor, goal) in model.goals.enumerated()
    where goal != nil && model.transitions[factor].given != [factor] {
      faults.append(
        Fault(
          "H[\(model.factors[factor].name)]",
          "inductive planning needs a factor that depends on itself alone",
          remedy: "leave the goal out, or planning.inductive"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }
}

/// The joint outcomes of all modalities, where pymdp 0.0.7's information gain can go through them.
///
/// - Throws: ``InvalidInput`` where there are more than 2^20 joint outcomes or joint states.
func legacyOutcomeCount(_ compiled: CompiledModel) throws(InvalidInput) -> Int {
  let limit = largestOutcomeGroup
  guard let outcomes = product(compiled.model.modalities.map(\.size)), outcomes <= limit,
    compiled.jointStateCount <= limit
  else {
    throw InvalidInput(
      source: "",
      [
        Fault(
          "planning.informationGain", "joint has more than \(limit) joint outcomes or states",
          remedy: "use perModality")
      ])
  }
  return outcomes
}
