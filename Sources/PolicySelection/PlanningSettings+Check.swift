import GenerativeModel

extension PlanningSettings {
  /// Refuses what a model cannot give.
  ///
  /// - Throws: ``InvalidInput`` where the preferences have fewer rows than the horizon, E has another
  ///   length than the policies, or parameters are to be explored that have no counts.
  package func check(_ model: GenerativeModel, _ policies: PolicySet) throws(InvalidInput) {
    var faults: [Fault] = []
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let preference, preference.shape.count == 2, convention == .standard,
        preference.shape[0] < policies.horizon
      else { continue }
      faults.append(
        Fault(
          "C[\(modality.name)]",
          "has \(preference.shape[0]) planning steps but the horizon is \(policies.horizon)",
          remedy: "give a row a step, or one row for all"))
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
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }
}
