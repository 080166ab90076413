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
      file, or a trace, of which each episode is a record; - is standard input.

      The model with the new counts goes to --output; where that is a file, the log evidence of each \
      iteration is printed, with the objective, rate * log evidence + sum of count * log probability, \
      which no iteration lowers where smoothing is exact. All of A, B and D that has counts is learned \
      at rate 1, unless learning of --agent names rules; its inference says how observations are read.

      Example: aif learn maze.yaml --data rat7.json --data rat8.json --output learned.json
      """)

  @OptionGroup var subject: RecordOptions

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
    let faults =
      subject.faults
      + [
        iterations >= 0 ? nil : "--iterations must be 0 or more",
        tolerance >= 0 && tolerance.isFinite ? nil : "--tolerance must be 0 or more",
      ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    guard let (model, records, configuration) = try subject.read() else { return }
    try configuration.checkHasNothingAbove()
    let learning = try SequenceLearning(
      model, configuration.learning == LearningSettings() ? nil : configuration.learning,
      smoothing: configuration.inference.smoothing ?? SmoothingSettings(),
      inference: configuration.inference)
    let destination = try OutputFile(output)
    try Interruption.heeded {
      let result = try learning.learn(
        from: records.map(\.behaviour), iterations: iterations, tolerance: tolerance,
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
