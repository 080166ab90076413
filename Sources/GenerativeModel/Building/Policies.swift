/// The policies an agent may weigh, in the builder's notation; without it, all sequences.
///
/// ```swift
/// Policies([["cue", "left"], ["cue", "right"]])  // one control, by label
/// Policies([[[1, 0], [3, 0]]])                   // [policy][step][control], by index
/// ```
public struct Policies: ModelPart {
  private enum Content {
    case indices([[[Int]]])
    case labels([[[String]]])
    case labelsOfOneControl([[String]])
  }
  private let content: Content

  /// Policies by index: `[policy][step][control]`.
  public init(_ list: [[[Int]]]) { content = .indices(list) }

  /// Policies by label: `[policy][step][control]`.
  public init(_ list: [[[String]]]) { content = .labels(list) }

  /// Policies of a model with one control, by label: `[policy][step]`.
  public init(_ list: [[String]]) { content = .labelsOfOneControl(list) }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    switch content {
    case .indices(let list): draft.description.policies = list
    case .labels(let list): write(list, to: &draft)
    case .labelsOfOneControl(let list): write(list.map { $0.map { [$0] } }, to: &draft)
    }
  }

  private func write(_ list: [[[String]]], to draft: inout ModelDraft) {
    draft.whenVariablesAreKnown { draft in
      let controls = draft.description.controls
      let faults = draft.faults
      draft.description.policies = list.enumerated().map { policy, steps in
        steps.enumerated().map { step, actions in
          // Labels without a control stay, so that the check can count them.
          actions.enumerated().map { index, label in
            guard index < controls.count else { return 0 }
            let control = controls[index]
            if let value = control.value(labelled: label) { return value }
            faults.add(
              "policies[\(policy)]", "step \(step): \(control.name) has no action '\(label)'",
              remedy: suggestion(for: label, among: control.labels ?? [], kind: "label"))
            return 0
          }
        }
      }
    }
  }
}

/// Prior probabilities of the policies (E) in the builder's notation, in policy order.
///
/// ```swift
/// Habit([0.5, 0.25, 0.25])
/// Habit(counts: [2, 1, 1])
/// Habit(given: "room", probability: [[0.9, 0.2], [0.1, 0.8]])  // [policy][state]
/// Habit(given: "room", counts: [[9, 2], [1, 8]])
/// ```
public struct Habit: ModelPart {
  private let probability: [Double]?
  private let counts: [Double]?
  private let given: [String]
  private let table: ModelTable?
  private let countTable: ModelTable?

  /// A probability for each policy.
  public init(_ probability: [Double]) {
    // Without `counts` this would be the table of a habit that depends on states, and on none.
    self.init(probability: probability, counts: nil)
  }

  /// A Dirichlet count for each policy.
  public init(counts: [Double]) { self.init(probability: nil, counts: counts) }

  /// Probabilities that depend on states, `[policy][given 0][given 1]...`.
  public init(given: String..., probability: some NestedNumbers) {
    self.init(given: given, table: .values(probability))
  }

  /// Dirichlet counts that depend on states, `[policy][given 0][given 1]...`.
  public init(given: String..., counts: some NestedNumbers) {
    self.init(given: given, countTable: .values(counts))
  }

  private init(
    probability: [Double]? = nil, counts: [Double]? = nil, given: [String] = [],
    table: ModelTable? = nil, countTable: ModelTable? = nil
  ) {
    self.probability = probability
    self.counts = counts
    self.given = given
    self.table = table
    self.countTable = countTable
  }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    draft.description.habit = probability ?? draft.description.habit
    draft.description.habitCounts = counts ?? draft.description.habitCounts
    if given.isEmpty { return }
    let (table, countTable, policy) = (table, countTable, Variable("policy", size: 0))
    draft.description.habitGiven = given
    draft.whenVariablesAreKnown { draft in
      if let table = draft.table(table, "E", of: policy, given: [], controls: []) {
        draft.description.habit = table.values
        draft.description.habitShape = table.shape
      }
      let place = "concentration.E"
      if let table = draft.table(countTable, place, of: policy, given: [], controls: []) {
        draft.description.habitCounts = table.values
        draft.description.habitCountsShape = table.shape
      }
    }
  }
}
