import ActiveInference
import ArgumentParser

/// A model, what somebody did in its world, and the agent that is to make something of it.
struct RecordOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The agent's model, an aif.model/1 file.", valueName: "MODEL"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "Observations and actions: an aif.data/1 file, or traces (aif.trace/1), each of whose episodes is a record.",
      valueName: "DATA"))
  var data: [String]

  @Option(
    help: ArgumentHelp("An aif.agent/1 file; the default agent unless given.", valueName: "FILE"))
  var agent: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set the agent (agent.inference.algorithm=exact); may be repeated. It is above --agent.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  /// A record and what messages call it.
  struct Record {
    let name: String
    let behaviour: BehaviourRecord
  }

  /// What is wrong with them.
  var faults: [String] {
    let stray = assignments.first { $0.agentPath == nil }
    return [
      InputFile.checkStandardInput([model, agent] + data),
      stray.map { "--set \($0.key): a record has no environment; agent.* sets the agent" },
      assignments.fault,
    ].compactMap { $0 }
  }

  /// What they name.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` with what is wrong with every one of the files.
  func read() throws -> (
    model: GenerativeModel, records: [Record], configuration: AgentConfiguration
  )? {
    var faults = FaultGatherer()
    let model = faults.gather {
      let file = InputFile(path: self.model)
      return try GenerativeModel(contentsOf: file.bytes(), source: file.name)
    }
    var records: [Record] = []
    for path in data {
      let found = faults.gather { try RecordOptions.records(InputFile(path: path)) } ?? []
      for record in found {
        faults.gather {
          try model.map { try record.behaviour.check(against: $0, source: record.name) }
        }
      }
      records += found
    }
    let layers = AgentLayers(
      environment: AgentConfiguration(), file: agent, assignments: assignments)
    let configuration = faults.gather { try layers.configuration() }
    try faults.check()
    guard let model, let configuration else { return nil }
    return (model, records, configuration)
  }

  /// The records of a file: its only one, or one an episode.
  private static func records(_ file: InputFile) throws -> [Record] {
    let bytes = try file.bytes()
    guard TraceFile.isTrace(bytes) else {
      return [
        Record(
          name: file.name, behaviour: try BehaviourRecord(contentsOf: bytes, source: file.name))
      ]
    }
    let traces = try Trace.read(contentsOf: bytes, source: file.name)
    return traces.map { trace in
      Record(
        name: traces.count == 1 ? file.name : "\(file.name): episode \(trace.episode)",
        behaviour: BehaviourRecord(
          observations: trace.steps.map(\.observation),
          actions: trace.steps.dropLast().compactMap(\.action)))
    }
  }
}
