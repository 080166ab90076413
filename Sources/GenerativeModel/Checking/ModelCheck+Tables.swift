extension ModelCheck {
  /// A likelihood or transition with its names resolved; what a fault left undecided is nil.
  struct Resolved {
    let given: [Int]
    let controls: [Int]
    let probability: Tensor?
    /// How to name its cells.
    let place: TablePlace

    /// The same table in another key: `concentration.A[reward]`.
    func place(in key: String) -> TablePlace { place.inside(key) }
  }

  /// Checks A: one entry a modality, in the order of modalities.
  mutating func likelihoods() -> [Resolved?] {
    let positions = order(
      description.likelihoods.map(\.modality), in: description.modalities, "modality", key: "A")
    let counted = Set(description.likelihoodCounts.map(\.name))
    return description.modalities.enumerated().map { index, modality in
      let name = "A[\(modality.name)]"
      guard let position = positions[index] else {
        addMissing("A", "modality", modality.name, position(of: modality.name, "modality") != index)
        return nil
      }
      let entry = description.likelihoods[position]
      guard
        let given = indices(of: entry.given, in: description.factors, "factor", at: name + ".given")
      else { return nil }
      let place = TablePlace.likelihood(of: modality, given: given.map { description.factors[$0] })
      return resolved(
        given, [], entry.probability, place, hasCounts: counted.contains(modality.name))
    }
  }

  /// Checks B: one entry a factor, in the order of factors.
  mutating func transitions() -> [Resolved?] {
    let positions = order(
      description.transitions.map(\.factor), in: description.factors, "factor", key: "B")
    let counted = Set(description.transitionCounts.map(\.name))
    return description.factors.enumerated().map { index, factor in
      let name = "B[\(factor.name)]"
      guard let position = positions[index] else {
        addMissing("B", "factor", factor.name, position(of: factor.name, "factor") != index)
        return nil
      }
      let entry = description.transitions[position]
      let given = indices(
        of: entry.given, in: description.factors, "factor", at: name + ".given")
      let controls = indices(
        of: entry.controls, in: description.controls, "control", at: name + ".controls")
      guard let given, let controls else { return nil }
      let place = TablePlace.transition(
        of: factor, given: given.map { description.factors[$0] },
        controls: controls.map { description.controls[$0] })
      return resolved(
        given, controls, entry.probability, place, hasCounts: counted.contains(factor.name))
    }
  }

  private mutating func addMissing(
    _ key: String, _ kind: String, _ name: String, _ isKnownFault: Bool
  ) {
    if isKnownFault || isUnreadable(key) { return }
    add(key, "has no entry for \(kind) '\(name)'", remedy: "add one; each \(kind) has exactly one")
  }

  private mutating func resolved(
    _ given: [Int], _ controls: [Int], _ probability: Tensor?, _ place: TablePlace, hasCounts: Bool
  ) -> Resolved {
    var table: Tensor?
    if let probability {
      if checkShape(probability, place) && checkDistributions(probability, place) {
        table = probability
      }
    } else if !hasCounts && !isUnreadable(place.name) {
      add(place.name, "has neither probability nor counts", remedy: "give one of them")
    }
    return Resolved(given: given, controls: controls, probability: table, place: place)
  }

  /// Whether a table has the shape of its axes and is consistent in itself; faults where not.
  mutating func checkShape(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    // An axis without values is a fault of its variable, and no shape can fit it.
    guard place.shape.allSatisfy({ $0 > 0 }) else { return false }
    guard tensor.shape == place.shape else {
      add(place.name, "expected \(place.meaning), found \(tensor.shape)")
      return false
    }
    guard let cells = product(tensor.shape) else {
      add(place.name, "has more cells than can be counted", remedy: "split a factor")
      return false
    }
    if case .sparse(let offsets, _) = tensor.storage {
      let isAscending = zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }
      guard isAscending, offsets.first ?? 0 >= 0, offsets.last ?? 0 < cells else {
        add(place.name, "sparse offsets are not ascending, distinct and within the shape")
        return false
      }
    }
    return true
  }
}
