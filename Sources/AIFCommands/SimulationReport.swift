import ActiveInference

/// What `aif simulate` prints: one episode step by step, or what came of many.
final class SimulationReport {
  /// Episodes so far.
  private(set) var count = 0
  private let world: World
  private let model: GenerativeModel
  private let policies: PolicySet
  private let format: OutputFormat
  private let episodes: Int
  private let record: RecordLevel
  private let output: OutputFile?
  private var reached = 0
  private var hasGoal = false
  private var steps = 0.0
  private var elapsed = Duration.zero
  private var single: Episode?

  init(
    world: World, model: GenerativeModel, policies: PolicySet, format: OutputFormat, episodes: Int,
    record: RecordLevel, output: OutputFile?
  ) throws {
    self.world = world
    self.model = model
    self.policies = policies
    self.format = format
    self.episodes = episodes
    self.record = record
    self.output = output
    if format == .csv { try output?.append(StepRows(model).heading) }
  }

  /// Takes in a finished episode.
  ///
  /// - Parameter elapsed: since the first began.
  func add(_ episode: Episode, steps: Int, elapsed: Duration) throws {
    count += 1
    self.steps += Double(steps)
    self.elapsed = elapsed
    if let reachedGoal = episode.reachedGoal {
      hasGoal = true
      reached += reachedGoal ? 1 : 0
    }
    if episodes == 1 { single = episode }
    if format == .csv { try output?.append(StepRows(model).rows(episode, level: record)) }
  }

  /// Prints what is left to print.
  func finish() throws {
    guard let output else { return }
    switch format {
    case .csv: break
    case .json: try output.append(summary.prettyJSON)
    case .table:
      if let single { try output.append(StepTable(model, policies).text(single)) }
      try output.append(closingLine + "\n")
    }
    try output.finish()
  }

  private var closingLine: String {
    let all = "\(grouped(count)) \(count == 1 ? "episode" : "episodes")"
    let result = hasGoal ? "reached \(world.goal) in \(grouped(reached)) of \(all)" : "ran \(all)"
    let asked = count < episodes ? " (\(grouped(episodes)) were asked for)" : ""
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = grouped(Int(min(steps / max(seconds, 1e-9), 1e15)))
    return "\(result)\(asked), \(fixed(seconds, 3)) s, \(rate) steps a second"
  }

  private var summary: DocumentValue {
    var members: [DocumentValue.Member] = [
      .init("environment", .string(world.reference.id)),
      .init("episodes", .integer(count)),
    ]
    if hasGoal { members.append(.init("reachedGoal", .integer(reached))) }
    if let single {
      members.append(.init("steps", .array(single.steps.map { $0.reduced(to: record).document })))
    }
    return .object(members)
  }
}
