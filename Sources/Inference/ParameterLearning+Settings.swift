import GenerativeModel

/// The tables that learn under some settings.
package struct LearnedTables {
  let likelihood: [Bool]
  let transition: [Bool]
  let preference: [Bool]
  let initialState: [Bool]

  /// - Throws: ``InvalidInput`` where the settings name an unknown modality or factor, or one without
  ///   counts.
  package init(_ settings: LearningSettings, _ model: GenerativeModel) throws(InvalidInput) {
    let counts = model.concentration
    var faults: [Fault] = []
    let modalities = model.modalities.map(\.name)
    let factors = model.factors.map(\.name)
    likelihood = chosen(
      settings.likelihood, "A", modalities, counts.likelihood.map { $0 != nil }, &faults)
    transition = chosen(
      settings.transition, "B", factors, counts.transition.map { $0 != nil }, &faults)
    preference = chosen(
      settings.preference, "C", modalities, counts.preference.map { $0?.shape.count == 1 }, &faults)
    initialState = chosen(
      settings.initialState, "D", factors, counts.initialState.map { $0 != nil }, &faults)
    if settings.habit != nil && counts.habit == nil {
      faults.append(
        Fault("learning.E", "the model has no counts for E", remedy: "add concentration.E"))
    }
    for (letter, rule) in [
      ("C", settings.preference), ("D", settings.initialState), ("E", settings.habit),
    ] where rule?.activeLearningPrecision != nil {
      faults.append(
        Fault(
          "learning.\(letter).activeLearningPrecision",
          "is of tables that tell of states, but there is one distribution in \(letter)",
          remedy: "leave it out; A and B can be learned actively"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
  }
}

/// Which of the named tables learn under a rule; what the rule asks for and cannot have is a fault.
private func chosen(
  _ rule: LearningSettings.Rule?, _ letter: String, _ names: [String], _ counted: [Bool],
  _ faults: inout [Fault]
) -> [Bool] {
  guard let rule else { return names.map { _ in false } }
  guard let subset = rule.subset else {
    if !counted.contains(true) {
      faults.append(
        Fault(
          "learning.\(letter)", "the model has no counts for \(letter)",
          remedy: "add concentration.\(letter)"))
    }
    return counted
  }
  for name in subset {
    guard let index = names.firstIndex(of: name) else {
      faults.append(
        Fault(
          "learning.\(letter)", "'\(name)' is not in the model",
          remedy: "it has \(names.joined(separator: ", "))"))
      continue
    }
    if !counted[index] {
      faults.append(
        Fault(
          "learning.\(letter)", "the model has no counts for \(letter)[\(name)]",
          remedy: letter == "C"
            ? "add concentration.C for it, one row for all planning steps"
            : "add concentration.\(letter) for it"))
    }
  }
  return zip(names, counted).map { $1 && subset.contains($0) }
}
