import ActiveInference

// What `aif explain` prints for programs: every number, by name.

extension ExplanationReport {
  func document(_ explanations: [ChoiceExplanation]) -> DocumentValue {
    .object([
      .init("seed", trace.seed.document), .init("episode", .integer(trace.episode)),
      .init("steps", .array(explanations.map(document))),
    ])
  }

  private func document(_ why: ChoiceExplanation) -> DocumentValue {
    var members: [DocumentValue.Member] = [
      .init("t", .integer(why.step)), .init("observation", observation(why.observation)),
      .init("observationProbability", number(why.observationProbability)),
      .init("prior", table(why.prior)), .init("beliefs", table(why.beliefs)),
      .init("choice", action(why.choice)),
      .init("decisive", why.decisivePart.map { part($0.part, "logOdds", $0.logOdds) } ?? .null),
      .init("actions", .array(why.options.map(document))),
    ]
    if let search = why.counterfactuals {
      members.append(.init("counterfactuals", document(search)))
    }
    if !why.prospects.isEmpty {
      members.append(.init("prospects", .array(why.prospects.map(document))))
    }
    return .object(members)
  }

  // MARK: - Actions

  private func document(_ option: ExplainedAction) -> DocumentValue {
    .object([
      .init("action", action(option.action)), .init("policy", .integer(option.policy)),
      .init("plan", .array(option.plan.map(action))), .init("value", .number(option.value)),
      .init("policyPosterior", .number(option.policyPosterior)),
      .init("probability", .number(option.probability)),
      .init("logHabit", number(option.logHabit)),
      .init(
        "terms",
        .object([
          .init("utility", .number(option.terms.utility)),
          .init("stateInformationGain", .number(option.terms.stateInformationGain)),
          .init("parameterInformationGain", .number(option.terms.parameterInformationGain)),
          .init("inductive", .number(option.terms.inductive)),
        ])), .init("steps", .array(option.steps.map(document))),
    ])
  }

  private func document(_ step: StepBreakdown) -> DocumentValue {
    let (division, gain): (String, DocumentValue) =
      switch step.stateInformationGain {
      case .each(let gains): ("each", .numbers(gains))
      case .chain(let gains): ("chain", .numbers(gains))
      case .undivided(let gain): ("undivided", .number(gain))
      }
    return .object([
      .init("utility", .numbers(step.utility)), .init("stateInformationGain", gain),
      .init("division", .string(division)),
      .init("likelihoodNovelty", .numbers(step.likelihoodNovelty)),
      .init("transitionNovelty", .numbers(step.transitionNovelty)),
      .init("inductive", .numbers(step.inductive)),
    ])
  }

  private func part(_ part: ValuePart, _ key: String, _ value: Double) -> DocumentValue {
    .object([
      .init("part", .string(part.kind.rawValue)),
      .init("of", part.index.map { .string(variable(part.kind, $0)) } ?? .null),
      .init(key, number(value)),
    ])
  }

  // MARK: - Other and next observations

  private func document(_ search: CounterfactualSearch) -> DocumentValue {
    .object([
      .init("tried", .integer(search.tried)), .init("untried", .integer(search.untried)),
      .init("impossible", .integer(search.impossible)),
      .init("triesPairs", .boolean(search.triesPairs)),
      .init(
        "changes",
        .array(
          search.changes.map { change in
            .object([
              .init(
                "modalities",
                .array(change.changes.map { .string(model.modalities[$0.modality].name) })),
              .init("observation", observation(change.observation)),
              .init("probability", number(change.probability)),
              .init("beliefs", table(change.beliefs)), .init("choice", action(change.choice)),
            ])
          })),
    ])
  }

  private func document(_ prospect: ActionProspect) -> DocumentValue {
    .object([
      .init("action", action(prospect.action)), .init("unfollowed", .integer(prospect.unfollowed)),
      .init("looks", .array(prospect.looks.map(document))),
    ])
  }

  private func document(_ look: ActionProspect.Look) -> DocumentValue {
    .object([
      .init("modality", look.modality.map { .string(model.modalities[$0].name) } ?? .null),
      .init("valueOfInformation", .number(look.valueOfInformation)),
      .init("informationGain", .number(look.informationGain)),
      .init(
        "outcomes",
        .array(
          look.outcomes.map {
            .object([
              .init("observation", observation($0.observation)),
              .init("probability", .number($0.probability)), .init("beliefs", table($0.beliefs)),
              .init("choice", action($0.choice)),
            ])
          })),
    ])
  }

  private func observation(_ entries: [Observation]) -> DocumentValue {
    .array(entries.map(\.document))
  }

  private func action(_ action: [Int]) -> DocumentValue { .array(action.map { .integer($0) }) }

  private func table(_ rows: [[Double]]) -> DocumentValue { .array(rows.map { .numbers($0) }) }

  /// What is infinite or not known is null.
  private func number(_ value: Double?) -> DocumentValue {
    value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  // MARK: - Rows

  /// A heading, and a row for each part of each action's value.
  func rows(_ explanations: [ChoiceExplanation]) -> [[String]] {
    let heading = ["step", "action", "chosen", "policyPosterior", "planStep", "part", "of", "nats"]
    return [heading]
      + explanations.flatMap { why in
        why.options.flatMap { option in
          let first = [
            "\(why.step)", label(option.action), "\(option.action == why.choice)",
            "\(option.policyPosterior)",
          ]
          return rows(option).map { first + $0 }
        }
      }
  }

  private func rows(_ option: ExplainedAction) -> [[String]] {
    func rows(_ parts: [(part: ValuePart, nats: Double)], _ step: String) -> [[String]] {
      parts.map { part, nats in
        [
          step, part.kind.rawValue, part.index.map { variable(part.kind, $0) } ?? "", "\(nats)",
        ]
      }
    }
    if option.steps.isEmpty { return rows(option.parts, "") }
    return option.steps.enumerated().flatMap { index, step in
      var alone = option
      alone.steps = [step]
      alone.terms = step.terms
      return rows(alone.parts.filter { $0.part.kind != .habit }, "\(index)")
    } + rows([(ValuePart(.habit), option.logHabit)], "")
  }
}
