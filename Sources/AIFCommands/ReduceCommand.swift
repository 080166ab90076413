import ActiveInference
import ArgumentParser

struct ReduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "What of a learned model its data do not bear out.",
    usage: "aif reduce <TRACE|MODEL> [<options>]",
    discussion: """
      Bayesian model reduction of Dirichlet counts. A TRACE (aif.trace/1) has the counts before and \
      after learning: those of all its episodes where each goes on from the one before it (simulate \
      --carry counts), else --episode chooses. A MODEL (aif.model/1) has those after, and --prior names \
      the model as it was before.

      In each column the simpler prior with the greatest evidence is taken, then the next on top of it, \
      as long as ln P(data) rises by more than --threshold nats. pruned: what was never seen is \
      impossible; sharpened: one value is expected, the others keep a 32nd of their prior counts; \
      flattened: all values are expected alike. Evidence is ln P(data | reduced) - ln P(data | full): \
      positive favours the reduced model, 3 nats make it 20 times as likely.

      Example: aif reduce learned.yaml --prior maze.yaml --output simpler.yaml
      """)

  @Argument(help: ArgumentHelp("What was learned.", valueName: "TRACE|MODEL"))
  var learned: String

  @Option(
    help: ArgumentHelp(
      "An aif.model/1 file with the counts before learning; needed for a MODEL, for a TRACE in place of "
        + "its own.", valueName: "FILE"))
  var prior: String?

  @Option(
    help: ArgumentHelp("The number of an episode of the TRACE.", valueName: "N"))
  var episode: Int?

  @Option(
    help: ArgumentHelp("By how many nats evidence must rise, at least 0.", valueName: "X"))
  var threshold = ModelReduction.strongEvidence

  @Option(
    help: ArgumentHelp(
      "Which counts are reduced: of A, B, D, E, separated by commas.", valueName: "TABLES"))
  var tables: Tables = Tables(chosen: [.likelihood, .transition])

  @Option(
    help: ArgumentHelp(
      "Where the reduced model goes, as YAML where the name ends in .yaml or .yml, else as JSON; - is "
        + "standard output, in place of the table.", valueName: "FILE"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Where the reduced prior goes, as a model: what another reduction begins with.",
      valueName: "FILE"))
  var priorOutput: String?

  @Option(help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  /// What `--tables` takes.
  struct Tables: ExpressibleByArgument {
    let chosen: Set<ModelReduction.Table>

    init(chosen: Set<ModelReduction.Table>) { self.chosen = chosen }

    init?(argument: String) {
      let names = argument.split(separator: ",", omittingEmptySubsequences: false)
      let tables = names.compactMap { ModelReduction.Table(rawValue: String($0)) }
      if tables.count != names.count { return nil }
      chosen = Set(tables)
    }

    var defaultValueDescription: String {
      chosen.map(\.rawValue).sorted().joined(separator: ",")
    }
  }

  func validate() throws {
    let faults = [
      threshold >= 0 && threshold.isFinite ? nil : "--threshold must be at least 0",
      (episode ?? 0) >= 0 ? nil : "--episode must be at least 0",
      InputFile.checkStandardInput([learned, prior]),
      priorOutput == "-" ? "--prior-output must be a file" : nil,
      output != nil && output == priorOutput
        ? "--output and --prior-output must be two files" : nil,
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    let counts = try LearnedCounts(learned, prior: prior, episode: episode)
    let reduction: ModelReduction
    do throws(InvalidInput) {
      reduction = try ModelReduction(
        of: counts.model, prior: counts.prior, tables: tables.chosen, threshold: threshold)
    } catch {
      throw InvalidInput(source: InputFile(path: learned).name, error.faults)
    }
    let before = try priorOutput.map { _ in
      try counts.model.replacing(concentration: reduction.prior)
    }
    // Every destination is open before anything is written.
    let report = try output == "-" ? nil : OutputFile("-")
    let destination = try output.map { try OutputFile($0) }
    let priorDestination = try priorOutput.map { try OutputFile($0) }
    if let destination { append(reduction.model, to: destination, output) }
    if let priorDestination, let before { append(before, to: priorDestination, priorOutput) }
    report?.append(ReductionReport(reduction).text(format))
    for file in [priorDestination, destination, report] { try file?.finish() }
  }

  private func append(_ model: GenerativeModel, to file: OutputFile, _ path: String?) {
    let isYAML = [".yaml", ".yml"].contains { path?.hasSuffix($0) == true }
    file.append(isYAML ? model.yamlText : model.jsonText)
  }
}
