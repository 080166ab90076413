import ActiveInference
import ArgumentParser
import BeliefTesting

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Feed recorded traces to the agent again and name the first difference.",
    discussion: """
      The observations and actions of each episode go to its agent again; where the trace names an \
      environment, the episode is simulated again from its seed too. What the record level left out \
      is not compared. Exit code 1 where something differs.
      """)

  @Argument(help: ArgumentHelp("aif.trace/1 files.", valueName: "TRACE"))
  var traces: [String]

  @Option(help: "How far two numbers may differ; 0 asks for the same bits.")
  var tolerance = 0.0

  @Option(help: "How the result is printed: table, json or csv.")
  var format: OutputFormat = .table

  func validate() throws {
    if !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must be a number from 0")
    }
  }

  /// What came of one file.
  private struct Finding {
    let file: String
    let episodes: Int
    let difference: String?
  }

  func run() throws {
    var findings: [Finding] = []
    for path in traces {
      let file = InputFile(path: path)
      let read = try Trace.read(contentsOf: file.bytes(), source: file.name)
      findings.append(try verify(read, file.name))
    }
    let output = try OutputFile("-")
    try output.append(text(findings))
    try output.finish()
    if findings.contains(where: { $0.difference != nil }) { throw CommandFailure.check }
  }

  private func verify(_ traces: [Trace], _ name: String) throws -> Finding {
    for trace in traces {
      try Interruption.check()
      let verification: String?
      do {
        verification = try difference(trace)
      } catch let failure as AgentFailure {
        verification = "the agent stops: \(failure)"
      } catch let faults as InvalidInput {
        throw InvalidInput(source: "\(name), episode \(trace.episode)", faults.faults)
      }
      if let verification {
        return Finding(
          file: name, episodes: traces.count,
          difference: "episode \(trace.episode), \(verification)")
      }
    }
    return Finding(file: name, episodes: traces.count, difference: nil)
  }

  /// The first difference between a trace and what this build makes of it.
  private func difference(_ trace: Trace) throws -> String? {
    let agent = try ActiveInferenceAgent(trace.model, trace.agent)
    let behaviour = BehaviourRecord(
      observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
    try behaviour.check(against: trace.model, source: "")
    var steps = try agent.replay(
      behaviour, seed: trace.seed, episode: UInt64(trace.episode), level: .iterates)
    // The agent does not know the true states; the simulation below compares them.
    for index in steps.indices { steps[index].states = trace.steps[index].states }
    if let found = firstDifference(
      expected: trace, actual: trace.withSteps(steps, agent), tolerance: tolerance)
    {
      return "\(found)"
    }
    guard let reference = trace.environment, !trace.steps.isEmpty else { return nil }
    let world = try World(reference, model: trace.model)
    try world.check(trace.model, source: "")
    return try simulate(world.environment, trace).map { "simulated again: \($0)" }
  }

  private func simulate(
    _ environment: some Environment, _ trace: Trace
  ) throws -> Difference? {
    var agent = try ActiveInferenceAgent(trace.model, trace.agent)
    agent.recordsIterates = true
    let simulation = Simulation(
      environment, steps: trace.steps.count, seed: trace.seed, level: .iterates)
    let episode = try simulation.run(&agent, episode: UInt64(trace.episode))
    return firstDifference(
      expected: trace, actual: trace.withSteps(episode.steps, agent), tolerance: tolerance)
  }

  private func text(_ findings: [Finding]) -> String {
    switch format {
    case .table:
      let lines = findings.map { finding in
        finding.difference.map { "\(finding.file): differs: \($0)\n" }
          ?? "\(finding.file): \(finding.episodes) episodes, no difference\n"
      }
      return lines.joined()
    case .json:
      let rows = findings.map { finding in
        DocumentValue.object([
          .init("file", .string(finding.file)),
          .init("episodes", .integer(finding.episodes)),
          .init("difference", finding.difference.map(DocumentValue.string) ?? .null),
        ])
      }
      return DocumentValue.array(rows).prettyJSON
    case .csv:
      let rows = findings.map {
        "\(csvCell($0.file)),\($0.episodes),\(csvCell($0.difference ?? ""))\n"
      }
      return "file,episodes,difference\n" + rows.joined()
    }
  }
}

extension Trace {
  /// The same trace with what was found now.
  fileprivate func withSteps(_ steps: [StepRecord], _ agent: ActiveInferenceAgent) -> Trace {
    var trace = self
    trace.steps = steps
    trace.final = agent.concentration
    return trace
  }
}
