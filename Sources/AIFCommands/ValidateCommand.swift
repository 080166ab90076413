import ActiveInference
import ArgumentParser

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check a model and name every fault with its place.",
    discussion: """
      MODEL is an aif.model/1 file, JSON or YAML; - is standard input. Exit code 0 where it is \
      sound, 1 where it has faults, 2 where it cannot be read.

      Example: aif validate maze.yaml
      """)

  @Argument(help: ArgumentHelp("An aif.model/1 file.", valueName: "MODEL"))
  var model: String

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func run() throws {
    let file = InputFile(path: model)
    let bytes = try file.bytes()
    let output = try OutputFile("-")
    do throws(InvalidInput) {
      _ = try GenerativeModel(contentsOf: bytes, source: file.name)
    } catch {
      output.append(text(error.faults, file.name))
      try output.finish()
      throw CommandFailure.check
    }
    output.append(format == .table ? "\(file.name): no faults\n" : text([], file.name))
    try output.finish()
  }

  private func text(_ faults: [Fault], _ name: String) -> String {
    switch format {
    case .table:
      return faults.map { fault in printable("\(name): \(fault)") + "\n" }.joined()
    case .json:
      return DocumentValue.array(
        faults.map {
          .object([
            .init("place", .string($0.place)), .init("problem", .string($0.problem)),
            .init("remedy", .string($0.remedy)),
          ])
        }
      ).prettyJSON
    case .csv:
      return "place,problem,remedy\n"
        + faults.map {
          [$0.place, $0.problem, $0.remedy].map(csvCell).joined(separator: ",") + "\n"
        }.joined()
    }
  }
}
