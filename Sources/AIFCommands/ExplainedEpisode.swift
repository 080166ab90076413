import ActiveInference
import BeliefTesting

/// The episode of a trace as its agent lives it again, with an explanation of its choices.
struct ExplainedEpisode {
  let trace: Trace
  let agent: ActiveInferenceAgent
  /// How the trace differs from what was found again, where it does.
  private(set) var difference: Difference?
  private let name: String

  /// - Parameter name: what messages call the file.
  /// - Throws: ``CommandFailure/input(_:)`` where the trace holds too little, ``InvalidInput`` where its agent
  ///   does not fit its model.
  init(_ trace: Trace, name: String) throws {
    self.trace = trace
    self.name = name
    if trace.steps.isEmpty {
      throw CommandFailure.input(
        "\(name): episode \(trace.episode) holds no steps; record it again with --record choices or"
          + " more")
    }
    try trace.checkHasOneLevel(
      name, "choices are explained of one level; `aif simulate` shows the terms of all")
    agent = try ActiveInferenceAgent(trace.model, trace.agent)
  }

  /// What is explained: one step, or of every step what takes no other observation.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where there is no such step, or an action before it is missing.
  mutating func explanations(step: Int?) throws -> [ChoiceExplanation] {
    let last = trace.steps.count - 1
    if let step, step > last {
      throw CommandFailure.input(
        "\(name): --step \(step): episode \(trace.episode) has the steps 0...\(last)")
    }
    let end = step ?? last
    if let missing = trace.steps[..<end].first(where: { $0.action == nil }) {
      throw CommandFailure.input(
        "\(name): steps[\(missing.t)].action is missing, and with it what was believed after it;"
          + " record it with --record choices or more")
    }
    let limits = step == nil ? .valuesAlone : try self.limits
    var explanations: [ChoiceExplanation] = []
    var records: [StepRecord] = []
    agent.begin(seed: trace.seed, episode: UInt64(trace.episode))
    do {
      for (t, recorded) in trace.steps[...end].enumerated() {
        if step == nil || step == t {
          explanations.append(try agent.explain(recorded.observation, limits: limits))
        }
        let choice = try agent.act(on: recorded.observation)
        var record = StepRecord(
          t: t, observation: recorded.observation, action: recorded.action ?? choice)
        agent.describe(&record, level: .full)
        record.states = recorded.states
        record.smoothed = recorded.smoothed
        record.iterates = recorded.iterates
        records.append(record)
        if let action = recorded.action { try agent.took(action) }
      }
    } catch let failure as AgentFailure {
      throw CommandFailure.input("\(name): \(failure)")
    }
    try compare(records)
    return explanations
  }

  private mutating func compare(_ records: [StepRecord]) throws {
    var (expected, actual) = (trace, trace)
    expected.steps = Array(trace.steps.prefix(records.count))
    actual.steps = records
    difference = firstDifference(
      expected: expected, actual: actual, tolerances: try Tolerances(texts: ["1e-9"]))
  }

  /// As much as takes seconds.
  private var limits: ExplanationLimits {
    get throws {
      let cost = try StepCost(of: trace.model, trace.agent)
      // A joint information gain compares each modality with each, and goes through their joint outcomes.
      let sizes = trace.model.modalities.map { Double($0.size) }
      let outcomes = min(sizes.reduce(1, *), 0x1p20)
      let nodes = Double(cost.prefixes) * (8 * outcomes + Double(sizes.count * sizes.count))
      let runs = Int(0x1p30 / max(Double(cost.operations) + nodes, 1))
      return ExplanationLimits(
        counterfactuals: min(max(runs, 8), 1024), outcomes: min(max(runs / 10, 4), 256),
        actions: ExplanationReport.most)
    }
  }
}
