import ActiveInference
import ArgumentParser
import Dispatch

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run agents in an environment and see what they believe and why they act.",
    discussion: """
      ENV is a name that `aif environments` lists, or an aif.model/1 file, which is then both the \
      world and the agent's model. One episode is shown step by step, several are summed up. \
      Traces go to --output, one episode a line.
      """)

  @Argument(help: ArgumentHelp("An environment or a model file.", valueName: "ENV|FILE"))
  var world: String

  @Option(help: "Observations an episode; the environment's own number unless given.")
  var steps: Int?

  @Option(help: "How many episodes.")
  var episodes = 1

  @Option(help: "The seed of all chance, 0...2^63-1.")
  var seed: UInt64 = 0

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set an environment parameter, or the agent: agent.planning.horizon=3.",
      valueName: "KEY=VALUE"))
  var assignments: [Assignment] = []

  @Option(help: ArgumentHelp("An aif.agent/1 file.", valueName: "FILE"))
  var agent: String?

  @Option(help: ArgumentHelp("The agent's model, where it is not the world's.", valueName: "FILE"))
  var model: String?

  @Option(help: "What goes on from one episode to the next: counts.")
  var carry: Carried?

  @Option(help: "Threads; all cores unless given. The results do not depend on it.")
  var threads: Int?

  @Option(help: "What is kept of each step: none, choices, beliefs, full or iterates.")
  var record: RecordLevel = .full

  @Option(help: ArgumentHelp("Where traces go; - is standard output.", valueName: "FILE"))
  var output: String?

  @Option(help: "How the result is printed: table, json or csv.")
  var format: OutputFormat = .table

  /// What `--carry` takes.
  enum Carried: String, ExpressibleByArgument, CaseIterable {
    case counts
  }

  func validate() throws {
    func demand(_ holds: Bool, _ message: String) throws {
      if !holds { throw ValidationError(message) }
    }
    try demand(episodes >= 1, "--episodes must be at least 1")
    try demand((steps ?? 1) >= 1, "--steps must be at least 1")
    try demand((threads ?? 1) >= 1, "--threads must be at least 1")
    try demand(seed <= UInt64(Int64.max), "--seed must be at most 2^63-1")
    try demand(
      output != "-" || format == .table,
      "--output - and --format \(format.rawValue) both want standard output")
  }

  func run() throws {
    let world = try World(world, parameters: assignments.parameters())
    var configuration = world.agent
    if let agent {
      let file = InputFile(path: agent)
      configuration = try configuration.applying(contentsOf: file.bytes(), source: file.name)
    }
    configuration = try assignments.applied(to: configuration)
    var model = world.model
    if let path = self.model {
      let file = InputFile(path: path)
      model = try GenerativeModel(contentsOf: file.bytes(), source: file.name)
      try world.check(model, source: file.name)
    }
    try run(in: world.environment, world, CompiledAgent(model, configuration))
  }

  private func run(
    in environment: some Environment, _ world: World, _ blueprint: CompiledAgent
  ) throws {
    let needed: RecordLevel = output == nil ? .none : record
    let shown: RecordLevel = format == .csv ? record : episodes == 1 ? .full : .none
    var simulation = Simulation(
      environment, steps: steps ?? world.steps, seed: seed, level: max(needed, shown))
    simulation.isCancelled = { Interruption.signal != 0 }
    let traces = try output.map { try OutputFile($0) }
    let report = try SimulationReport(
      world: world, model: blueprint.model, policies: blueprint.policies, format: format,
      episodes: episodes, record: record, steps: simulation.steps,
      output: output == "-" ? nil : try OutputFile("-"))
    do {
      try runEpisodes(simulation, world, blueprint, traces, report)
      try traces?.finish()
      try report.finish()
    } catch is CancellationError {
      try traces?.finish()
      try report.finish()
      try Interruption.check()
    } catch let failure as CommandFailure {
      traces?.salvage()
      throw failure
    } catch let failure as AgentFailure {
      try traces?.finish()
      throw CommandFailure.input(failure.description)
    }
  }

  private func runEpisodes<E: Environment>(
    _ simulation: Simulation<E>, _ world: World, _ blueprint: CompiledAgent, _ traces: OutputFile?,
    _ report: SimulationReport
  ) throws {
    let writer = traces.map { _ in
      EpisodeWriter(
        model: blueprint.model, configuration: blueprint.configuration,
        reference: referenceOfProcess(world, blueprint.model), seed: seed, level: record)
    }
    var progress = ProgressBar(total: episodes)
    defer { progress.clear() }
    let clock = ContinuousClock.now
    func deliver(_ episode: Episode, _ line: [UInt8]) throws {
      try traces?.append(line)
      try report.add(episode, elapsed: clock.duration(to: .now))
      progress.update(report.count)
    }
    if carry != nil {
      var agent = try ActiveInferenceAgent(blueprint)
      for index in 0..<UInt64(episodes) {
        let start = agent.concentration
        let episode = try simulation.run(&agent, episode: index)
        let line = try writer?.line(episode, agent, startingFrom: start, process: world.model)
        try deliver(episode, line ?? [])
      }
      return
    }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    try simulation.run(
      episodes: 0..<UInt64(episodes), threads: min(threads ?? cores, episodes),
      makeAgent: { try ActiveInferenceAgent(blueprint) },
      finish: { episode, agent in (episode, writer?.line(episode, agent) ?? []) },
      deliver: { episode, line in
        try deliver(episode, line)
        return true
      })
  }

  /// A model file as process goes into the trace where the agent's model is another.
  private func referenceOfProcess(
    _ world: World, _ model: GenerativeModel
  ) -> Trace.EnvironmentReference {
    var reference = world.reference
    if reference.id == "model" && world.model != model { reference.process = world.model }
    return reference
  }
}

extension RecordLevel: ExpressibleByArgument {}
