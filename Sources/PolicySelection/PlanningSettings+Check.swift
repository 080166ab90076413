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
  ///   infinity, E has another length than the policies, parameters are to be explored that have no
  ///   counts, or the objective does not go with the other settings.
  package func check(_ model: GenerativeModel, _ policies: PolicySet) throws(InvalidInput) {
    if method == .successor { try successor.check(model) }
    var faults = objectiveFaults()
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
    let steps = method == .successor ? successor.steps : max(depth, 1)
    if !convention.followsSPM && greatest * Double(steps) > Double.greatestFiniteMagnitude / 4 {
      faults.append(
        Fault(
          "C",
          "preferences over \(steps) planning step\(steps == 1 ? "" : "s") may sum to infinity",
          remedy: "make them smaller"))
    }
    let length = method == .enumerate ? policies.horizon : depth
    if replanEvery > max(length, 1) || replanEvery > 1 && model.controls.isEmpty {
      faults.append(
        Fault(
          "planning.replanEvery",
          "is \(replanEvery) but a plan has \(model.controls.isEmpty ? 0 : length) steps",
          remedy: "give at most as many, or a longer horizon"))
    }
    let habits = model.habit.map { model.habitTable($0).shape[0] }
    if [.sophisticated, .treeSearch, .successor].contains(method) && !model.habitGiven.isEmpty {
      faults.append(
        Fault(
          "E", "depends on states, which \(method.rawValue) does not look ahead with",
          remedy: "give habits without 'given', or use planning.method enumerate or hybrid"))
    }
    if let habits, habits != policies.count {
      faults.append(
        Fault(
          "E", "has \(habits) entries but there are \(policies.count) policies",
          remedy: "give one a policy, in policy order"))
    }
    if method == .hybrid { faults += hybridFaults(actions: policies.count) }
    if parameterInformationGain, convention != .spm,
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
  /// - Throws: ``InvalidInput`` where inductive planning lacks a goal or has one that
  /// is too large, or pymdp 0.0.7's information gain
  ///   has too many joint outcomes.
  package func check(_ space: BeliefSpace) throws(InvalidInput) {
    if let inductive { try checkGoals(space.compiled, depth: inductive.depth) }
    if method == .softControl { try checkJointStates(space.compiled) }
    let isLegacy =
      takesInformationGain && informationGain == .joint && convention.followsSPM
    if isLegacy { _ = try legacyOutcomeCount(space.compiled) }
  }

  private func checkGoals(_ compiled: CompiledModel, depth: Int) throws(InvalidInput) {
    let model = compiled.model
    var faults: [Fault] = []
    if model.goals.allSatisfy({ $0 == nil }) {
      faults.append(
        Fault("planning.inductive", "the model has no goal", remedy: "add H for some factor"))
    }
    let scopes = InductiveScope.all(of: model)
    for (factor, avoided) in model.avoided.enumerated()
    where avoided != nil && !scopes.contains(where: { $0.factors.contains(factor) }) {
      faults.append(
        Fault(
          "H[\(model.factors[factor].name)]", "avoids states, but no goal depends on the factor",
          remedy: "give it a goal, or leave avoid out"))
    }
    for scope in scopes where scope.factors.count > 1 {
      let transitions = scope.transitionCount(compiled) * Double(depth)
      guard transitions > Double(PlanningSettings.largestJointGoal) else { continue }
      let names = scope.factors.map { model.factors[$0].name }.joined(separator: ", ")
      faults.append(
        Fault(
          "H[\(model.factors[scope.factors[0]].name)]",
          "a goal over \(names) takes about \(Int(min(transitions, 1e18))) joint transitions",
          remedy:
            "at most \(PlanningSettings.largestJointGoal) over all planning.inductive.depth steps"
            + " back; leave the goal out, or make the depth less"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }

  /// The most joint transitions that are followed back from a goal over several factors, over all steps.
  static let largestJointGoal = 1 << 26
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
