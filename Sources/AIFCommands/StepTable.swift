import ActiveInference

/// An episode for people: what was observed, what the agent believes, what it did and why.
struct StepTable {
  private let model: GenerativeModel
  private let policies: PolicySet

  init(_ model: GenerativeModel, _ policies: PolicySet) {
    self.model = model
    self.policies = policies
  }

  /// The table, one step a row.
  func text(_ episode: Episode) -> String {
    var table = TextTable(["step", "observed", "believes", "does", "because (nats)"])
    for step in episode.steps {
      table.add([
        "\(step.t)", observed(step), believed(step), done(step.action), reason(step),
      ])
    }
    return table.text
  }

  private func observed(_ step: StepRecord) -> String {
    zip(model.modalities, step.observation).map { modality, observation in
      switch observation {
      case .outcome(let outcome): "\(modality.name): \(modality.label(outcome))"
      case .distribution: "\(modality.name): uncertain"
      case .missing: "\(modality.name): -"
      }
    }.joined(separator: "\n")
  }

  /// The most probable state of each factor and its probability.
  private func believed(_ step: StepRecord) -> String {
    zip(model.factors, step.beliefs ?? []).map { factor, belief in
      guard let best = belief.indices.max(by: { belief[$0] < belief[$1] }) else { return "" }
      let ties = belief.filter { $0 >= belief[best] - 1e-9 }.count
      let state = ties > 1 ? "undecided among \(ties)" : factor.label(best)
      return "\(factor.name): \(state) \(fixed(belief[best], 3))"
    }.joined(separator: "\n")
  }

  private func done(_ action: [Int]?) -> String {
    zip(model.controls, action ?? []).map { $0.label($1) }.joined(separator: "\n")
  }

  /// The winning policy and the terms of its value.
  private func reason(_ step: StepRecord) -> String {
    guard let posterior = step.policyPosterior, let terms = step.terms,
      let best = firstMaximum(posterior)
    else { return "" }
    let plan = policies.policy(best).map { action in
      zip(model.controls, action).filter { $0.0.size > 1 }.map { $0.label($1) }
        .joined(separator: "+")
    }
    let parts = [
      ("utility", terms.utility[best]),
      ("information", terms.stateInformationGain[best]),
      ("novelty", terms.parameterInformationGain[best]),
      ("inductive", terms.inductive[best]),
    ].filter { $0.1 != 0 || $0.0 == "utility" }
    let sum = parts.map { "\($0.0) \(fixed($0.1, 3))" }.joined(separator: " + ")
    return "\(plan.joined(separator: ", ")): probability \(fixed(posterior[best], 3))\n\(sum)"
  }
}

/// The index of the largest value, the lowest where there are several.
func firstMaximum(_ values: [Double]) -> Int? {
  guard var best = values.indices.first else { return nil }
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}
