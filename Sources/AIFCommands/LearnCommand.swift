import ActiveInference
import ArgumentParser

struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learns the counts of a model from whole records of behaviour.",
    usage: "aif learn <MODEL> --data <DATA> ... [<options>]",
    discussion: """
      Expectation maximisation: every record is smoothed, what is expected to have happened is counted, and \
      again under the counts so found. Each count becomes that of the file and rate times what is expected, \
      so each datum counts once. MODEL is an aif.model/1 file with concentration, each DATA an aif.data/1 \
      file; - is standard input.

      The model with the new counts goes to --output; where that is a file, the log evidence of each \
      iteration is printed, with the objective, rate * log evidence + sum of count * log probability, \
      which no iteration lowers where smoothing is exact. All of A, B and D that has counts is learned \
      at rate 1, unless learning of --agent names rules.

      Example: aif learn maze.yaml --data rat7.json --data rat8.json --output learned.json
      """)

  @Argument(help: ArgumentHelp("The model to begin with.", valueName: "MODEL"))
  var model: String

  @Option(
    help: ArgumentHelp("Observations and actions; may be repeated.", valueName: "DATA"))
  var data: [String]

  @Option(
    help: ArgumentHelp(
      "An aif.agent/1 file: its learning says what is learned, its inference how observations are read.",
      valueName: "FILE"))
  var agent: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set the agent (agent.inference.smoothing.method=exact); may be repeated. It is above --agent.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(help: ArgumentHelp("Iterations at most, 0 or more.", valueName: "N"))
  var iterations = 100

  @Option(
    help: ArgumentHelp(
      "Ends when an iteration raises the objective by less, in nats.", valueName: "X"))
  var tolerance = 1e-6

  @Option(
    help: ArgumentHelp("Where the model goes; - is standard output.", valueName: "FILE"))
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "How the iterations are printed where the model goes to a file.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let stray = assignments.first { $0.agentPath == nil }
    let faults = [
      InputFile.checkStandardInput([model, agent] + data),
      data.isEmpty ? "--data is missing" : nil,
      iterations >= 0 ? nil : "--iterations must be 0 or more",
      tolerance >= 0 && tolerance.isFinite ? nil : "--tolerance must be 0 or more",
      stray.map { "--set \($0.key): learning has no environment; agent.* sets the agent" },
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
    let records = data.map { path in
      let file = InputFile(path: path)
      return faults.gather {
        let record = try BehaviourRecord(contentsOf: file.bytes(), source: file.name)
        if let model { try record.check(against: model, source: file.name) }
        return record
      }
    }
    let layers = AgentLayers(
      environment: AgentConfiguration(), file: agent, assignments: assignments)
    let configuration = faults.gather { try layers.configuration() }
    try faults.check()
    guard let model, let configuration else { return }
    let learning = try SequenceLearning(
      model, configuration.learning == LearningSettings() ? nil : configuration.learning,
      smoothing: configuration.inference.smoothing ?? SmoothingSettings(),
      inference: configuration.inference)
    let destination = try OutputFile(output)
    try Interruption.heeded {
      let result = try learning.learn(
        from: records.compactMap { $0 }, iterations: iterations, tolerance: tolerance,
        progress: { _ in Interruption.signal == 0 })
      try Interruption.check()
      destination.append(result.model.jsonText)
      try destination.finish()
      if output == "-" { return }
      let report = try OutputFile("-")
      report.append(LearningReport(result).text(format))
      try report.finish()
    }
  }
}
