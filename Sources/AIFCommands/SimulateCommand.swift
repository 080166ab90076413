import ActiveInference
import ArgumentParser

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run agents in an environment and see what they believe and why they act.",
    usage: "aif simulate <ENV|MODEL> [<options>]",
    discussion: """
      ENV is a name that `aif environments` lists. MODEL is an aif.model/1 file, which is then both \
      the world and the agent's model. One episode is shown step by step, several are summed up. \
      Traces (aif.trace/1) go to --output, one episode a line; none are kept without it.

      The agent is the preset's, with what the environment asks for laid over it, then --agent, then \
      --set, which may be repeated.

      Example: aif simulate tmaze --set cueValidity=0.8 --set agent.planning.horizon=4
      """)

  @OptionGroup var subject: WorldOptions

  @Option(
    help: ArgumentHelp(
      "Observations an episode; the environment's own number unless given, 10 for a file.",
      valueName: "N"))
  var steps: Int?

  @Option(help: ArgumentHelp("How many episodes, at least 1.", valueName: "N"))
  var episodes = 1

  @Option(help: ArgumentHelp("The seed of all chance, 0...2^63-1.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("The agent's model, where it is not the world's.", valueName: "FILE"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "What goes on from one episode to the next: what has been learned.",
      valueName: "WHAT"))
  var carry: Carried?

  @Option(
    help: ArgumentHelp(
      "Threads, 1...1024; all cores unless given. The results do not depend on it.", valueName: "N")
  )
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "What traces keep of each step.",
      valueName: "LEVEL"))
  var record: RecordLevel = .full

  @Option(help: ArgumentHelp("Where traces go; - is standard output.", valueName: "FILE"))
  var output: String?

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  /// What `--carry` takes.
  enum Carried: String, ExpressibleByArgument, CaseIterable {
    case counts
  }

  func validate() throws {
    let faults =
      [
        episodes >= 1 ? nil : "--episodes must be at least 1",
        (steps ?? 1) >= 1 ? nil : "--steps must be at least 1",
        ThreadCount.fault(threads),
        seed <= UInt64(Int64.max) ? nil : "--seed must be at most 2^63-1",
        output != "-" || format == .table
          ? nil : "--output - and --format \(format.rawValue) both want standard output",
      ].compactMap { $0 } + subject.faults(besides: [model])
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    var faults = FaultGatherer()
    let world = faults.gather { try subject.made() }
    // Without a world what is wrong with the agent is told as well.
    let configurations = faults.gather {
      try world.map { try subject.configurations(of: $0.agent, $0.levels) }
        ?? [subject.configuration(in: nil)]
    }
    let model = faults.gather { try agentModel(world) }
    try faults.check()
    guard let world, let configurations, let model else { return }
    if let levels = try world.levels?.configured(configurations) {
      try check(levels)
      let heading = Trace(of: levels, in: world.reference, seed: seed)
      try run(in: world.environment, world, heading, levels.levels) { try DeepAgent(levels) }
      return
    }
    try checkCarrying(configurations[0])
    let blueprint = try CompiledAgent(model ?? world.model, configurations[0])
    let heading = Trace(
      of: blueprint, in: referenceOfProcess(world, blueprint.model), seed: seed)
    try run(in: world.environment, world, heading, [blueprint]) {
      try ActiveInferenceAgent(blueprint)
    }
  }

  /// The model of `--model`, if there is one.
  private func agentModel(_ world: World?) throws -> GenerativeModel? {
    guard let path = model else { return nil }
    let file = InputFile(path: path)
    let model = try GenerativeModel(contentsOf: file.bytes(), source: file.name)
    try world?.check(model.interface, source: file.name)
    return model
  }

  /// Forgetting returns to the counts of the file, but a carried episode's trace has the counts it
  /// began with in their place: it could not be verified.
  private func checkCarrying(_ configuration: AgentConfiguration) throws {
    let learning = configuration.learning
    let rules = [
      learning.likelihood, learning.transition, learning.preference, learning.initialState,
      learning.habit,
    ]
    if carry != nil && output != nil && rules.contains(where: { ($0?.forgetting ?? 0) > 0 }) {
      throw CommandFailure.input(
        "--carry counts with --output: a trace cannot say what forgetting returns to; leave one of"
          + " them out, or set forgetting to 0")
    }
  }

  /// - Parameters:
  ///   - heading: what the traces begin with.
  ///   - levels: those of the agent, the lowest first.
  private func run<A: RecordedAgent>(
    in environment: some Environment, _ world: World, _ heading: Trace, _ levels: [CompiledAgent],
    makeAgent: @escaping @Sendable () throws -> A
  ) throws {
    let needed: RecordLevel = output == nil ? .none : record
    let shown: RecordLevel = format == .csv ? record : episodes == 1 ? .full : .none
    var simulation = Simulation(
      environment, steps: steps ?? world.steps, seed: seed, level: max(needed, shown))
    simulation.isCancelled = { Interruption.signal != 0 }
    let traces = try output.map { try OutputFile($0, unfinished: .kept) }
    let report = SimulationReport(
      world: world, levels: levels, outline: heading.outline, format: format, episodes: episodes,
      record: record, output: output == "-" ? nil : try OutputFile("-"))
    let begin = ContinuousClock.now
    do {
      try Interruption.heeded {
        do {
          try runEpisodes(simulation, world, heading, traces, report, makeAgent)
        } catch is CancellationError {
          // What was finished is kept; where nothing was, an old file is not taken away for it.
        }
        let elapsed = begin.duration(to: .now)
        if report.count > 0 {
          try traces?.finish()
          try report.finish(steps: simulation.steps, elapsed: elapsed)
        }
        try Interruption.check()
      }
    } catch CommandFailure.output(let message) {
      throw CommandFailure.output(message + salvaged(traces))
    } catch let failure as CommandFailure {
      _ = salvaged(traces)
      throw failure
    } catch let failure as AgentFailure {
      try report.flush()
      let place = episodes > 1 ? "episode \(report.count), " : ""
      throw CommandFailure.input("\(place)\(failure)\(salvaged(traces))")
    }
  }

  /// Puts the finished episodes in their place, and says where that is.
  private func salvaged(_ traces: OutputFile?) -> String {
    traces?.salvage().map { "; the finished episodes are in \($0)" } ?? ""
  }

  private func runEpisodes<E: Environment, A: RecordedAgent>(
    _ simulation: Simulation<E>, _ world: World, _ heading: Trace, _ traces: OutputFile?,
    _ report: SimulationReport, _ makeAgent: @escaping @Sendable () throws -> A
  ) throws {
    let writer = traces.map { _ in EpisodeWriter(heading, level: record) }
    let level = simulation.level
    @Sendable func makeRecordedAgent() throws -> A {
      let agent = try makeAgent()
      agent.recordsIterates = level >= .iterates
      return agent
    }
    var progress = ProgressBar(total: episodes, of: "episodes")
    defer { progress.clear() }
    let reporter = report.reporter
    // Traces first: what has been reported is kept, however the process ends.
    func flush() throws {
      try traces?.flush()
      try report.flush()
    }
    func deliver(_ episode: FinishedEpisode, heading: [UInt8]) throws {
      traces?.append(heading)
      traces?.append(episode.line)
      report.add(episode.report)
      if traces?.isFull == true || report.isFull { try flush() }
      progress.update(report.count)
    }
    if carry != nil {
      var agent = try makeRecordedAgent()
      for index in 0..<UInt64(episodes) {
        let start = agent.concentrations[0]
        let episode = try simulation.run(&agent, episode: index)
        let line = try writer?.line(episode, agent, startingFrom: start, process: world.model)
        try deliver(FinishedEpisode(report: reporter(episode), line: line ?? []), heading: [])
        try flush()
      }
      return
    }
    let heading = writer?.heading ?? []
    try simulation.run(
      episodes: 0..<UInt64(episodes), threads: min(threads ?? ThreadCount.ofMachine, episodes),
      makeAgent: makeRecordedAgent,
      finish: { episode, agent in
        FinishedEpisode(report: reporter(episode), line: writer?.rest(episode, agent) ?? [])
      },
      caughtUp: flush,
      deliver: { episode in
        try deliver(episode, heading: heading)
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

/// What becomes of an episode, made on the thread that ran it.
private struct FinishedEpisode: Sendable {
  let report: ReportedEpisode
  /// Its line in the trace, but for the heading that all lines share.
  let line: [UInt8]
}

extension RecordLevel: ExpressibleByArgument {}
