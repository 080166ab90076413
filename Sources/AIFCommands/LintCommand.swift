import ActiveInference
import ArgumentParser

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "What in a model is probably not meant, each finding with its proof.",
    usage: "aif lint <ENV|MODEL> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, ENV a name that `aif environments` lists. Found are states that \
      nothing reaches, actions that do nothing, outcomes that tell nothing, factors and states that no \
      outcome tells apart, preferences that cannot matter, axes that look exchanged, and the like. A \
      finding is proven, never guessed; what is found of a table that is to be learned is a note. A \
      model that is none has the faults of validate as findings.

      Exit code 0 where nothing is found that is as severe as --fail-on, 1 where something is, 2 where \
      the input cannot be read.

      Example: aif lint maze.yaml
      """)

  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "ENV|MODEL"))
  var world: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set an environment parameter, cueValidity=0.8; may be repeated.", valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(
    help: ArgumentHelp("The least severity that makes the exit code 1.", valueName: "SEVERITY"))
  var failOn: Finding.Severity = .warning

  @Option(
    help: ArgumentHelp("The least severity that is shown.", valueName: "SEVERITY"))
  var show: Finding.Severity = .warning

  @Option(help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let stray = assignments.first(where: \.isAboutAgent)
    let faults = [
      stray.map { "--set \($0.key): no agent is looked at, only a model" }, assignments.fault,
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    let (name, findings) = try found()
    let output = try OutputFile("-")
    output.append(LintReport(name: name, findings: findings, least: show).text(format))
    try output.finish()
    if findings.contains(where: { $0.severity >= failOn }) { throw CommandFailure.check }
  }

  private func found() throws -> (name: String, findings: [Finding]) {
    let parameters = assignments.parameters
    if Catalog.current.environment(world) != nil {
      let described = try World.described(world, parameters: parameters)
      guard let outline = described.levels?.outline else {
        return (world, described.model.findings)
      }
      return (
        world,
        zip(outline.names, outline.models).flatMap { name, model in
          model.findings.map { $0.placed(inLevel: name) }
        }
      )
    }
    let file = InputFile(path: world)
    let bytes = try World.modelBytes(file)
    try World.checkNone(parameters)
    return (file.name, try ModelDescription(contentsOf: bytes, source: file.name).findings())
  }
}

extension Finding.Severity: ExpressibleByArgument {}
