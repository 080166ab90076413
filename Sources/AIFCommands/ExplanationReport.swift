import ActiveInference

/// What `aif explain` prints for people.
struct ExplanationReport {
  let trace: Trace
  let policies: PolicySet
  var model: GenerativeModel { trace.model }

  /// Actions, observations and outcomes that are shown; of the others how many there are.
  static let most = 10

  init(_ episode: ExplainedEpisode) {
    trace = episode.trace
    policies = episode.agent.blueprint.policies
  }

  // MARK: - Every step

  /// A line a step.
  func overview(_ explanations: [ChoiceExplanation]) -> String {
    var table = TextTable(["step", "chooses", "before", "ahead by", "probability", "because of"])
    for why in explanations {
      guard let chosen = why.chosen, let rival = why.rival else {
        table.add(["\(why.step)", label(why.choice), "", "", "", ""])
        continue
      }
      table.add([
        "\(why.step)", label(why.choice), label(rival.action),
        "\(fixed(chosen.value - rival.value, 3))",
        "\(fixed(chosen.probability, 3)) to \(fixed(rival.probability, 3))", decision(why),
      ])
    }
    return table.text
  }

  /// What decides between the choice and its rival.
  private func decision(_ why: ChoiceExplanation) -> String {
    guard let chosen = why.chosen, let rival = why.rival else { return "" }
    if abs(support(chosen) - support(rival)) <= 1e-9 {
      return isDrawn ? "chance: they are equal" : "its place: they are equal"
    }
    if support(chosen) < support(rival) { return isDrawn ? "chance" : "the other controls" }
    guard let decisive = why.decisivePart else { return "the other policies that begin so" }
    return "\(name(decisive.part)) (\(fixed(decisive.logOdds, 3)))"
  }

  private var isDrawn: Bool { trace.agent.action.selection == .stochastic }

  /// What the choice goes by: the probability of the policy, or of the action.
  func support(_ option: ExplainedAction) -> Double {
    trace.agent.action.mode == .full ? option.policyPosterior : option.probability
  }

  // MARK: - One step

  func text(_ why: ChoiceExplanation) -> String {
    let last = trace.steps.count - 1
    return "seed \(trace.seed), episode \(trace.episode), step \(why.step) of 0...\(last)\n\n"
      + observed(why) + "\n" + believed(why) + "\n" + chosen(why) + "\n" + options(why)
      + changes(why) + prospects(why)
  }

  private func observed(_ why: ChoiceExplanation) -> String {
    var table = TextTable(["observed", ""])
    for (modality, entry) in zip(model.modalities, why.observation) {
      table.add([oneLine(modality.name), label(entry, modality)])
    }
    return table.text
      + (why.observationProbability.map { "probability before: \(fixed($0, 3))\n" } ?? "")
  }

  private func believed(_ why: ChoiceExplanation) -> String {
    var table = TextTable(["believes", "before", "after"])
    for (index, factor) in model.factors.enumerated() {
      table.add([
        oneLine(factor.name), mostProbable(why.prior[index], factor),
        mostProbable(why.beliefs[index], factor),
      ])
    }
    return table.text
  }

  private func chosen(_ why: ChoiceExplanation) -> String {
    guard !why.options.isEmpty else { return "There is nothing to choose: no controls.\n" }
    guard let chosen = why.chosen else {
      return
        "It chooses \(label(why.choice)), with which no policy begins: each control by itself.\n"
    }
    guard let rival = why.rival else {
      return "It chooses \(label(why.choice)), the only action.\n"
    }
    let (ahead, gap) = (chosen.value - rival.value, "\(label(rival.action)), the next best")
    let margin =
      ahead == 0
      ? "as good as \(gap)"
      : "\(fixed(abs(ahead), 3)) nats "
        + (ahead > 0 ? "ahead of" : "behind") + " \(gap)"
    let (mine, theirs) = (chosen.policyPosterior, rival.policyPosterior)
    return "It chooses \(label(why.choice)), \(margin). Policy posterior \(fixed(mine, 3)) to"
      + " \(fixed(theirs, 3)), with all policies that begin so \(fixed(chosen.probability, 3)) to"
      + " \(fixed(rival.probability, 3)).\nWhat decides, in nats of log odds: \(decision(why)).\n"
  }

  // MARK: - Labels

  func label(_ action: [Int]) -> String {
    let all = zip(model.controls, action).map { ($0, oneLine($0.label($1))) }
    let free = all.filter { $0.0.size > 1 }
    return (free.isEmpty ? all : free).map(\.1).joined(separator: "+")
  }

  func label(_ entry: Observation, _ modality: Variable) -> String {
    switch entry {
    case .outcome(let outcome): oneLine(modality.label(outcome))
    case .distribution: "uncertain"
    case .missing: "missing"
    }
  }

  /// The most probable state and its probability.
  func mostProbable(_ belief: [Double], _ factor: Variable) -> String {
    guard let best = firstMaximum(belief) else { return "" }
    let ties = belief.count { $0 >= belief[best] - 1e-9 }
    if ties == factor.size && ties > 1 { return "undecided" }
    let state = ties > 1 ? "one of \(ties)" : oneLine(factor.label(best))
    return "\(state) \(fixed(belief[best], 2))"
  }

  func name(_ part: ValuePart) -> String {
    let kind =
      switch part.kind {
      case .utility: "utility"
      case .stateInformationGain: "information"
      case .likelihoodNovelty, .transitionNovelty, .parameterInformationGain: "novelty"
      case .inductive: "inductive"
      case .habit: "habit"
      }
    guard let index = part.index else { return kind }
    return "\(kind) of \(variable(part.kind, index))"
  }

  /// The modality or factor of a part.
  func variable(_ kind: ValuePart.Kind, _ index: Int) -> String {
    switch kind {
    case .utility, .stateInformationGain, .likelihoodNovelty: oneLine(model.modalities[index].name)
    case .transitionNovelty, .inductive, .parameterInformationGain, .habit:
      oneLine(model.factors[index].name)
    }
  }

  /// "and 3 more actions" where there are more than are shown.
  func more(_ count: Int, _ noun: String) -> String {
    count <= ExplanationReport.most
      ? ""
      : "and \(counted(count - ExplanationReport.most, "more \(noun)")); --format json has them\n"
  }
}
