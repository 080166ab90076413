import ActiveInference

/// What differs between two models, entry by entry, in the order of a model file.
struct ModelComparison {
  private let expected: GenerativeModel
  private let actual: GenerativeModel
  private var gathered = ChangeGatherer()

  /// What differs; nil where nothing does.
  ///
  /// - Complexity: O(entries held).
  static func changes(_ expected: GenerativeModel, _ actual: GenerativeModel) -> Changes? {
    if expected == actual { return nil }
    var comparison = ModelComparison(expected: expected, actual: actual)
    comparison.compareVariables()
    // Tables of other variables have other cells: what matters has been said.
    if comparison.gathered.changes == nil { comparison.compareTables() }
    return comparison.gathered.changes
  }

  private init(expected: GenerativeModel, actual: GenerativeModel) {
    self.expected = expected
    self.actual = actual
  }

  // MARK: - Variables

  private mutating func compareVariables() {
    compare("factors", expected.factors, actual.factors)
    compare("modalities", expected.modalities, actual.modalities)
    compare("controls", expected.controls, actual.controls)
  }

  private mutating func compare(_ kind: String, _ one: [Variable], _ other: [Variable]) {
    func words(_ variable: Variable) -> Difference.Value {
      .text(
        "\(variable.name) (\(variable.labels?.joined(separator: ", ") ?? "size \(variable.size)"))")
    }
    for index in 0..<max(one.count, other.count) {
      let (mine, theirs) = (one[at: index], other[at: index])
      if mine == theirs { continue }
      gathered.add("\(kind)[\(index)]", mine.map(words) ?? .absent, theirs.map(words) ?? .absent)
    }
  }

  // MARK: - Tables

  private mutating func compareTables() {
    let (factors, modalities, controls) = (expected.factors, expected.modalities, expected.controls)
    for (index, modality) in modalities.enumerated() {
      let (one, other) = (expected.likelihoods[index], actual.likelihoods[index])
      let axes = [modality] + one.given.map { factors[$0] }
      compareNames("A[\(modality.name)].given", one.given, other.given, factors)
      compare("A[\(modality.name)]", one.probability, other.probability, axes)
    }
    for (index, factor) in factors.enumerated() {
      let (one, other) = (expected.transitions[index], actual.transitions[index])
      compareNames("B[\(factor.name)].given", one.given, other.given, factors)
      compareNames("B[\(factor.name)].controls", one.controls, other.controls, controls)
      let axes = [factor] + one.given.map { factors[$0] } + one.controls.map { controls[$0] }
      compare(
        "B[\(factor.name)]", one.probability, other.probability, axes,
        controls: one.controls.count)
    }
    comparePreferences("C", expected.preferences, actual.preferences)
    compareVectors("D", expected.initialStates, actual.initialStates)
    compareNames("E.given", expected.habitGiven, actual.habitGiven, factors)
    compareHabits("E", expected.habit, actual.habit)
    if expected.policies != actual.policies { comparePolicyLists() }
    compareCounts()
    compareVectors("H", expected.goals, actual.goals)
    compareVectors("H.avoid", expected.avoided, actual.avoided)
    if expected.name != actual.name {
      gathered.add("name", .text("'\(expected.name)'"), .text("'\(actual.name)'"))
    }
  }

  private mutating func compareCounts() {
    let (one, other) = (expected.concentration, actual.concentration)
    for (index, modality) in expected.modalities.enumerated() {
      let axes = [modality] + expected.likelihoods[index].given.map { expected.factors[$0] }
      compare(
        "concentration.A[\(modality.name)]", one.likelihood[index], other.likelihood[index], axes)
    }
    for (index, factor) in expected.factors.enumerated() {
      let table = expected.transitions[index]
      let axes =
        [factor] + table.given.map { expected.factors[$0] }
        + table.controls.map { expected.controls[$0] }
      compare(
        "concentration.B[\(factor.name)]", one.transition[index], other.transition[index], axes,
        controls: table.controls.count)
    }
    comparePreferences("concentration.C", one.preference, other.preference)
    compareVectors("concentration.D", one.initialState, other.initialState)
    compareHabits("concentration.E", one.habit, other.habit)
  }

