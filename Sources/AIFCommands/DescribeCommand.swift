import ActiveInference
import ArgumentParser

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Sizes, dependencies, policies, memory and the cost of a step.",
    usage: "aif describe <MODEL|ENV> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, ENV a name that `aif environments` lists. Nothing is run: the \
      cost is an upper estimate for the agent that simulate would run. --set may be repeated.

      Example: aif describe tmaze --set agent.planning.horizon=5
      """)

  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "MODEL|ENV"))
  var world: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set an environment parameter, cueValidity=0.8, or the agent, agent.planning.horizon=3.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(
    help: ArgumentHelp(
      "An aif.agent/1 file, laid over the environment's default agent.", valueName: "FILE"))
  var agent: String?

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = [InputFile.checkStandardInput([world, agent]), assignments.fault]
      .compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    var faults = FaultGatherer()
    let world = faults.gather {
      try World.described(self.world, parameters: assignments.parameters)
    }
    let layers = AgentLayers(
      environment: world?.agent ?? AgentConfiguration(), file: agent, assignments: assignments)
    let configuration = faults.gather { try layers.configuration() }
    try faults.check()
    guard let world, let configuration else { return }
    let description = try Description(world.model, configuration)
    // What cannot be run is described all the same; what does not fit the model is a fault.
    if description.fits { try CompiledAgent.check(world.model, configuration) }
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
