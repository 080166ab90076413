// The keys of `aif.agent/1`, section by section, in the order of a complete file. What the format
// has and this build has not is listed too, so that it is refused by name.

extension AgentConfiguration {
  /// Presets that the format has and this build has not.
  static let presetsElsewhere: [String] = []

  /// The sections.
  static let keys: [DocumentKey<AgentConfiguration>] = [
    DocumentKey("inference", inner: InferenceSettings.keys.settings()) {
      value, place, configuration, faults in
      InferenceSettings.read(value, place, &configuration.inference, faults)
    } write: { configuration in
      InferenceSettings.keys.write(configuration.inference)
    },
    DocumentKey("planning", inner: PlanningSettings.keys.settings()) {
      value, place, configuration, faults in
      PlanningSettings.read(value, place, &configuration.planning, faults)
    } write: { configuration in
      PlanningSettings.keys.write(configuration.planning)
    },
    .section("action", \.action, ActionSettings.keys),
    DocumentKey("learning", inner: LearningSettings.keys.settings()) {
      value, place, configuration, faults in
      // The empty object is to learn nothing, not to say nothing.
      if value == .object([]) { configuration.learning = LearningSettings() }
      LearningSettings.keys.read(value, place, &configuration.learning, faults)
    } write: { configuration in
      LearningSettings.keys.write(configuration.learning)
    },
  ]
}

extension InferenceSettings {
  static let keys: [DocumentKey<InferenceSettings>] = [
    .choice("algorithm", \.algorithm),
    .count("iterations", \.iterations, upTo: 1_000_000),
    .number("tolerance", \.tolerance, "0 or more") { $0 >= 0 },
    // A document says of it only where it says something.
    DocumentKey(.count("horizon", \.horizon, upTo: InferenceSettings.longestHorizon)) {
      $0.horizon.map { .integer($0) }
    },
    .choice("impossible", \.impossible),
    chiKey,
    .optional(
      "smoothing", \.smoothing, initial: SmoothingSettings(), writesNull: false,
      SmoothingSettings.keys),
    policyMessagesKey,
  ]
}

extension PlanningSettings {
  static let keys = commonKeys + methodSections.map(\.key)

  /// What only some methods read.
  static let methodKeys: [MethodKey] =
    [horizonKey, parameterInformationGainKey, inductiveKey] + methodSections

  /// What is the business of some methods alone.
  private static let methodSections: [MethodKey] = [
    MethodKey(
      [.sophisticated], \.sophisticated.backup, .choice("backup", \.sophisticated.backup)),
    MethodKey(
      [.sophisticated], \.sophisticated.policyThreshold,
      .number("policyThreshold", \.sophisticated.policyThreshold, "0 to 1") {
        (0...1).contains($0)
      }),
    MethodKey(
      [.sophisticated], \.sophisticated.outcomeThreshold,
      .number("outcomeThreshold", \.sophisticated.outcomeThreshold, "0 to 1") {
        (0...1).contains($0)
      }),
    MethodKey(
      [.sophisticated, .branchAndBound, .treeSearch], \.budget,
      .section("budget", \.budget, SearchBudget.keys)),
    MethodKey(
      [.treeSearch], \.treeSearch, .section("mcts", \.treeSearch, TreeSearchSettings.keys)),
    MethodKey([.beam], \.beam, .section("beam", \.beam, BeamSettings.keys)),
    MethodKey(
      [.enumerate, .branchAndBound, .beam], \.replanEvery,
      // A document says of it only where it says something.
      DocumentKey(.count("replanEvery", \.replanEvery, upTo: PolicySet.largestHorizon)) {
        $0.replanEvery == 1 ? nil : .integer($0.replanEvery)
      }),
    MethodKey(
      [.successor], \.successor, .section("successor", \.successor, SuccessorSettings.keys)),
    MethodKey([.hybrid], \.hybrid, .section("hybrid", \.hybrid, Hybrid.keys)),
    MethodKey(
      [.softControl], \.softControl,
      .section("softControl", \.softControl, [.choice("mode", \.mode)])),
  ]

  private static let horizonKey = MethodKey(
    allBut: [.successor], \.horizon,
    .count("horizon", \.horizon, upTo: PolicySet.largestHorizon))

  private static let parameterInformationGainKey = MethodKey(
    allBut: [.successor], \.parameterInformationGain,
    .flag("parameterInformationGain", \.parameterInformationGain))