  private mutating func compareHabits(_ place: String, _ one: [Double]?, _ other: [Double]?) {
    let table = one.map(expected.habitTable)
    let policies = Variable("policy", size: table?.shape.first ?? 0)
    compare(
      place, table, other.map(actual.habitTable),
      [policies] + expected.habitGiven.map { expected.factors[$0] })
  }

  private mutating func comparePreferences(_ key: String, _ one: [Tensor?], _ other: [Tensor?]) {
    for (index, modality) in expected.modalities.enumerated() {
      let rows = one[index].map { $0.shape.count > 1 ? $0.shape[0] : 0 } ?? 0
      let axes = (rows > 0 ? [Variable("planning step", size: rows)] : []) + [modality]
      compare("\(key)[\(modality.name)]", one[index], other[index], axes, isConditional: false)
    }
  }

  private mutating func compareVectors(_ key: String, _ one: [[Double]?], _ other: [[Double]?]) {
    for (index, factor) in expected.factors.enumerated() {
      compare("\(key)[\(factor.name)]", vector(one[index]), vector(other[index]), [factor])
    }
  }

  private func vector(_ values: [Double]?) -> Tensor? {
    values.map { Tensor(shape: [$0.count], $0) }
  }

  // MARK: - One table

  /// - Parameter controls: how many of the last axes are controls.
  private mutating func compare(
    _ place: String, _ one: Tensor?, _ other: Tensor?, _ axes: [Variable], controls: Int = 0,
    isConditional: Bool = true
  ) {
    guard let one, let other else {
      if one == nil && other == nil { return }
      func words(_ table: Tensor?) -> Difference.Value { table == nil ? .absent : .text("a table") }
      return gathered.add(place, words(one), words(other))
    }
    guard one.shape == other.shape else {
      return gathered.add(place, .text("shape \(one.shape)"), .text("shape \(other.shape)"))
    }
    forEachCell(one, other) { offset, mine, theirs in
      if mine == theirs { return }
      let cell = position(of: offset, in: one.shape)
      gathered.add(
        place + ", " + Self.words(cell, axes, controls: controls, isConditional: isConditional),
        .number(mine), .number(theirs))
    }
  }

  /// A cell: `(left | centre, move left)`, the value first and what it depends on after the bar.
  private static func words(
    _ cell: [Int], _ axes: [Variable], controls: Int, isConditional: Bool
  ) -> String {
    let labels = cell.enumerated().map { axis, value in
      guard let variable = axes[at: axis] else { return "\(value)" }
      let label = variable.label(value)
      let isControl = axis >= axes.count - controls
      return isControl && variable.labels != nil ? "\(variable.name) \(label)" : label
    }
    guard labels.count > 1 else { return labels.joined() }
    guard isConditional else { return "(\(labels.joined(separator: ", ")))" }
    return "(\(labels[0]) | \(labels.dropFirst().joined(separator: ", ")))"
  }

  private mutating func compareNames(
    _ place: String, _ one: [Int], _ other: [Int], _ variables: [Variable]
  ) {
    if one == other { return }
    func words(_ list: [Int]) -> Difference.Value {
      .text("[" + list.map { variables[$0].name }.joined(separator: ", ") + "]")
    }
    gathered.add(place, words(one), words(other))
  }

  private mutating func comparePolicyLists() {
    func words(_ policies: [[[Int]]]?) -> Difference.Value {
      .text(policies.map { "a list of \($0.count)" } ?? "all sequences")
    }
    guard let one = expected.policies, let other = actual.policies, one.count == other.count else {
      return gathered.add("policies", words(expected.policies), words(actual.policies))
    }
    for policy in one.indices where one[policy] != other[policy] {
      gathered.add(
        "policies.list[\(policy)]", .text("\(one[policy])"), .text("\(other[policy])"))
    }
  }
}

extension Array {
  /// The element at a position; nil where there is none.
  subscript(at position: Int) -> Element? { indices.contains(position) ? self[position] : nil }
}
