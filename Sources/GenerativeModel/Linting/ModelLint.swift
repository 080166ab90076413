/// What the checks of a model have in common: its tables by column, what depends on what, and what can be
/// reached.
package final class ModelLint {
  let model: GenerativeModel
  /// A by modality.
  let likelihoods: [ColumnTable]
  /// B by factor.
  let transitions: [ColumnTable]
  /// What can be reached from D.
  package private(set) lazy var reachable = ReachableStates(self)
  /// By modality, which of A's columns are met.
  private(set) lazy var metLikelihoods = zip(likelihoods, model.likelihoods).map {
    reachable.columns(of: $0, given: $1.given)
  }
  /// By factor, which of B's columns are met.
  private(set) lazy var metTransitions = zip(transitions, model.transitions).map {
    reachable.columns(of: $0, given: $1.given)
  }
  /// By modality, the factors whose state makes a difference to its outcomes.
  private(set) lazy var outcomeParents = zip(likelihoods, model.likelihoods).map {
    table, likelihood in
    likelihood.given.indices.filter { table.varies(along: $0) }.map { likelihood.given[$0] }
  }
  /// By factor, the factors whose state makes a difference to its next one.
  private(set) lazy var stateParents = zip(transitions, model.transitions).map {
    table, transition in
    transition.given.indices.filter { table.varies(along: $0) }.map { transition.given[$0] }
  }
  /// By factor, the controls that make a difference to its next state.
  private(set) lazy var stateControls = zip(transitions, model.transitions).map {
    table, transition in
    transition.controls.indices
      .filter { table.varies(along: transition.given.count + $0) }.map { transition.controls[$0] }
  }
  /// By factor, whether some action changes, now or later, where it will be.
  private(set) lazy var influenced = closure(stateControls.map { !$0.isEmpty }) { factor, marked in
    stateParents[factor].contains { marked[$0] }
  }
  /// By modality, which outcomes are preferred or not wanted at some step.
  private(set) lazy var preferred = zip(model.modalities, model.preferences).map {
    modality, preference in
    var preferred = [Bool](repeating: false, count: modality.size)
    preference?.forEachStored { offset, value in
      if value != 0 { preferred[offset % modality.size] = true }
    }
    return preferred
  }
  private(set) var findings: [Finding] = []

  package init(_ model: GenerativeModel) {
    self.model = model
    likelihoods = model.likelihoods.map { ColumnTable($0.probability) }
    transitions = model.transitions.map { ColumnTable($0.probability) }
  }

  /// A short file must not ask for much memory: values that no entry is about are kept account of all the
  /// same.
  static func tooLarge(_ model: GenerativeModel) -> Finding? {
    let entries =
      model.likelihoods.reduce(0) { $0 + $1.probability.storedCount }
      + model.transitions.reduce(0) { $0 + $1.probability.storedCount }
    let largest = (1 << 18) + 4 * entries
    var values = 0
    for variable in model.factors + model.modalities + model.controls {
      let (sum, isTooMany) = values.addingReportingOverflow(variable.size)
      values = isTooMany ? Int.max : sum
    }
    if values <= largest { return nil }
    return Finding(
      .tooLarge, "factors", "the model is not looked through: \(values) values, \(entries) entries",
      proof: "factors, modalities and controls have more values than \(largest)",
      remedy: "split the largest of them")
  }

  /// Adds a finding.
  func add(
    _ code: FindingCode, _ severity: Finding.Severity? = nil, at place: String, _ problem: String,
    proof: String, remedy: String
  ) {
    findings.append(
      Finding(code, place, problem, proof: proof, remedy: remedy, severity: severity))
  }

  /// The states that may follow a joint state under a joint action.
  func nextStates(_ factor: Int, _ state: [Int], _ action: [Int]) -> ArraySlice<Int32> {
    let (table, transition) = (transitions[factor], model.transitions[factor])
    var (column, axis) = (0, 0)
    for parent in transition.given {
      column = column * table.parents[axis] + state[parent]
      axis += 1
    }
    for control in transition.controls {
      column = column * table.parents[axis] + action[control]
      axis += 1
    }
    return table.support(column)
  }

  /// Marks factors until no more are to be marked.
  func closure(_ marked: [Bool], _ isMarked: (_ factor: Int, _ marked: [Bool]) -> Bool) -> [Bool] {
    var marked = marked
    while true {
      let before = marked
      for factor in marked.indices where !marked[factor] {
        marked[factor] = isMarked(factor, marked)
      }
      if marked == before { return marked }
    }
  }

  // MARK: - Words

  func place(factor: Int) -> String { "factors[\(model.factors[factor].name)]" }
  func place(modality: Int) -> String { "modalities[\(model.modalities[modality].name)]" }
  func place(control: Int) -> String { "controls[\(model.controls[control].name)]" }
}

/// Some names in a sentence: `left, right and 3 more`.
func listed(_ names: [String]) -> String {
  let most = 5
  if names.count <= most { return names.joined(separator: ", ") }
  return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) more"
}

extension GenerativeModel {
  /// What in the model is probably not meant: states nothing reaches, actions that do nothing, outcomes
  /// that tell nothing, preferences that cannot matter, and the like.
  ///
  /// Each finding is proven; what cannot be proven in reasonable time is not reported. A table that has
  /// counts will change as an agent learns, and what is found of it is a note.
  ///
  /// ```swift
  /// for finding in model.findings where finding.severity >= .warning {
  ///   print("\(finding.place): \(finding.problem) [\(finding.code.rawValue)]")
  /// }
  /// ```
  ///
  /// - Complexity: O(entries held) times the number of factors, but for what follows states: at most some
  ///   million steps more.
  public var findings: [Finding] {
    if let finding = ModelLint.tooLarge(self) { return [finding] }
    let lint = ModelLint(self)
    lint.checkColumns()
    lint.checkVariables()
    lint.checkStates()
    lint.checkStarts()
    lint.checkActions()
    lint.checkPolicies()
    lint.checkDependencies()
    lint.checkOutcomes()
    lint.checkCopies()
    lint.checkDistinctions()
    lint.checkPreferences()
    lint.checkGoals()
    lint.checkInformation()
    return lint.findings
  }
}

extension ModelDescription {
  /// What is wrong with a model, or probably not meant: its faults, and where there are none
  /// ``GenerativeModel/findings``.
  ///
  /// A table whose columns do not sum to one where its rows do is ``FindingCode/swappedAxes``.
  public func findings() -> [Finding] {
    let faults: [Fault]
    do throws(InvalidInput) {
      return try GenerativeModel(self).findings
    } catch {
      faults = error.faults
    }
    let swapped = wronglyNormalised()
    let names = Set(swapped.map(\.place))
    return swapped
      + faults.filter { fault in !names.contains { fault.place.hasPrefix($0) } }.map {
        Finding(
          .invalidModel, $0.place, $0.problem, proof: "checked as every model is", remedy: $0.remedy
        )
      }
  }
}
