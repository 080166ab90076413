import ActiveInference
import ArgumentParser

/// Which world a command is about, and which agent lives in it.
struct WorldOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "ENV|MODEL"))
  var world: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set an environment parameter, cueValidity=0.8, or the agent, agent.planning.horizon=3; of a deep "
        + "agent that is the lowest level, and levels.NAME.planning.horizon=3 any.",
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

  /// Models and configurations by level, the lowest first, where no world need be made.
  func described() throws -> [DescribedLevel] {
    var faults = FaultGatherer()
    let world = faults.gather {
      try World.described(self.world, parameters: assignments.parameters)
    }
    guard let world else {
      // What is wrong with the agent is told as well.
      faults.gather { try configuration(in: nil) }
      try faults.check()
      return []
    }
    let configurations = try configurations(of: world.agent, world.levels)
    guard let levels = world.levels else {
      return [DescribedLevel(name: nil, model: world.model, agent: configurations[0])]
    }
    return zip(levels.outline.names, zip(levels.outline.models, configurations)).map {
      DescribedLevel(name: $0, model: $1.0, agent: $1.1)
    }
  }
}

/// A level of an agent, or all of one that has no other.
struct DescribedLevel {
  /// Nil where there is one.
  let name: String?
  let model: GenerativeModel
  let agent: AgentConfiguration
}
