import ActiveInference
import ArgumentParser

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "What the agent believes and would do on a given record of behaviour.",
    usage: "aif replay <MODEL> --data <DATA> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, DATA an aif.data/1 file or a trace of one episode; - is standard \
      input. The trace (aif.trace/1) goes to standard output unless --output names a file.

      Example: aif replay maze.yaml --data rat7.json --output rat7.jsonl
      """)

  @OptionGroup var subject: RecordOptions

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
    let faults =
      subject.faults
      + [
        subject.data.count == 1 ? nil : "--data must be given once",
        seed <= UInt64(Int64.max) ? nil : "--seed must be at most 2^63-1",
      ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    guard let (model, records, asked) = try subject.read() else { return }
    guard records.count == 1, let record = records.first else {
      throw CommandFailure.input(
        "\(InputFile(path: subject.data[0]).name): has \(counted(records.count, "episode")); "
          + "a replay is of one")
    }
    var configuration = asked
    if smooth, configuration.inference.smoothing == nil {
      configuration.inference.smoothing = SmoothingSettings()
    }
    let agent = try ActiveInferenceAgent(model, configuration)
    let destination = try OutputFile(output)
    try Interruption.heeded {
      let steps: [StepRecord]
      do {
        steps = try agent.replay(
          record.behaviour, seed: seed, level: shownLevel, isCancelled: { Interruption.signal != 0 }
        )
      } catch let failure as AgentFailure {
        throw CommandFailure.input("\(record.name): \(failure)")
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
