extension ModelLint {
  /// Dependencies that are listed and make no difference.
  ///
  /// What is learned may be flat to begin with. That a factor is given itself is how its table is mostly
  /// written, and says nothing.
  func checkDependencies() {
    for m in model.modalities.indices where model.concentration.likelihood[m] == nil {
      let name = model.likelihoodPlace(m).name
      for (axis, factor) in model.likelihoods[m].given.enumerated() {
        checkDependency(likelihoods[m], axis, name, "factor \(model.factors[factor].name)")
      }
    }
    for f in model.factors.indices where model.concentration.transition[f] == nil {
      let name = model.transitionPlace(f).name
      let transition = model.transitions[f]
      for (axis, factor) in transition.given.enumerated() where factor != f {
        checkDependency(transitions[f], axis, name, "factor \(model.factors[factor].name)")
      }
      for (position, control) in transition.controls.enumerated() {
        checkDependency(
          transitions[f], transition.given.count + position, name,
          "control \(model.controls[control].name)")
      }
    }
  }

  private func checkDependency(
    _ table: ColumnTable, _ axis: Int, _ place: String, _ parent: String
  ) {
    guard table.parents[axis] > 1, !table.varies(along: axis) else { return }
    add(
      .idleDependency, at: place, "does not depend on \(parent)",
      proof: "its columns are equal along that axis", remedy: "leave \(parent) out")
  }

  /// Modalities that tell nothing, and outcomes that are never seen.
  func checkOutcomes() {
    for m in model.modalities.indices where model.modalities[m].size > 1 {
      if isUninformative(m) {
        add(
          .uninformativeModality, isLearned(m) ? .note : nil, at: model.likelihoodPlace(m).name,
          "tells nothing of any state",
          proof: "its columns are equal for all states that are reached (\(reachable.method))",
          remedy: "let its outcomes differ by state, or leave the modality out")
      }
      checkSeen(m)
    }
  }

  /// Whether the likelihood of a modality has counts, and so will change.
  func isLearned(_ m: Int) -> Bool { model.concentration.likelihood[m] != nil }

  /// Whether the outcomes of a modality have the same probabilities in all states that are reached.
  func isUninformative(_ m: Int) -> Bool {
    let met = metLikelihoods[m]
    guard let first = met.firstIndex(of: true) else { return true }
    return met.indices.allSatisfy { !met[$0] || likelihoods[m].isEqual(first, $0) }
  }

  /// Which outcomes of a modality are possible in a state that is reached.
  func seen(_ m: Int) -> [Bool] {
    var seen = [Bool](repeating: false, count: model.modalities[m].size)
    for (column, isMet) in metLikelihoods[m].enumerated() where isMet {
      for outcome in likelihoods[m].support(column) { seen[Int(outcome)] = true }
    }
    return seen
  }

  private func checkSeen(_ m: Int) {
    let seen = seen(m)
    let never = seen.indices.filter { !seen[$0] && !preferred[m][$0] }
    if never.isEmpty { return }
    let labels = listed(never.map { model.modalities[m].label($0) })
    add(
      .impossibleOutcome, at: place(modality: m),
      "\(labels) \(never.count == 1 ? "is" : "are") never seen",
      proof: "A gives it probability 0 in every state that is reached (\(reachable.method))",
      remedy: "leave it out, or give it probability where it should be seen")
  }

  /// A modality whose outcome follows for certain from another's is the same evidence twice.
  func checkCopies() {
    struct Key: Hashable {
      let given: [Int]
      let outcomes: [Int32]
    }
    var first: [Key: Int] = [:]
    for m in model.modalities.indices {
      let table = likelihoods[m]
      let outcomes = (0..<table.columns).compactMap { column in
        table.probabilities(column).elementsEqual([1]) ? table.support(column).first : nil
      }
      guard outcomes.count == table.columns, !isUninformative(m) else { continue }
      let key = Key(given: model.likelihoods[m].given, outcomes: outcomes)
      guard let copy = first[key] else {
        first[key] = m
        continue
      }
      // What is preferred of a copy is a use of its own.
      if preferred[m].contains(true) { continue }
      add(
        .duplicateModality, at: model.likelihoodPlace(m).name,
        "always says what \(model.modalities[copy].name) says",
        proof: "both tables are equal and certain, so that one outcome follows from the other",
        remedy: "leave one out; per-modality information gain counts it twice")
    }
  }
}
