import ActiveInference
import ArgumentParser

struct EnvironmentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "environments",
    abstract: "What can be simulated, with parameters and their defaults.",
    discussion: """
      What simulate and describe take by name, and what --set sets there.

      Example: aif environments --format json
      """)

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func run() throws {
    let output = try OutputFile("-")
    output.append(text(Catalog.current.environments))
    try output.finish()
  }

  private func text(_ environments: [any NamedEnvironment.Type]) -> String {
    switch format {
    case .table:
      return environments.map { type in
        var table = TextTable(["  parameter", "default", "meaning"])
        for parameter in type.parameters {
          table.add(["  \(parameter.name)", parameter.defaultValue.written, parameter.summary])
        }
        return "\(type.identifier)\n  \(type.summary)\n" + table.text
      }.joined(separator: "\n")
    case .json:
      return DocumentValue.array(environments.map(document)).prettyJSON
    case .csv:
      let rows = environments.flatMap { type in
        type.parameters.map {
          [type.identifier, $0.name, $0.defaultValue.written, $0.summary].map(csvCell)
            .joined(separator: ",") + "\n"
        }
      }
      return "environment,parameter,default,meaning\n" + rows.joined()
    }
  }

  private func document(_ type: any NamedEnvironment.Type) -> DocumentValue {
    .object([
      .init("id", .string(type.identifier)),
      .init("summary", .string(type.summary)),
      .init(
        "parameters",
        .array(
          type.parameters.map {
            .object([
              .init("name", .string($0.name)), .init("default", $0.defaultValue.document),
              .init("meaning", .string($0.summary)),
            ])
          })),
    ])
  }
}
