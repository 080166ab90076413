import ActiveInference
import BeliefTesting

/// What is read, by the format of the file.
enum Format: String, CaseIterable, Sendable {
  case model, agent, data, trace, state
}

/// Puts an input through its reader and everything that follows from it, at small cost.
///
/// Whatever happens must be a value or a typed refusal; what else may happen is for whoever calls to
/// notice: a trap, too much time, too much memory.
struct Probe {
  /// What must not be: an untyped error, or a refusal that does not say where or what.
  struct Finding: Error, CustomStringConvertible {
    let description: String
  }

  /// How far an input came.
  enum Ending: String {
    case refused
    case read
    case ran
  }

  /// What data, agents and states are held against.
  private let model: GenerativeModel
  /// What states of several levels are held against.
  private let levels: CompiledDeepAgent

  init() throws(InvalidInput) {
    model = try makeKeptModel()
    levels = try makeKeptLevels(model)
  }

  /// - Throws: ``Finding``.
  func examine(_ bytes: [UInt8], as format: Format) throws -> Ending {
    do {
      switch format {
      case .model: return try examineModel(bytes)
      case .agent: return try examineAgent(bytes)
      case .data: return try examineData(bytes)
      case .trace: return try examineTraces(bytes)
      case .state: return try examineState(bytes)
      }
    } catch let refusal as InvalidInput {
      try check(refusal)
      return .refused
    } catch let failure as AgentFailure {
      if failure.description.isEmpty { throw Finding(description: "an agent fails in silence") }
      return .ran
    } catch let finding as Finding {
      throw finding
    } catch {
      throw Finding(description: "\(type(of: error)) is no typed refusal: \(error)")
    }
  }

  /// A refusal names a place, or at least the input, and says what is wrong.
  private func check(_ refusal: InvalidInput) throws {
    if refusal.faults.isEmpty { throw Finding(description: "a refusal without a fault") }
    for fault in refusal.faults {
      if fault.problem.isEmpty {
        throw Finding(description: "a fault that says nothing at '\(fault.place)'")
      }
      if fault.place.isEmpty && refusal.source.isEmpty {
        throw Finding(description: "a fault without a place: \(fault)")
      }
    }
    // A line a fault, each of which is short whatever was in the input.
    if refusal.description.utf8.count > 4096 * refusal.faults.count {
      throw Finding(description: "a message of \(refusal.description.utf8.count) bytes")
    }
  }

  // MARK: - Formats

  private func examineModel(_ bytes: [UInt8]) throws -> Ending {
    let model = try GenerativeModel(contentsOf: bytes, source: "input")
    // Long vectors make long texts, which would be what is measured.
    if model.factors.allSatisfy({ $0.size <= 1000 })
      && model.modalities.allSatisfy({ $0.size <= 1000 })
    {
      try checkText(model)
    }
    return try live(model, AgentConfiguration())
  }

  /// A model that is written is read back as the same.
  private func checkText(_ model: GenerativeModel) throws {
    for text in [model.jsonText, model.yamlText] {
      let back = try GenerativeModel(contentsOf: Array(text.utf8), source: "what was written")
      if back != model { throw Finding(description: "is not read back as it was written") }
    }
  }

  private func examineAgent(_ bytes: [UInt8]) throws -> Ending {
    let configuration = try AgentConfiguration(contentsOf: bytes, source: "input")
    let text = configuration.yamlText
    if try AgentConfiguration(contentsOf: Array(text.utf8), source: "written") != configuration {
      throw Finding(description: "is not read back as it was written")
    }
    return try live(model, configuration)
  }

  private func examineData(_ bytes: [UInt8]) throws -> Ending {
    let record = try BehaviourRecord(contentsOf: bytes, source: "input")
    try record.check(against: model, source: "input")
    if record.observations.count > 64 { return .read }
    _ = try ActiveInferenceAgent(model).replay(record)
    return .ran
  }

