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
/// ```
public struct Habit: ModelPart {
  private let probability: [Double]?
  private let counts: [Double]?

  /// A probability for each policy.
  public init(_ probability: [Double]) { (self.probability, counts) = (probability, nil) }

  /// A Dirichlet count for each policy.
  public init(counts: [Double]) { (probability, self.counts) = (nil, counts) }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    draft.description.habit = probability ?? draft.description.habit
    draft.description.habitCounts = counts ?? draft.description.habitCounts
  }
}