  private static let inductiveKey = MethodKey(
    allBut: [.successor], \.inductive,
    .optional(
      "inductive", \.inductive, initial: Inductive(), writesNull: true,
      [
        .count("depth", \.depth, upTo: PolicySet.largestHorizon),
        .number("threshold", \.threshold, "0 or more and below 1") { (0..<1).contains($0) },
        .number("epsilon", \.epsilon, "above 0 and below 1") { 0 < $0 && $0 < 1 },
      ]))

  private static let commonKeys: [DocumentKey<PlanningSettings>] = [
    .choice("method", \.method),
    .choice("objective", \.objective),
    .choice("biasedJoint", \.biasedJoint, elsewhere: ["statePreference"]),
    horizonKey.key,
    gammaKey,
    precisionKey,
    .flag("utility", \.utility),
    .flag("stateInformationGain", \.stateInformationGain),
    .choice("informationGain", \.informationGain),
    parameterInformationGainKey.key,
    .choice("novelty", \.novelty),
    inductiveKey.key,
  ]
}

extension SearchBudget {
  static let keys: [DocumentKey<SearchBudget>] = [
    .count("nodes", \.nodes, upTo: 1_000_000_000),
    .count("microseconds", \.microseconds, upTo: 1_000_000_000),
    .count("mebibytes", \.mebibytes, upTo: SearchBudget.mostMebibytes),
  ]
}

extension BeamSettings {
  static let keys: [DocumentKey<BeamSettings>] = [.count("width", \.width, upTo: 1 << 24)]
}

extension TreeSearchSettings {
  static let keys: [DocumentKey<TreeSearchSettings>] = [
    .count("simulations", \.simulations, upTo: Int(UInt32.max))
  ]
}

extension SuccessorSettings {
  static let keys: [DocumentKey<SuccessorSettings>] = [
    .number("discount", \.discount, "0 or more, at most \(SuccessorMap.largestDiscount)") {
      (0...SuccessorMap.largestDiscount).contains($0)
    },
    .choice("basePolicy", \.basePolicy),
    .choice("reward", \.reward),
    .namesOrNull("factors", \.factors),
  ]
}

extension ActionSettings {
  static let keys: [DocumentKey<ActionSettings>] = [
    .choice("selection", \.selection),
    .choice("mode", \.mode),
    .number("alpha", \.alpha, "0 or more") { $0 >= 0 },
  ]
}

extension LearningSettings {
  static let keys: [DocumentKey<LearningSettings>] = [
    rule("A", \.likelihood, subset: "modalities", Rule.activeKey),
    rule("B", \.transition, subset: "factors", Rule.activeKey),
    rule("C", \.preference, subset: "modalities"),
    rule("D", \.initialState, subset: "factors"),
    rule("E", \.habit, subset: nil),
    // A document says of it only where it says something.
    DocumentKey("smoothing", \.smoothing) { value, place, faults in
      if case .boolean(let isOn) = value { return isOn }
      faults.expected("true or false", place, value)
      return nil
    } write: {
      $0 ? .boolean(true) : nil
    },
  ]

  private static func rule(
    _ letter: String, _ path: DocumentKey<LearningSettings>.Path<Rule?>, subset: String?,
    _ more: DocumentKey<Rule>...
  ) -> DocumentKey<LearningSettings> {
    let keys: [DocumentKey<Rule>] = [
      // So that counts never grow beyond what a model may have.
      .number("rate", \.rate, "0 to 1e100") { (0...1e100).contains($0) },
      .number("forgetting", \.forgetting, "0 to 1") { (0...1).contains($0) },
      DocumentKey("asymptote", \.asymptote) { value, place, faults -> Double?? in
        if value == .null { return .some(nil) }
        if let number = value.double, 1e-100 <= number, number <= 1e100 { return number }
        faults.expected("a number from 1e-100 to 1e100 or null", place, value)
        return nil
      } write: {
        $0.map { .number($0) }
      },
    ]
    return .optional(
      letter, path, initial: Rule(), writesNull: false,
      keys + more + (subset.map { [.names($0, \.subset)] } ?? []))
  }
}

extension LearningSettings.Rule {
  /// The precision of active learning; a document has it where learning is active.
  fileprivate static let activeKey = DocumentKey<Self>(
    "activeLearningPrecision", \.activeLearningPrecision
  ) { value, place, faults -> Double?? in
    if value == .null { return .some(nil) }
    if let number = value.double, 1e-6 <= number, number <= 1e6 { return number }
    faults.expected("a number from 1e-6 to 1e6 or null", place, value)
    return nil
  } write: {
    $0.map { .number($0) }
  }
}
