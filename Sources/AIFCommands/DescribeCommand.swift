import ActiveInference
import ArgumentParser

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Sizes, dependencies, policies, memory and the cost of a step.",
    usage: "aif describe <ENV|MODEL> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, ENV a name that `aif environments` lists. Nothing is run: the \
      cost is an upper estimate for the agent that simulate would run. --set may be repeated.

      Example: aif describe tmaze --set agent.planning.horizon=5
      """)

  @OptionGroup var subject: WorldOptions

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = subject.faults()
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    guard let (model, configuration) = try subject.described() else { return }
    let description = try Description(model, configuration)
    // What cannot be run is described all the same; what does not fit the model is a fault.
    if description.fits { try CompiledAgent.check(model, configuration) }
    let output = try OutputFile("-")
    output.append(text(description))
    try output.finish()
  }

  private func text(_ description: Description) -> String {
    switch format {
    case .table:
      var table = TextTable(Description.heading)
      for row in description.rows { table.add(row) }
      return table.text
    case .json: return description.document.prettyJSON
    case .csv:
      return ([Description.heading] + description.rows)
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }
}
