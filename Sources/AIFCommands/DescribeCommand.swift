import ActiveInference
import ArgumentParser

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Sizes, dependencies, policies, memory and the cost of a step.")

  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "MODEL|ENV"))
  var world: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set an environment parameter, or the agent: agent.planning.horizon=3.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(help: ArgumentHelp("An aif.agent/1 file.", valueName: "FILE"))
  var agent: String?

  @Option(help: "How the result is printed: table, json or csv.")
  var format: OutputFormat = .table

  func run() throws {
    let world = try World(world, parameters: assignments.parameters())
    var configuration = world.agent
    if let agent {
      let file = InputFile(path: agent)
      configuration = try configuration.applying(contentsOf: file.bytes(), source: file.name)
    }
    configuration = try assignments.applied(to: configuration)
    let blueprint = try CompiledAgent(world.model, configuration)
    let output = try OutputFile("-")
    try output.append(text(blueprint))
    try output.finish()
  }

  private func text(_ blueprint: CompiledAgent) -> String {
    let rows = Description(blueprint).rows
    switch format {
    case .table:
      var table = TextTable(["what", "name", "size", "depends on"])
      for row in rows { table.add(row) }
      return table.text
    case .json:
      return DocumentValue.array(
        rows.map {
          .object([
            .init("what", .string($0[0])), .init("name", .string($0[1])),
            .init("size", .string($0[2])), .init("dependsOn", .string($0[3])),
          ])
        }
      ).prettyJSON
    case .csv:
      return "what,name,size,dependsOn\n"
        + rows.map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }
}

/// A model and an agent in rows of what, name, size and dependencies.
private struct Description {
  let blueprint: CompiledAgent

  init(_ blueprint: CompiledAgent) { self.blueprint = blueprint }

  var rows: [[String]] {
    let model = blueprint.model
    func names(_ variables: [Variable], _ indices: [Int]) -> [String] {
      indices.map { variables[$0].name }
    }
    func list(_ names: [String]) -> String {
      names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
    var rows: [[String]] = []
    for (factor, transition) in zip(model.factors, model.transitions) {
      let parents = names(model.factors, transition.given)
      let controls = names(model.controls, transition.controls)
      rows.append(["factor", factor.name, "\(factor.size) states", list(parents + controls)])
    }
    for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
      rows.append([
        "modality", modality.name, "\(modality.size) outcomes",
        list(names(model.factors, likelihood.given)),
      ])
    }
    for control in model.controls {
      rows.append(["control", control.name, "\(control.size) actions", ""])
    }
    let cost = blueprint.cost
    rows.append(["inference", blueprint.algorithm.rawValue, cost.beliefText, ""])
    rows.append([
      "policies", model.policies == nil ? "all sequences" : "listed", "\(blueprint.policies.count)",
      "horizon \(blueprint.policies.horizon), \(cost.prefixes) distinct prefixes",
    ])
    rows.append(["memory", "model tables", bytes(cost.tableBytes), "shared"])
    rows.append(["memory", "agent", bytes(cost.agentBytes), "one a thread"])
    rows.append([
      "cost", "a step", "at most \(grouped(cost.operations)) multiplications", "",
    ])
    return rows
  }

  private func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(fixed(value, 1)) \(units[unit])"
  }
}
