import ActiveInference

extension TraceComparison {
  /// Compares the counts after the last step, table by table.
  func compare(
    _ expected: GenerativeModel.Concentration, _ actual: GenerativeModel.Concentration
  ) throws(Found) {
    let likelihoods = zip(model.modalities, model.likelihoods).map { modality, table in
      [modality] + table.given.map { model.factors[$0] }
    }
    let transitions = zip(model.factors, model.transitions).map { factor, table in
      [factor] + table.given.map { model.factors[$0] } + table.controls.map { model.controls[$0] }
    }
    let modalities = model.modalities
    let factors = model.factors
    try compareTensors(expected.likelihood, actual.likelihood, "A", modalities, likelihoods)
    try compareTensors(expected.transition, actual.transition, "B", factors, transitions)
    try compareTensors(
      expected.preference, actual.preference, "C", modalities,
      zip(modalities, expected.preference).map { modality, table in
        guard let table, table.shape.count > 1 else { return [modality] }
        return [Variable("planning step", size: table.shape[0]), modality]
      })
    try compareTensors(
      expected.initialState.map(vector), actual.initialState.map(vector), "D", factors,
      factors.map { [$0] })
    try compareHabits(expected.habit, actual.habit, quantity("E", "count of policy"))
  }

  /// Counts of policies, of each state where they are given states.
  private func compareHabits(
    _ expected: [Double]?, _ actual: [Double]?, _ quantity: Quantity
  ) throws(Found) {
    if model.habitGiven.isEmpty { return try comparePolicies(expected, actual, quantity) }
    try compareOptional(expected, actual, quantity) { one, other throws(Found) in
      let (one, other) = (model.habitTable(one), model.habitTable(other))
      let policies = Variable("policy", size: one.shape[0])
      try compare(one, other, quantity, [policies] + model.habitGiven.map { model.factors[$0] })
    }
  }

  private func vector(_ values: [Double]?) -> Tensor? {
    values.map { Tensor(shape: [$0.count], $0) }
  }

  private func quantity(_ letter: String, _ phrase: String) -> Quantity {
    Quantity("final.concentration.\(letter)", "final " + phrase)
  }

  private func compareTensors(
    _ expected: [Tensor?], _ actual: [Tensor?], _ letter: String,
    _ variables: [Variable], _ axes: [[Variable]]
  ) throws(Found) {
    let quantity = quantity(letter, "count in \(letter)")
    try compareCounts(expected.count, actual.count, quantity.counted("tables"))
    for table in expected.indices {
      let inside = quantity.at(table, label(table, of: variables))
      try compareOptional(expected[table], actual[table], inside) { one, other throws(Found) in
        try compare(one, other, inside, table < axes.count ? axes[table] : [])
      }
    }
  }

  private func compare(
    _ expected: Tensor, _ actual: Tensor, _ quantity: Quantity, _ axes: [Variable]
  ) throws(Found) {
    guard expected.shape == actual.shape else {
      throw found(quantity, .text("shape \(expected.shape)"), .text("shape \(actual.shape)"))
    }
    try forEachCell(expected, actual) { offset, one, other throws(Found) in
      try compareNumbers(one, other, cell(offset, of: quantity, expected.shape, axes))
    }
  }

  /// The place of a row-major offset, by number and by label.
  private func cell(
    _ offset: Int, of quantity: Quantity, _ shape: [Int], _ axes: [Variable]
  ) -> Quantity {
    position(of: offset, in: shape).enumerated().reduce(quantity) { place, next in
      place.at(next.element, value(next.element, next.offset, of: axes))
    }
  }
}
