import Kernels

extension GenerativeModel {
  /// This model with other counts: A, B, C, D and E follow them.
  ///
  /// What an agent has learned becomes a model so. A table for which `concentration` has no counts
  /// keeps its numbers and loses its counts.
  ///
  /// - Throws: ``InvalidInput`` where the counts do not fit the model.
  public func replacing(concentration: Concentration) throws(InvalidInput) -> GenerativeModel {
    var counts = ModelDescription()
    let faults = FaultList()
    func tables<Value>(
      _ values: [Value?], _ variables: [Variable], _ key: String, _ tensor: (Value) -> Tensor
    ) -> [ModelDescription.Table] {
      if values.count != variables.count {
        faults.add(
          "concentration.\(key)", "has \(values.count) entries, expected \(variables.count)")
      }
      return zip(values, variables).compactMap { value, variable in
        value.map { .init(variable.name, tensor($0)) }
      }
    }
    counts.likelihoodCounts = tables(concentration.likelihood, modalities, "A") { $0 }
    counts.transitionCounts = tables(concentration.transition, factors, "B") { $0 }
    counts.preferenceCounts = tables(concentration.preference, modalities, "C") { $0 }
    counts.initialStateCounts = tables(concentration.initialState, factors, "D") {
      Tensor(shape: [$0.count], $0)
    }
    counts.habitCounts = concentration.habit
    counts.habitGiven = habitGiven.map { factors[$0].name }
    try faults.check(source: name)
    return try replacing(counts)
  }

  /// This model with the counts of a description.
  func replacing(_ counts: ModelDescription) throws(InvalidInput) -> GenerativeModel {
    var description = ModelDescription(self)
    description.likelihoodCounts = counts.likelihoodCounts
    description.transitionCounts = counts.transitionCounts
    description.preferenceCounts = counts.preferenceCounts
    description.initialStateCounts = counts.initialStateCounts
    description.habitCounts = counts.habitCounts
    description.habitCountsShape = counts.habitCountsShape
    if let habit = counts.habitCounts { try checkReplacement(habit, given: counts.habitGiven) }
    if counts.habitCounts != nil { description.habitGiven = counts.habitGiven }
    // The old numbers need not agree with the new counts.
    let likelihoods = Set(counts.likelihoodCounts.map(\.name))
    for index in description.likelihoods.indices
    where likelihoods.contains(description.likelihoods[index].modality) {
      description.likelihoods[index].probability = nil
    }
    let transitions = Set(counts.transitionCounts.map(\.name))
    for index in description.transitions.indices
    where transitions.contains(description.transitions[index].factor) {
      description.transitions[index].probability = nil
    }
    let preferences = Set(counts.preferenceCounts.map(\.name))
    description.preferences.removeAll { preferences.contains($0.name) }
    let initialStates = Set(counts.initialStateCounts.map(\.name))
    description.initialStates.removeAll { initialStates.contains($0.name) }
    if counts.habitCounts != nil { description.habit = nil }
    return try GenerativeModel(description)
  }

  /// Refuses counts over policies that are not of the shape of E, where the model has one.
  private func checkReplacement(_ counts: [Double], given: [String]) throws(InvalidInput) {
    guard let habit else { return }
    let faults = FaultList()
    let expected = habitGiven.map { factors[$0].name }
    if given != expected {
      faults.add("concentration.E.given", "is \(given) but E is given \(expected)")
    } else if counts.count != habit.count {
      faults.add("concentration.E", "has \(counts.count) entries but E has \(habit.count)")
    }
    try faults.check(source: name)
  }
}

extension ModelDescription {
  /// The description of a model, to be edited and checked again.
  public init(_ model: GenerativeModel) {
    func tables<Value>(
      _ values: [Value?], _ variables: [Variable], _ tensor: (Value) -> Tensor
    ) -> [Table] {
      zip(values, variables).compactMap { value, variable in
        value.map { Table(variable.name, tensor($0)) }
      }
    }
    func vector(_ values: [Double]) -> Tensor { Tensor(shape: [values.count], values) }
    func names(_ indices: [Int], _ variables: [Variable]) -> [String] {
      indices.map { variables[$0].name }
    }
    name = model.name
    factors = model.factors
    modalities = model.modalities
    controls = model.controls
    likelihoods = zip(model.modalities, model.likelihoods).map { modality, table in
      Likelihood(modality.name, given: names(table.given, model.factors), table.probability)
    }
    transitions = zip(model.factors, model.transitions).map { factor, table in
      Transition(
        factor.name, given: names(table.given, model.factors),
        controls: names(table.controls, model.controls), table.probability)
    }
    preferences = tables(model.preferences, model.modalities) { $0 }
    initialStates = tables(model.initialStates, model.factors, vector)
    habit = model.habit
    habitGiven = names(model.habitGiven, model.factors)
    policies = model.policies
    goals = tables(model.goals, model.factors, vector)
    avoided = tables(model.avoided, model.factors, vector)
    let counts = model.concentration
    likelihoodCounts = tables(counts.likelihood, model.modalities) { $0 }
    transitionCounts = tables(counts.transition, model.factors) { $0 }
    preferenceCounts = tables(counts.preference, model.modalities) { $0 }
    initialStateCounts = tables(counts.initialState, model.factors, vector)
    habitCounts = counts.habit
  }
}
