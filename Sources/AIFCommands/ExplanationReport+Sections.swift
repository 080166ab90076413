import ActiveInference

// The parts of the report about one step: actions, other observations, next ones.

extension ExplanationReport {
  // MARK: - Actions

  /// Of each action the best policy that begins with it, step by step; parts that are zero are left out.
  func options(_ why: ChoiceExplanation) -> String {
    guard !why.options.isEmpty else { return "" }
    let shown = why.options.enumerated().filter {
      $0.offset < ExplanationReport.most || $0.element.action == why.choice
    }.map(\.element)
    var rows: [[String]] = []
    for option in shown {
      let heading = [
        label(option.action), fixed(option.probability, 3), fixed(option.policyPosterior, 3),
        fixed(option.value, 3),
      ]
      if option.steps.isEmpty {
        rows.append(heading + ["", ""] + cells(option.terms) + [habit(option)])
      }
      for (index, step) in option.steps.enumerated() {
        rows.append(
          (index == 0 ? heading : ["", "", "", ""]) + ["\(index + 1)", label(option.plan[index])]
            + cells(step) + [index == 0 ? habit(option) : ""])
      }
    }
    let headings = [
      "action", "probability", "policy", "value", "step", "does", "utility", "information",
      "novelty",
      "inductive", "habit",
    ]
    // What nobody has takes no column.
    let kept = headings.indices.filter { column in
      column < 4 || rows.contains { !$0[column].isEmpty }
    }
    var table = TextTable(kept.map { headings[$0] })
    for row in rows { table.add(kept.map { row[$0] }) }
    return table.text + more(why.options.count, "action")
      + "policy: posterior of the best policy that begins with the action; value: its negative"
      + " expected\nfree energy in nats, the sum of its parts, of which those that round to zero are"
      + " not shown\n" + division(why)
  }

  private func division(_ why: ChoiceExplanation) -> String {
    guard let gain = why.options.first?.steps.first?.stateInformationGain else {
      return trace.agent.planning.method == .enumerate
        ? "" : "planned by \(trace.agent.planning.method.rawValue): parts of each value in all\n"
    }
    switch gain {
    case .each: return ""
    case .chain:
      return model.modalities.count < 2
        ? "" : "information: what each modality tells beyond those before it (chain rule)\n"
    case .undivided:
      return "information: of all modalities together; the rounding constants of pymdp 0.0.7 belong"
        + " to none\n"
    }
  }

