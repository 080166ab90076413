extension ModelLint {
  /// A sum may be off by rounding of its terms; more was written so.
  private static let rounding = 1e-12
  /// What each term may add to that.
  private static let roundingOfTerm = 2.3e-16

  /// Columns that a model may have but its author hardly meant: sums that are nearly one, and axes that
  /// make sense the other way round.
  func checkColumns() {
    for m in model.modalities.indices where model.concentration.likelihood[m] == nil {
      checkSums(model.likelihoods[m].probability, model.likelihoodPlace(m))
    }
    for f in model.factors.indices where model.concentration.transition[f] == nil {
      checkSums(model.transitions[f].probability, model.transitionPlace(f))
      checkOrder(f)
    }
  }

  private func checkSums(_ tensor: Tensor, _ place: TablePlace) {
    var (count, first) = (0, "")
    let rounding = ModelLint.rounding + Double(tensor.shape[0]) * ModelLint.roundingOfTerm
    _ = ColumnSums(tensor).forEach { column, sum in
      if (sum - 1).magnitude <= rounding { return }
      if count == 0 { first = "\(place.column(column)) sums to \(sum)" }
      count += 1
    }
    if count == 0 { return }
    add(
      .inexactColumn, at: place.name, "\(counted(count, "column")) sum to nearly one, not one",
      proof: "\(first), further from one than rounding goes",
      remedy: "give every digit, or divide each column by its sum")
  }

  /// Finds a control that makes no difference and has as many actions as the factor states, which all
  /// make one: as if both axes had been exchanged.
  private func checkOrder(_ f: Int) {
    let (table, transition) = (transitions[f], model.transitions[f])
    for (position, control) in transition.controls.enumerated() {
      let axis = transition.given.count + position
      guard table.parents[axis] > 1, !table.varies(along: axis) else { continue }
      for (other, factor) in transition.given.enumerated()
      where table.parents[other] == table.parents[axis]
        && leadsToOwnStates(table, along: other)
      {
        let names = (model.controls[control].name, model.factors[factor].name)
        add(
          .swappedAxes, .warning, at: model.transitionPlace(f).name,
          "the axes of \(names.0) and \(names.1) look exchanged",
          proof:
            "no action of \(names.0) makes a difference, and each state of \(names.1) leads to one "
            + "state of its own whatever the action: exchanged, it would be where an action leads",
          remedy: "write [next, \(names.1), ..., \(names.0), ...]; else leave \(names.0) out")
      }
    }
  }

  /// Whether each value along an axis leads to one state for certain, no two to the same.
  private func leadsToOwnStates(_ table: ColumnTable, along axis: Int) -> Bool {
    var targets = [Int32?](repeating: nil, count: table.parents[axis])
    for column in 0..<table.columns {
      let support = table.support(column)
      guard support.count == 1, let target = support.first else { return false }
      let value = table.coordinate(column, axis)
      if let known = targets[value], known != target { return false }
      targets[value] = target
    }
    return Set(targets).count == targets.count
  }
}

extension ModelDescription {
  /// Tables whose columns do not sum to one where along another axis everything does.
  func wronglyNormalised() -> [Finding] {
    likelihoods.compactMap { entry in
      ModelDescription.wronglyNormalised(entry.probability, "A[\(entry.modality)]", entry.given)
    }
      + transitions.compactMap { entry in
        ModelDescription.wronglyNormalised(
          entry.probability, "B[\(entry.factor)]", entry.given + entry.controls)
      }
  }

  private static func wronglyNormalised(
    _ tensor: Tensor?, _ place: String, _ parents: [String]
  ) -> Finding? {
    guard let tensor, product(tensor.shape) != nil, tensor.shape.count == parents.count + 1,
      tensor.shape.allSatisfy({ $0 > 0 }), sums(tensor, along: 0).contains(where: isOff)
    else { return nil }
    for axis in 1..<tensor.shape.count {
      let sums = sums(tensor, along: axis)
      guard tensor.shape[axis] > 1, !sums.contains(where: isOff) else { continue }
      return Finding(
        .swappedAxes, place, "is normalised over \(parents[axis - 1]), not over its first axis",
        proof:
          "not every column along the first axis sums to 1, and every one along axis \(axis) does",
        remedy: "exchange the two axes: the distribution is the first")
    }
    return nil
  }

  private static func isOff(_ sum: Double) -> Bool {
    !((sum - 1).magnitude <= ModelCheck.tolerance)
  }

  /// The sums along an axis, by the other axes.
  private static func sums(_ tensor: Tensor, along axis: Int) -> [Double] {
    let stride = tensor.shape[(axis + 1)...].reduce(1, *)
    let size = tensor.shape[axis]
    guard tensor.count / size <= 4 * tensor.storedCount else { return [0] }
    var sums = [Double](repeating: 0, count: tensor.count / size)
    tensor.forEachStored { offset, value in
      sums[offset / (stride * size) * stride + offset % stride] += value
    }
    return sums
  }
}
