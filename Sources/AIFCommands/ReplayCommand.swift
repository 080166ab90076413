import ActiveInference
import ArgumentParser

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "What the agent believes and would do on a given record of behaviour.",
    usage: "aif replay <MODEL> --data <DATA> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, DATA an aif.data/1 file; - is standard input. The trace \
      (aif.trace/1) goes to standard output unless --output names a file.

      Example: aif replay maze.yaml --data rat7.json --output rat7.jsonl
      """)

  @Argument(help: ArgumentHelp("The agent's model.", valueName: "MODEL"))
  var model: String

  @Option(help: ArgumentHelp("The observations and actions.", valueName: "DATA"))
  var data: String

  @Option(
    help: ArgumentHelp("An aif.agent/1 file; the default agent unless given.", valueName: "FILE"))
  var agent: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set the agent (agent.planning.horizon=3); may be repeated. It is above --agent.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Flag(
    help: ArgumentHelp(
      "Also tell what the whole record says of each of its steps: smoothedBeliefs and logEvidence of "
        + "the last step, as agent.inference.smoothing does."))
  var smooth = false

  @Option(help: ArgumentHelp("The seed of a stochastic choice, 0...2^63-1.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "What is kept of each step.", valueName: "LEVEL"))
  var record: RecordLevel = .full

  @Option(help: ArgumentHelp("Where the trace goes; - is standard output.", valueName: "FILE"))
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "How the result is printed: json is the trace; table or csv, its steps.", valueName: "FORMAT")
  )
  var format: OutputFormat = .json

  func validate() throws {
    let stray = assignments.first { $0.agentPath == nil }
    let faults = [
      InputFile.checkStandardInput([model, data, agent]),
      seed <= UInt64(Int64.max) ? nil : "--seed must be at most 2^63-1",
      stray.map { "--set \($0.key): a replay has no environment; agent.* sets the agent" },
      assignments.fault,
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    var faults = FaultGatherer()
    let model = faults.gather {
      let file = InputFile(path: self.model)
      return try GenerativeModel(contentsOf: file.bytes(), source: file.name)
    }
    let dataFile = InputFile(path: data)
    let behaviour = faults.gather {
      let record = try BehaviourRecord(contentsOf: dataFile.bytes(), source: dataFile.name)
      if let model { try record.check(against: model, source: dataFile.name) }
      return record
    }
    let layers = AgentLayers(
      environment: AgentConfiguration(), file: agent, assignments: assignments)
    var configuration = faults.gather { try layers.configuration() }
    if smooth, configuration?.inference.smoothing == nil {
      configuration?.inference.smoothing = SmoothingSettings()
    }
    try faults.check()
    guard let model, let behaviour, let configuration else { return }
    let agent = try ActiveInferenceAgent(model, configuration)
    let destination = try OutputFile(output)
    try Interruption.heeded {
      let steps: [StepRecord]
      do {
        steps = try agent.replay(
          behaviour, seed: seed, level: shownLevel, isCancelled: { Interruption.signal != 0 })
      } catch let failure as AgentFailure {
        throw CommandFailure.input("\(dataFile.name): \(failure)")
      } catch is CancellationError {
        try Interruption.check()
        return
      }
      let trace = Trace(
        build: Build.version, model: model, agent: configuration, environment: nil, seed: seed,
        episode: 0, steps: steps, final: agent.concentration)
      try write(trace, agent.blueprint.policies, to: destination)
      try destination.finish()
    }
  }

  /// A table shows what it has columns for, whatever a trace would keep.
  private var shownLevel: RecordLevel { format == .table ? .full : record }

  private func write(_ trace: Trace, _ policies: PolicySet, to destination: OutputFile) throws {
    var episode = Episode(index: 0)
    episode.steps = trace.steps
    switch format {
    case .json:
      var line: [UInt8] = []
      trace.appendLine(to: &line)
      destination.append(line)
    case .table: destination.append(StepTable(trace.model, policies).text(episode))
    case .csv:
      let rows = StepRows(trace.model)
      destination.append(rows.heading + rows.rows(episode, level: record))
    }
  }
}
