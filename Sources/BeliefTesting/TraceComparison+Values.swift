import ActiveInference

// Each kind of value has one function; all of them end in `found`.

extension TraceComparison {
  func found(
    _ quantity: Quantity, _ expected: Difference.Value, _ actual: Difference.Value
  ) -> Found {
    Found(
      difference: Difference(
        step: step, level: level, quantity: quantity.key, index: quantity.index,
        labels: quantity.labels,
        phrase: quantity.phrase, expected: expected, actual: actual))
  }

  // MARK: - Single values

  func compareNumbers(
    _ expected: Double, _ actual: Double, _ quantity: @autoclosure () -> Quantity
  ) throws(Found) {
    if expected.bitPattern == actual.bitPattern || expected.isNaN && actual.isNaN { return }
    let found = found(quantity(), .number(expected), .number(actual))
    if !allows(found.difference, expected, actual) { throw found }
  }

  func compareWhole(
    _ expected: Int, _ actual: Int, _ quantity: @autoclosure () -> Quantity
  ) throws(Found) {
    if expected != actual { throw found(quantity(), .integer(expected), .integer(actual)) }
  }

  /// Compares how many there are, so that what follows can walk both lists.
  func compareCounts(
    _ expected: Int, _ actual: Int, _ quantity: @autoclosure () -> Quantity
  ) throws(Found) {
    try compareWhole(expected, actual, quantity())
  }

  /// Compares what both have; nothing where the expected trace left it out.
  func compareOptional<Value>(
    _ expected: Value?, _ actual: Value?, _ quantity: Quantity,
    _ compare: (Value, Value) throws(Found) -> Void
  ) throws(Found) {
    guard let expected else { return }
    guard let actual else {
      var whole = quantity
      whole.phrase = quantity.key
      throw found(whole, .text("a value"), .absent)
    }
    try compare(expected, actual)
  }

  // MARK: - Lists

  /// Compares one whole number a variable, shown by label.
  func compareWhole(
    _ expected: [Int]?, _ actual: [Int]?, _ quantity: Quantity, _ variables: [Variable]
  ) throws(Found) {
    try compareOptional(expected, actual, quantity) { one, other throws(Found) in
      try compareCounts(one.count, other.count, quantity.counted("entries"))
      for position in one.indices where one[position] != other[position] {
        throw found(
          quantity.at(position, label(position, of: variables)),
          .text(value(one[position], position, of: variables)),
          .text(value(other[position], position, of: variables)))
      }
    }
  }

  /// Compares one list a variable with one number a value.
  func compareTables(
    _ expected: [[Double]]?, _ actual: [[Double]]?, _ quantity: Quantity, _ variables: [Variable]
  ) throws(Found) {
    try compareOptional(expected, actual, quantity) { one, other throws(Found) in
      try compareCounts(one.count, other.count, quantity.counted("lists"))
      for row in one.indices {
        func inside() -> Quantity { quantity.at(row, label(row, of: variables)) }
        try compareCounts(one[row].count, other[row].count, inside().counted("numbers"))
        for column in one[row].indices {
          try compareNumbers(
            one[row][column], other[row][column],
            inside().at(column, value(column, row, of: variables)))
        }
      }
    }
  }

  /// Compares one number a policy.
  func comparePolicies(
    _ expected: [Double]?, _ actual: [Double]?, _ quantity: Quantity
  ) throws(Found) {
    try compareOptional(expected, actual, quantity) { one, other throws(Found) in
      try compareCounts(one.count, other.count, quantity.counted("policies"))
      for policy in one.indices {
        try compareNumbers(one[policy], other[policy], quantity.at(policy, words(policy: policy)))
      }
    }
  }

  // MARK: - Names

  func label(_ position: Int, of variables: [Variable]) -> String {
    position < variables.count ? variables[position].name : "\(position)"
  }

  func value(_ value: Int, _ position: Int, of variables: [Variable]) -> String {
    position < variables.count ? variables[position].label(value) : "\(value)"
  }

  func written(_ observation: Observation, _ modality: Int) -> Difference.Value {
    switch observation {
    case .outcome(let outcome): .text(value(outcome, modality, of: interface.modalities))
    case .distribution(let weights): .text("\(weights)")
    case .missing: .absent
    }
  }

  /// A policy's number and its actions: `7 (left, then cue)`.
  func words(policy: Int) -> String {
    guard let compiled = try? CompiledModel(model),
      let policies = try? PolicySet(compiled, agent.planning),
      policy < policies.count
    else { return "\(policy)" }
    let steps = policies.policy(policy).map { action in
      action.indices.map { value(action[$0], $0, of: model.controls) }.joined(separator: " and ")
    }
    return steps.isEmpty ? "\(policy)" : "\(policy) (" + steps.joined(separator: ", then ") + ")"
  }
}
