import ActiveInference

/// An episode for people: what was observed, what the agent believes, what it did and why.
struct StepTable {
  private let model: GenerativeModel
  /// What is seen and done, which is more than of the model where levels are above it.
  private let interface: WorldInterface
  /// What the level is called; nil where there is one.
  private let name: String?
  private let policies: PolicySet
  /// The tables of the levels above.
  private var above: [StepTable] = []

  init(_ model: GenerativeModel, _ policies: PolicySet) {
    self.init([policies], LevelOutline([model], links: []))
  }

  /// A table for an agent of so many levels, the lowest first.
  init(_ policies: [PolicySet], _ outline: LevelOutline) {
    self.init(outline.models[0], outline.interface, policies[0], nil)
    for level in policies.indices.dropFirst() {
      let model = outline.models[level]
      above.append(StepTable(model, model.interface, policies[level], outline.names[level]))
    }
  }

  private init(
    _ model: GenerativeModel, _ interface: WorldInterface, _ policies: PolicySet, _ name: String?
  ) {
    self.model = model
    self.interface = interface
    self.policies = policies
    self.name = name
  }

  /// The table, one step a row, and one more for each higher level that takes a step of its own.
  func text(_ episode: Episode) -> String {
    // What is believed at the end about every step, where that is recorded.
    let hindsight = episode.steps.last?.smoothed
    var table = TextTable(
      ["step", "observed", "believes"] + (hindsight == nil ? [] : ["in hindsight"])
        + ["does", "because (nats)"])
    for step in episode.steps {
      let later = hindsight.map { smoothed in
        let time = step.t - smoothed.windowStart
        return smoothed.beliefs.indices.contains(time) ? believed(smoothed.beliefs[time]) : ""
      }
      table.add(["\(step.t)"] + cells(step, inHindsight: later))
      for (level, step) in zip(above, step.levels ?? []) {
        table.add(
          ["\(oneLine(level.name ?? "")): \(step.t)"]
            + level.cells(step, inHindsight: later.map { _ in "" }))
      }
    }
    return table.text
  }

  private func cells(_ step: StepRecord, inHindsight later: String?) -> [String] {
    [observed(step), believed(step.beliefs ?? [])] + (later.map { [$0] } ?? [])
      + [done(step.action), reason(step)]
  }

  private func observed(_ step: StepRecord) -> String {
    zip(interface.modalities, step.observation).map { modality, observation in
      let text =
        switch observation {
        case .outcome(let outcome): label(modality, outcome)
        // Above the lowest level what is observed of it is itself believed.
        case .distribution(let weights) where name != nil: likeliest(modality, weights)
        case .distribution: "uncertain"
        case .missing: "missing"
        }
      let isImpossible = step.impossible.contains(modality.name)
      return "\(oneLine(modality.name)): \(text)\(isImpossible ? " (impossible)" : "")"
    }.joined(separator: "\n")
  }

  /// The most probable state of each factor and its probability.
  private func believed(_ beliefs: [[Double]]) -> String {
    zip(model.factors, beliefs).map { factor, belief in
      "\(oneLine(factor.name)): \(likeliest(factor, belief))"
    }.joined(separator: "\n")
  }

  /// The most probable value and its probability.
  private func likeliest(_ variable: Variable, _ belief: [Double]) -> String {
    guard let best = firstMaximum(belief) else { return "" }
    let ties = ties(belief, best)
    let value =
      if ties == 1 {
        label(variable, best)
      } else if ties == variable.size {
        "undecided"
      } else {
        "one of \(ties)"
      }
    let share = ties == variable.size && ties > 1 ? "" : " \(fixed(belief[best], 2))"
    return value + share
  }

  private func done(_ action: [Int]?) -> String {
    zip(interface.controls, action ?? []).map { label($0, $1) }.joined(separator: "\n")
  }

  /// The winning policy, the terms of its value and its probability.
  private func reason(_ step: StepRecord) -> String {
    guard let posterior = step.policyPosterior, let best = firstMaximum(posterior) else {
      return ""
    }
    let plan = policies.policy(best).map { action in
      zip(model.controls, action).filter { $0.0.size > 1 }.map { label($0, $1) }
        .joined(separator: "+")
    }
    var lines: [String] = []
    if plan.contains(where: { !$0.isEmpty }) { lines.append(plan.joined(separator: ", ")) }
    if let terms = step.terms {
      let parts = [
        ("utility", terms.utility[best]),
        ("information", terms.stateInformationGain[best]),
        ("novelty", terms.parameterInformationGain[best]),
        ("inductive", terms.inductive[best]),
      ]
      lines += parts.filter { $0.1 != 0 || $0.0 == "utility" }.map { "\($0.0) \(fixed($0.1, 3))" }
    }
    let ties = ties(posterior, best)
    let share = fixed(posterior[best], 3)
    if ties > 1 {
      lines.append("one of \(ties), each \(share)")
    } else if posterior.count > 1 {
      lines.append("probability \(share)")
    }
    return lines.joined(separator: "\n")
  }

  /// How many values are as large as the largest.
  private func ties(_ values: [Double], _ best: Int) -> Int {
    values.count { $0 >= values[best] - 1e-9 }
  }

  private func label(_ variable: Variable, _ value: Int) -> String {
    oneLine(variable.label(value))
  }
}

/// The index of the largest value, the lowest where there are several.
func firstMaximum(_ values: [Double]) -> Int? {
  guard var best = values.indices.first else { return nil }
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}
