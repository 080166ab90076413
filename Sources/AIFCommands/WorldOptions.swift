import ActiveInference
import ArgumentParser

/// Which world a command is about, and which agent lives in it.
struct WorldOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "ENV|MODEL"))
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

  /// What is wrong with them.
  ///
  /// - Parameter others: other files that the command reads.
  func faults(besides others: [String?] = []) -> [String] {
    [InputFile.checkStandardInput([world, agent] + others), assignments.fault].compactMap { $0 }
  }

  /// The world.
  func made() throws -> World { try World(world, parameters: assignments.parameters) }

  /// The agent; where there is no environment, as far as it can be told.
  ///
  /// - Parameter environment: what the environment asks for.
  func configuration(in environment: AgentConfiguration?) throws -> AgentConfiguration {
    try AgentLayers(
      environment: environment ?? AgentConfiguration(), file: agent, assignments: assignments
    ).configuration()
  }

  /// Model and agent, where no world need be made.
  func described() throws -> (model: GenerativeModel, agent: AgentConfiguration)? {
    var faults = FaultGatherer()
    let world = faults.gather {
      try World.described(self.world, parameters: assignments.parameters)
    }
    let configuration = faults.gather { try self.configuration(in: world?.agent) }
    try faults.check()
    guard let world, let configuration else { return nil }
    return (world.model, configuration)
  }
}
