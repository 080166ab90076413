import ActiveInference
import ArgumentParser

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "What the agent believes and would do on a given record of behaviour.",
    discussion: """
      MODEL is an aif.model/1 file, DATA an aif.data/1 file; the trace goes to standard output \
      unless --output names a file. - is standard input or output.
      """)

  @Argument(help: ArgumentHelp("The agent's model.", valueName: "MODEL"))
  var model: String

  @Option(help: ArgumentHelp("The observations and actions.", valueName: "DATA"))
  var data: String

  @Option(help: ArgumentHelp("An aif.agent/1 file; the default agent unless given.", valueName: "FILE"))
  var agent: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set the agent: agent.planning.horizon=3.", valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(help: "The seed of a stochastic choice, 0...2^63-1.")
  var seed: UInt64 = 0

  @Option(help: "What is kept of each step: none, choices, beliefs, full or iterates.")
  var record: RecordLevel = .full

  @Option(help: ArgumentHelp("Where the trace goes; - is standard output.", valueName: "FILE"))
  var output = "-"

  @Option(help: "How the result is printed: json is the trace; table or csv, its steps.")
  var format: OutputFormat = .json

  func validate() throws {
    if [model, data, agent].filter({ $0 == "-" }).count > 1 {
      throw ValidationError("only one of the files can be standard input")
    }
    if seed > UInt64(Int64.max) { throw ValidationError("--seed must be at most 2^63-1") }
    if let other = assignments.first(where: { $0.agentPath == nil }) {
      throw ValidationError("--set \(other.key): a replay has no environment; agent.* sets the agent")
    }
  }

  func run() throws {
    let modelFile = InputFile(path: model)
    let model = try GenerativeModel(contentsOf: modelFile.bytes(), source: modelFile.name)
    let dataFile = InputFile(path: data)
    let behaviour = try BehaviourRecord(contentsOf: dataFile.bytes(), source: dataFile.name)
    try behaviour.check(against: model, source: dataFile.name)
    var configuration = AgentConfiguration()
    if let agent {
      let file = InputFile(path: agent)
      configuration = try configuration.applying(contentsOf: file.bytes(), source: file.name)
    }
    configuration = try assignments.applied(to: configuration)
    let agent = try ActiveInferenceAgent(model, configuration)
    let destination = try OutputFile(output)
    let steps: [StepRecord]
    do {
      steps = try agent.replay(
        behaviour, seed: seed, level: record, isCancelled: { Interruption.signal != 0 })
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

  private func write(_ trace: Trace, _ policies: PolicySet, to destination: OutputFile) throws {
    var episode = Episode(index: 0)
    episode.steps = trace.steps
    switch format {
    case .json:
      var line: [UInt8] = []
      trace.appendLine(to: &line)
      try destination.append(line)
    case .table: try destination.append(StepTable(trace.model, policies).text(episode))
    case .csv:
      let rows = StepRows(trace.model)
      try destination.append(rows.heading + rows.rows(episode, level: record))
    }
  }
}