  private func cells(_ step: StepBreakdown) -> [String] {
    let gain =
      step.stateInformationGain.byModality.map { parts($0, .stateInformationGain) }
      ?? number(step.stateInformationGain.total)
    let novelty = [
      parts(step.likelihoodNovelty, .likelihoodNovelty),
      parts(step.transitionNovelty, .transitionNovelty),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
    return [
      parts(step.utility, .utility), gain, novelty, parts(step.inductive, .inductive),
    ]
  }

  private func cells(_ terms: ExpectedFreeEnergyTerms) -> [String] {
    [
      terms.utility, terms.stateInformationGain, terms.parameterInformationGain, terms.inductive,
    ].map(number)
  }

  private func habit(_ option: ExplainedAction) -> String {
    model.habit == nil && model.concentration.habit == nil ? "" : fixed(option.logHabit, 3)
  }

  private func parts(_ values: [Double], _ kind: ValuePart.Kind) -> String {
    let shown = values.enumerated().filter { !number($0.element).isEmpty }
    let lines = shown.prefix(ExplanationReport.most).map {
      "\(variable(kind, $0.offset)) \(number($0.element))"
    }
    let rest = shown.dropFirst(ExplanationReport.most).reduce(0) { $0 + $1.element }
    return (lines + (shown.count > ExplanationReport.most ? ["others \(fixed(rest, 3))"] : []))
      .joined(separator: "\n")
  }

  /// A number, or nothing where it rounds to zero.
  private func number(_ value: Double) -> String { abs(value) < 5e-4 ? "" : fixed(value, 3) }

  // MARK: - Other observations

  func changes(_ why: ChoiceExplanation) -> String {
    guard let search = why.counterfactuals else { return "" }
    var text = "\n"
    for change in search.changes.prefix(ExplanationReport.most) {
      let differences = change.changes.map {
        let modality = model.modalities[$0.modality]
        return "\(oneLine(modality.name)) been \(oneLine(modality.label($0.outcome))) instead of"
          + " \(label(why.observation[$0.modality], modality))"
      }.joined(separator: " and ")
      let probability = change.probability.map { " (probability \(fixed($0, 3)) before)" } ?? ""
      let beliefs = difference(change.beliefs, from: why.beliefs)
      text +=
        "Had \(differences)\(probability), it would"
        + (beliefs.isEmpty ? "" : " believe \(beliefs) and") + " choose \(label(change.choice)).\n"
    }
    text += more(search.changes.count, "observation")
    if search.changes.isEmpty {
      let what =
        search.untried > 0
        ? "None of the other observations that were tried"
        : "No other outcome of one modality\(search.triesPairs ? ", nor of two," : "")"
      text += "\(what) would have changed the choice.\n"
    }
    var counts = ["\(grouped(search.tried)) tried by running the agent"]
    if search.impossible > 0 { counts.append("\(grouped(search.impossible)) impossible") }
    if search.untried > 0 { counts.append("\(grouped(search.untried)) left out") }
    return text + "other observations: \(counts.joined(separator: ", "))\n"
  }

  /// The beliefs that differ from others, as a person would say.
  private func difference(_ beliefs: [[Double]], from others: [[Double]]) -> String {
    model.factors.indices.compactMap { index in
      let differs = zip(beliefs[index], others[index]).contains { abs($0 - $1) > 5e-3 }
      return differs
        ? "\(oneLine(model.factors[index].name)): \(mostProbable(beliefs[index], model.factors[index]))"
        : nil
    }.joined(separator: ", ")
  }

  // MARK: - Next observations

  func prospects(_ why: ChoiceExplanation) -> String {
    guard !why.prospects.isEmpty else { return "" }
    var text = ""
    if let chosen = why.prospects.first(where: { $0.action == why.choice }) {
      for look in chosen.looks { text += "\n" + next(look, why) }
    }
    var table = TextTable(["action", "observing", "value of information", "information gain"])
    var unfollowed = 0
    for prospect in why.prospects {
      unfollowed = max(unfollowed, prospect.unfollowed)
      for (index, look) in prospect.looks.prefix(ExplanationReport.most).enumerated() {
        table.add([
          index == 0 ? label(prospect.action) : "",
          look.modality.map { oneLine(model.modalities[$0].name) } ?? "all",
          fixed(look.valueOfInformation, 3), fixed(look.informationGain, 3),
        ])
      }
      if prospect.looks.isEmpty { table.add([label(prospect.action), "nothing", "", ""]) }
    }
    text += "\n" + table.text
    text +=
      "in nats: what choosing after the next observation adds to the utility of the best policy,"
    text += " and I(o; s)\n"
    if unfollowed > 0 {
      text += "up to \(grouped(unfollowed)) more outcome modalities left out: too many outcomes\n"
    }
    return text
  }

  private func next(_ look: ActionProspect.Look, _ why: ChoiceExplanation) -> String {
    let seen = look.modality.map { " of \(oneLine(model.modalities[$0].name)) alone" } ?? ""
    var table = TextTable([
      "next, after \(label(why.choice))\(seen)", "observed", "believes", "chooses",
    ])
    for outcome in look.outcomes.prefix(ExplanationReport.most) {
      let entries = zip(model.modalities, outcome.observation).filter { $0.1 != .missing }
      table.add([
        fixed(outcome.probability, 3),
        entries.map { "\(oneLine($0.name)): \(label($1, $0))" }.joined(separator: "\n"),
        zip(model.factors, outcome.beliefs).map {
          "\(oneLine($0.name)): \(mostProbable($1, $0))"
        }.joined(separator: "\n"), label(outcome.choice),
      ])
    }
    return table.text + more(look.outcomes.count, "observation")
  }
}
