import Kernels

extension GenerativeModel {
  /// A model drawn from this one's Dirichlet counts: a world such as the agent believes in.
  ///
  /// A, B, D and E with counts are drawn column by column in the order modality, factor; what has
  /// no counts stays. The result has no counts for the tables that were drawn. C is a preference,
  /// not a belief about the world, and stays with its counts.
  ///
  /// ```swift
  /// var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .parameters)
  /// let world = model.sampled(using: &random)
  /// ```
  ///
  /// - Complexity: O(counts held).
  public func sampled(using random: inout RandomStream) -> GenerativeModel {
    var drawnLikelihoods = likelihoods
    for (index, counts) in concentration.likelihood.enumerated() {
      guard let counts else { continue }
      drawnLikelihoods[index] = Likelihood(
        given: likelihoods[index].given, probability: drawn(counts, &random))
    }
    var drawnTransitions = transitions
    for (index, counts) in concentration.transition.enumerated() {
      guard let counts else { continue }
      let table = transitions[index]
      drawnTransitions[index] = Transition(
        given: table.given, controls: table.controls, probability: drawn(counts, &random))
    }
    var drawnInitialStates = initialStates
    for (index, counts) in concentration.initialState.enumerated() {
      if let counts { drawnInitialStates[index] = random.dirichlet(counts) }
    }
    let drawnHabit =
      concentration.habit.map {
        habitGiven.isEmpty ? random.dirichlet($0) : drawn(habitTable($0), &random).values
      } ?? habit
    return GenerativeModel(
      name: name, factors: factors, modalities: modalities, controls: controls,
      likelihoods: drawnLikelihoods, transitions: drawnTransitions, preferences: preferences,
      initialStates: drawnInitialStates, habit: drawnHabit, habitGiven: habitGiven,
      policies: policies,
      concentration: Concentration(
        likelihood: modalities.map { _ in nil }, transition: factors.map { _ in nil },
        preference: concentration.preference, initialState: factors.map { _ in nil }, habit: nil),
      goals: goals, avoided: avoided)
  }

  /// Draws every column of a table from its counts.
  private func drawn(_ counts: Tensor, _ random: inout RandomStream) -> Tensor {
    let columns = counts.shape.dropFirst().reduce(1, *)
    // A checked table of counts has an entry in every column.
    var columnCounts = [[Double]](repeating: [], count: columns)
    counts.forEachStored { offset, count in columnCounts[offset % columns].append(count) }
    var columnDraws = columnCounts.map { random.dirichlet($0) }
    // The entries of a column come back in the order in which they went.
    for column in columnDraws.indices { columnDraws[column].reverse() }
    return counts.mapStored { offset, _ in columnDraws[offset % columns].popLast() ?? 0 }
  }
}
