import ActiveInference
import ArgumentParser
import ReferenceSolvers

struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "What the best agent could gain, and what this one does.",
    usage: "aif solve <ENV|MODEL> [<options>]",
    discussion: """
      Preferences are rewards here: an action gains --temperature times the log preference of the \
      outcomes that follow it. Printed is the optimal value from the first states, having seen the first \
      outcome, between its bounds. With --episodes the agent that simulate would run is scored by the \
      same rewards.

      Methods: value-iteration where outcomes tell the state; exact is incremental pruning, for a few \
      states; bounds is heuristic search; qmdp and fib are quick upper bounds, with what the best single \
      action gains below. auto takes the first of these that fits.

      Example: aif solve tiger --discount 0.95 --episodes 100
      """)

  @OptionGroup var subject: WorldOptions

  @Option(help: ArgumentHelp("What a reward is worth an action later, 0 to 1.", valueName: "X"))
  var discount = 0.95

  @Option(help: ArgumentHelp("The reward of one nat of preference, above 0.", valueName: "X"))
  var temperature = 1.0

  @Option(help: ArgumentHelp("How the process is solved.", valueName: "METHOD"))
  var method: Method = .auto

  @Option(help: ArgumentHelp("How far apart the bounds may be.", valueName: "X"))
  var tolerance = 1e-4

  @Option(
    help: ArgumentHelp("Score the agent over so many episodes.", valueName: "N"))
  var episodes: Int?

  @Option(
    help: ArgumentHelp(
      "Observations a scored episode; until a reward is worth a thousandth unless given.",
      valueName: "N"))
  var steps: Int?

  @Option(help: ArgumentHelp("The seed of all chance, 0...2^63-1.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Threads, 1...1024; all cores unless given. The results do not depend on it.", valueName: "N")
  )
  var threads: Int?

  @Option(help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  /// What `--method` takes.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case auto
    case valueIteration = "value-iteration"
    case exact
    case bounds
    case qmdp
    case fib
  }

  func validate() throws {
    let faults =
      [
        (0...1).contains(discount) ? nil : "--discount must be 0 to 1",
        temperature > 0 && temperature.isFinite ? nil : "--temperature must be above 0",
        tolerance > 0 && tolerance.isFinite ? nil : "--tolerance must be above 0",
        (episodes ?? 1) >= 1 ? nil : "--episodes must be at least 1",
        (steps ?? 2) >= 2 ? nil : "--steps must be at least 2: no action follows the last",
        steps == nil || episodes != nil ? nil : "--steps is for --episodes",
        ThreadCount.fault(threads),
        seed <= UInt64(Int64.max) ? nil : "--seed must be at most 2^63-1",
      ].compactMap { $0 } + subject.faults()
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    var faults = FaultGatherer()
    let world = faults.gather { try subject.made() }
    if let levels = world?.levels {
      throw CommandFailure.input(
        "solve: the agent in \(subject.world) has \(levels.levels.count) levels"
          + " (\(levels.outline.names.joined(separator: ", "))), and none of its models is the process; write the"
          + " process as one aif.model/1")
    }
    let configuration = faults.gather {
      try world.map { try subject.configurations(of: $0.agent, nil)[0] }
        ?? subject.configuration(in: nil)
    }
    try faults.check()
    guard let world, let configuration else { return }
    let process = try DecisionProcess(
      world.model, discount: discount, temperature: temperature)
    // What is wrong with the agent is said before the work begins.
    let blueprint = try episodes.map { _ in try CompiledAgent(world.model, configuration) }
    var report = SolveReport(
      world: world, process: process, temperature: temperature,
      solution: try Solution(process, method, tolerance))
    if let episodes, let blueprint {
      do {
        report.score = try score(world.environment, world, blueprint, episodes)
      } catch let failure as AgentFailure {
        throw CommandFailure.input("\(failure)")
      }
      report.steps = scoredSteps(world)
    }
    let output = try OutputFile("-")
    output.append(report.text(format))
    try output.finish()
  }

  private func scoredSteps(_ world: World) -> Int {
    if let steps { return steps }
    if discount == 1 { return max(world.steps, 2) }
    var (count, weight) = (1, 1.0)
    while weight > 1e-3, count < 100_000 {
      count += 1
      weight *= discount
    }
    return max(count, 2)
  }

  private func score(
    _ environment: some Environment, _ world: World, _ blueprint: CompiledAgent, _ episodes: Int
  ) throws -> AgentScore {
    try Simulation(environment, steps: scoredSteps(world), seed: seed).score(
      by: OutcomeRewards(world.model, discount: discount, temperature: temperature),
      episodes: 0..<UInt64(episodes), threads: min(threads ?? ThreadCount.ofMachine, episodes)
    ) { try ActiveInferenceAgent(blueprint) }
  }
}

/// What a method found.
struct Solution {
  let method: SolveCommand.Method
  let value: ValueBounds

  /// As many states as incremental pruning is quick with.
  private static let fewStates = 8

  init(
    _ process: DecisionProcess, _ asked: SolveCommand.Method, _ tolerance: Double
  ) throws {
    switch asked {
    case .auto where process.isFullyObserved: method = .valueIteration
    case .auto: method = process.stateCount <= Solution.fewStates ? .exact : .bounds
    default: method = asked
    }
    switch method {
    case .valueIteration:
      if !process.isFullyObserved {
        throw CommandFailure.input(
          "--method value-iteration: outcomes do not tell the state; use exact, bounds, qmdp or fib"
        )
      }
      value = try ValueIteration(process, tolerance: tolerance / 2).initialValue
    case .exact, .auto: value = try ExactValue(process, tolerance: tolerance).initialValue
    case .bounds: value = try PointBasedValue(process, tolerance: tolerance).initialValue
    case .qmdp: value = try QMDP(process, tolerance: tolerance / 2).initialValue
    case .fib: value = try FastInformedBound(process, tolerance: tolerance / 2).initialValue
    }
  }
}
