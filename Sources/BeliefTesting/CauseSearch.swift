import ActiveInference

/// Looks for what made two traces differ.
struct CauseSearch {
  private let expected: Trace
  private let actual: Trace
  private let difference: Difference

  init(expected: Trace, actual: Trace, _ difference: Difference) {
    self.expected = expected
    self.actual = actual
    self.difference = difference
  }

  /// The causes, the likely one first; at least one.
  var causes: [Explanation.Cause] {
    let changes = changedInputs
    return changes.isEmpty ? [changedData ?? changedComputation] : changes
  }

  // MARK: - What was run

  private var changedInputs: [Explanation.Cause] {
    [
      changedModels.map { .model($0) },
      changedAgents.map { .agent($0) },
      expected.seed == actual.seed
        ? nil : .seed(Change("seed", .text("\(expected.seed)"), .text("\(actual.seed)"))),
      expected.episode == actual.episode
        ? nil : .episode(Change("episode", .integer(expected.episode), .integer(actual.episode))),
      changedEnvironment.map { .environment($0) },
    ].compactMap { $0 }
  }

  /// What differs between the models, level by level.
  private var changedModels: Changes? {
    Changes(
      zip(expected.outline.models, actual.outline.models).enumerated().map { level, models in
        ModelComparison.changes(models.0, models.1)?.placed(inLevel: name(level))
      })
  }

  /// What differs between the configurations, and between what is said of levels.
  private var changedAgents: Changes? {
    func agents(_ trace: Trace) -> [AgentConfiguration] {
      [trace.agent] + trace.levels.map(\.agent)
    }
    let counts = (expected.levels.count, actual.levels.count)
    let configurations = zip(agents(expected), agents(actual)).enumerated().map { level, agents in
      DocumentComparison.changes(agents.0.document, agents.1.document)?
        .placed(inLevel: name(level))
    }
    let junctions = zip(expected.levels, actual.levels).enumerated().map { level, levels in
      DocumentComparison.changes(levels.0.below, levels.1.below)?
        .placed(inLevel: name(level))
    }
    return Changes(
      [
        counts.0 == counts.1
          ? nil
          : Changes(
            first: Change(
              "number of levels", .integer(counts.0 + 1), .integer(counts.1 + 1)), count: 1)
      ] + configurations + junctions)
  }

  /// What a level is called; nil where there is one.
  private func name(_ level: Int) -> String? {
    expected.levels.isEmpty ? nil : expected.outline.names[level]
  }

  /// What differs between the environments; one that is not named may be the same.
  private var changedEnvironment: Changes? {
    guard var one = expected.environment, var other = actual.environment else { return nil }
    // Without a process of its own, the agent's model is the world; that it changed is said there.
    let implied = one.process == nil && other.process == nil
    let processes = [one.process ?? expected.model, other.process ?? actual.model]
    (one.process, other.process) = (nil, nil)
    if let changes = DocumentComparison.changes(one.document, other.document) { return changes }
    if one.id != "model" || implied { return nil }
    return ModelComparison.changes(processes[0], processes[1])
  }

  // MARK: - Data

  /// What the agent was shown or made to do otherwise, up to the first difference.
  private var changedData: Explanation.Cause? {
    let last = difference.step ?? expected.steps.count
    let steps = expected.steps.indices.prefix { $0 < actual.steps.count }
    for index in steps where expected.steps[index].t <= last {
      let (one, other) = (expected.steps[index], actual.steps[index])
      // Only what belongs to data, so that what differs is that.
      func data(_ step: StepRecord) -> StepRecord {
        var data = StepRecord(t: step.t, observation: step.observation)
        data.states = step.states
        // An action that the agent chose is its own doing, and one after the difference no cause.
        let isBefore = one.t < last || difference.quantity == "action"
        if isBefore && one.choice != nil && one.choices == other.choices {
          data.action = step.action
        }
        return data
      }
      var (before, after) = (expected, actual)
      before.steps = [data(one)]
      after.steps = [data(other)]
      (after.final, after.finalAbove) = (before.final, before.finalAbove)
      if let found = firstDifference(expected: before, actual: after) { return .data(found) }
    }
    return difference.quantity == "steps" ? .data(difference) : nil
  }

  // MARK: - Computation

  private var changedComputation: Explanation.Cause {
    let survey = RoundingSurvey()
    var comparison = TraceComparison(expected) {
      difference, one, other in
      guard Explanation.isRounding(one, other) else { return false }
      survey.note(difference, one, other)
      return true
    }
    if let found = comparison.firstDifference(expected, actual) {
      return .algorithm(stage(of: found), found)
    }
    guard let largest = survey.largest else { return .algorithm(stage(of: difference), difference) }
    return .arithmetic(count: survey.count, largest: largest)
  }

  private func stage(of difference: Difference) -> Explanation.Stage {
    switch difference.quantity.prefix(while: { $0 != "." }) {
    case "negativeExpectedFreeEnergy", "terms", "policyPosterior", "actionMarginals", "search":
      .planning
    case "action", "choice": .selection
    case "final": .learning
    default: .inference
    }
  }
}

extension StepRecord {
  /// What each level selects that stepped, the lowest first.
  fileprivate var choices: [[Int]?] { [choice] + (levels ?? []).map(\.choice) }
}

/// How many numbers differ, and the one that differs most.
private final class RoundingSurvey {
  private(set) var count = 0
  private(set) var largest: Difference?
  private var largestDistance = -1.0

  func note(_ difference: Difference, _ expected: Double, _ actual: Double) {
    count += 1
    let distance = abs(actual - expected) / max(1, expected.magnitude, actual.magnitude)
    if distance > largestDistance { (largestDistance, largest) = (distance, difference) }
  }
}
