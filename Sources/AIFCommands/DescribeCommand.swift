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
    let levels = try subject.described().map { level in
      let description = try Description(level.model, level.agent)
      // What cannot be run is described all the same; what does not fit the model is a fault.
      if description.fits { try CompiledAgent.check(level.model, level.agent) }
      return (name: level.name, agent: level.agent, description: description)
    }
    try levels.last?.agent.checkHasNothingAbove()
    let output = try OutputFile("-")
    output.append(text(levels.map { (name: $0.name, description: $0.description) }))
    try output.finish()
  }

  /// - Parameter levels: the lowest first; without a name where there is one.
  private func text(_ levels: [(name: String?, description: Description)]) -> String {
    let isDeep = levels.count > 1
    let heading = (isDeep ? ["level"] : []) + Description.heading
    let rows = levels.flatMap { level in
      level.description.rows.map { (isDeep ? [level.name ?? ""] : []) + $0 }
    }
    switch format {
    case .table:
      var table = TextTable(heading)
      for row in rows { table.add(row) }
      return table.text
    case .json:
      let documents = levels.map(\.description.document)
      return (isDeep ? DocumentValue.object([.init("levels", .array(documents))]) : documents[0])
        .prettyJSON
    case .csv:
      return ([heading] + rows).map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }
}