  private func examineState(_ bytes: [UInt8]) throws -> Ending {
    // A state of several levels has this key; whoever read every state as either would take twice as long.
    if bytes.contains("levels".utf8) { return try examineStateOfLevels(bytes) }
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    let agent = try ActiveInferenceAgent(model, configuration)
    try agent.resume(from: bytes, source: "input")
    for _ in 0..<2 { _ = try agent.act(on: [.outcome(0), .missing, .missing]) }
    _ = agent.stateText
    return .ran
  }

  /// The rest of an episode below and the next, begun from above.
  private func examineStateOfLevels(_ bytes: [UInt8]) throws -> Ending {
    let agent = try DeepAgent(levels)
    try agent.resume(from: bytes, source: "input")
    for _ in 0..<3 { _ = try agent.act(on: [.outcome(0), .missing, .missing, .outcome(1)]) }
    _ = agent.stateText
    return .ran
  }

  private func examineTraces(_ bytes: [UInt8]) throws -> Ending {
    var ending = Ending.read
    for trace in try Trace.read(contentsOf: bytes, source: "input").prefix(3) {
      var line: [UInt8] = []
      trace.appendLine(to: &line)
      let back = try Trace.read(contentsOf: line, source: "what was written")
      // Equal as `aif verify` asks; the documents differ where numbers were written as integers.
      if let first = back.first, let difference = firstDifference(expected: trace, actual: first) {
        throw Finding(description: "is not read back as it was written: \(difference)")
      }
      let agents =
        [(trace.model, trace.agent)] + trace.levels.map { level in (level.model, level.agent) }
      guard trace.steps.count <= 32, try agents.allSatisfy(isSmall) else { continue }
      if let difference = try differenceLivedAgain(trace), difference.description.isEmpty {
        throw Finding(description: "a difference that says nothing")
      }
      ending = .ran
    }
    return ending
  }

  // MARK: - What follows

  /// Three steps of an agent in the world that the model is, where they cost little.
  private func live(
    _ model: GenerativeModel, _ configuration: AgentConfiguration
  ) throws -> Ending {
    guard try isSmall(model, configuration) else { return .read }
    var agent = try ActiveInferenceAgent(model, configuration)
    agent.recordsIterates = true
    let simulation = Simulation(try ModelEnvironment(model), steps: 3, level: .iterates)
    let episode = try simulation.run(&agent, episode: 0)
    var line: [UInt8] = []
    Trace(
      build: "", model: model, agent: configuration, environment: nil, seed: 0, episode: 0,
      steps: episode.steps, final: agent.concentration
    ).appendLine(to: &line)
    let back = try Trace.read(contentsOf: line, source: "the trace")
    guard let recorded = back.first, recorded.steps.count == episode.steps.count else {
      throw Finding(description: "its trace is not read back")
    }
    if let difference = try differenceLivedAgain(recorded) {
      throw Finding(description: "is not lived again as it was recorded: \(difference)")
    }
    return .ran
  }

  /// What differs when an agent goes through a trace again, as `aif verify` asks; nil where nothing does.
  private func differenceLivedAgain(_ trace: Trace) throws -> Difference? {
    let agent: any RecordedAgent =
      if let levels = try trace.deepAgent() {
        try DeepAgent(levels)
      } else {
        try ActiveInferenceAgent(trace.model, trace.agent)
      }
    var actual = trace
    actual.steps = try agent.follow(
      BehaviourRecord(
        observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action)),
      seed: trace.seed, episode: UInt64(trace.episode), level: .iterates)
    // The agent does not know the true states.
    for index in actual.steps.indices { actual.steps[index].states = trace.steps[index].states }
    actual.final = agent.concentrations[0]
    actual.finalAbove = Array(agent.concentrations.dropFirst())
    return firstDifference(expected: trace, actual: actual)
  }

  /// Whether a step takes milliseconds and the agent a few MiB.
  private func isSmall(
    _ model: GenerativeModel, _ configuration: AgentConfiguration
  ) throws -> Bool {
    let cost = try StepCost(of: model, configuration)
    let (bytes, isHuge) = cost.tableBytes.addingReportingOverflow(cost.agentBytes)
    return !isHuge && bytes < 8 << 20 && cost.operations < 1_000_000 && cost.prefixes < 10_000
  }
}
