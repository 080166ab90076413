import ActiveInference
import ArgumentParser

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why an agent chose what it did: terms, and what would change its mind.",
    usage: "aif explain <TRACE> [--step <T>] [<options>]",
    discussion: """
      TRACE is a file of traces (aif.trace/1 or aif.golden/1); - is standard input. Observations and \
      actions go to the trace's agent again. Without --step, a line a step: the choice, its best rival \
      and what decides between them. With --step, of each action the parts of its value by planning step \
      and modality, which sum to its negative expected free energy; which other observations would have \
      changed the choice; what may be observed next and what would then be chosen; and the value of \
      information: sum_o p(o) max V(policy | o) - max sum_o p(o) V(policy | o) in nats, V the utility \
      that the agent's next step finds in each policy. What would have been is found by running the agent.

      At most 1024 other observations are tried, and 256 next ones after each of the ten best actions; \
      fewer where a step takes long. What was left out is said. Where the trace's numbers are not those \
      of this build, to 1e-9, standard error says so, and the explanation is of this build's.

      Example: aif explain tmaze.jsonl --step 1
      """)

  @Argument(help: ArgumentHelp("The traces.", valueName: "TRACE"))
  var trace: String

  @Option(
    help: ArgumentHelp("The step, from 0; every step in a line unless given.", valueName: "T"))
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "The number of the episode; the first of the file unless given.", valueName: "N")
  )
  var episode: Int?

  @Option(help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = [
      step.map { $0 >= 0 } ?? true ? nil : "--step must be at least 0",
      episode.map { $0 >= 0 } ?? true ? nil : "--episode must be at least 0",
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    let file = try TraceFile(trace)
    var episode = try ExplainedEpisode(try found(file), name: file.name)
    let explanations = try episode.explanations(step: step)
    if let difference = episode.difference {
      StandardError.write(
        printable(
          "aif: \(file.name): \(difference); what is explained are the numbers of this build\n"))
    }
    let output = try OutputFile("-")
    let report = ExplanationReport(episode)
    switch format {
    case .table:
      output.append(
        printable(step == nil ? report.overview(explanations) : report.text(explanations[0])))
    case .json: output.append(report.document(explanations).prettyJSON)
    case .csv:
      output.append(
        report.rows(explanations).map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined())
    }
    try output.finish()
  }

  /// The episode that is asked for.
  private func found(_ file: TraceFile) throws -> Trace {
    var traces = TraceCursor(file)
    var count = 0
    while let trace = try traces.next() {
      if episode == nil || trace.episode == episode { return trace }
      count += 1
    }
    throw CommandFailure.input(
      "\(file.name): none of its \(counted(count, "episode")) has the number \(episode ?? 0)")
  }
}
