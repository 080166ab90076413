import Kernels

extension ModelCheck {
  /// Checks Dirichlet counts, by themselves and against the probabilities given beside them.
  mutating func concentration(
    _ likelihoods: [Resolved?], _ transitions: [Resolved?], _ preferences: [Tensor?],
    _ initialStates: [[Double]?], habitGiven: [Int]?
  ) -> GenerativeModel.Concentration {
    let key = "concentration"
    return GenerativeModel.Concentration(
      likelihood: counts(
        description.likelihoodCounts, likelihoods, description.modalities, "modality", "A"),
      transition: counts(
        description.transitionCounts, transitions, description.factors, "factor", "B"),
      preference: preferenceCounts(preferences),
      initialState: tables(
        description.initialStateCounts, of: description.factors, "factor", key: key + ".D"
      ) { check, tensor, place in
        guard check.checkVector(tensor, place) && check.checkCounts(tensor, place) else {
          return false
        }
        let index = check.factorIndex[place.axes[0].variable.name]
        if let probability = index.flatMap({ initialStates[$0] }) {
          let given = Tensor(shape: tensor.shape, probability)
          check.compare(meanOfColumns(tensor), with: given, place, "probability")
        }
        return true
      }.map { $0?.values },
      habit: habitCounts(given: habitGiven))
  }

  private mutating func counts(
    _ entries: [ModelDescription.Table], _ tables: [Resolved?], _ variables: [Variable],
    _ kind: String, _ letter: String
  ) -> [Tensor?] {
    let positions = order(entries.map(\.name), in: variables, kind, key: "concentration.\(letter)")
    return zip(positions, tables).map { position, table in
      guard let position, let table else { return nil }
      let place = table.place(in: "concentration")
      let tensor = entries[position].values
      guard checkShape(tensor, place) && checkCounts(tensor, place) else { return nil }
      if let probability = table.probability {
        compare(meanOfColumns(tensor), with: probability, place, "probability")
      }
      return tensor
    }
  }

  private mutating func preferenceCounts(_ preferences: [Tensor?]) -> [Tensor?] {
    tables(
      description.preferenceCounts, of: description.modalities, "modality", key: "concentration.C"
    ) { check, tensor, place in
      guard check.checkPreferenceShape(tensor, place) else { return false }
      let steps = place.withSteps(of: tensor)
      // The logarithm of the mean is finite only where the mean is positive.
      guard check.checkCountEntries(tensor, steps) else { return false }
      guard check.checkLogarithms(tensor, steps) else { return false }
      let index = check.modalityIndex[place.axes[0].variable.name]
      if let given = index.flatMap({ preferences[$0] }) {
        if given.shape == tensor.shape {
          check.compare(logarithmOfMean(tensor), with: given, steps, "logPreference")
        } else {
          check.add(place.name, "has shape \(tensor.shape) but logPreference has \(given.shape)")
        }
      }
      return true
    }
  }

  /// Whether the logarithm of the mean of every row is finite.
  private mutating func checkLogarithms(_ counts: Tensor, _ place: TablePlace) -> Bool {
    var run = FaultRun()
    let values = counts.values
    for (offset, value) in logarithmOfMean(counts).values.enumerated() where !value.isFinite {
      run.add(
        Fault(
          place.entry(offset), "is \(values[offset]), and the logarithm of its mean is not finite",
          remedy: "a preference needs positive counts"))
    }
    faults.add(run.summary(place.name, one: "entry", many: "entries"))
    return run.count == 0
  }

  private mutating func habitCounts(given: [Int]?) -> [Double]? {
    guard let counts = description.habitCounts, let given else { return nil }
    let name = "concentration.E"
    guard checkHabit(counts, description.habitCountsShape, given, name, isCount: true) else {
      return nil
    }
    guard let habit = description.habit else { return counts }
    guard habit.count == counts.count else {
      // A list of policies has told which of the two is wrong.
      if description.policies == nil {
        add("concentration.E", "has \(counts.count) entries but E has \(habit.count)")
      }
      return nil
    }
    let place = habitPlace(name, counts.count, given)
    compare(
      Tensor(shape: place.shape, habitMean(counts, given: given)),
      with: Tensor(shape: place.shape, habit), place, "probability")
    return counts
  }

  /// Adds a fault for each cell in which what the counts say and what is written beside them differ.
  private mutating func compare(
    _ mean: Tensor, with given: Tensor, _ place: TablePlace, _ noun: String
  ) {
    var run = FaultRun()
    forEachPair(mean, given) { offset, mean, given in
      if !((mean - given).magnitude <= ModelCheck.tolerance) {
        let isLogarithm = noun == "logPreference"
        let what = isLogarithm ? "the logarithm of the counts' mean" : "the counts' mean"
        run.add(
          Fault(
            place.entry(offset), "\(what) is \(shown(mean)) but \(noun) is \(shown(given))",
            remedy: "leave one of them out"))
      }
    }
    faults.add(run.summary(place.name, one: "entry", many: "entries"))
  }
}

/// Calls `body` with the cells that either of two tensors of one shape holds, ascending.
func forEachPair(
  _ a: Tensor, _ b: Tensor, _ body: (_ offset: Int, _ a: Double, _ b: Double) -> Void
) {
  let (a, b) = (StoredEntries(a), StoredEntries(b))
  var (i, j) = (0, 0)
  while i < a.count || j < b.count {
    let (left, right) = (a.offset(i), b.offset(j))
    let offset = min(left, right)
    body(offset, left == offset ? a.values[i] : 0, right == offset ? b.values[j] : 0)
    if left == offset { i += 1 }
    if right == offset { j += 1 }
  }
}

/// The entries a tensor holds, by position.
private struct StoredEntries {
  /// Nil where every cell is held.
  let offsets: [Int]?
  let values: [Double]

  init(_ tensor: Tensor) {
    switch tensor.storage {
    case .dense(let values): (offsets, self.values) = (nil, values)
    case .sparse(let offsets, let values): (self.offsets, self.values) = (offsets, values)
    }
  }

  var count: Int { values.count }

  /// The offset of an entry; `Int.max` after the last.
  func offset(_ position: Int) -> Int {
    position < count ? offsets?[position] ?? position : Int.max
  }
}
