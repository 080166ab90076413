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
  private var steps = 0
  private var elapsed = Duration.zero
  private let stepsAnEpisode: Int
  private var single: Episode?

  init(
    world: World, model: GenerativeModel, policies: PolicySet, format: OutputFormat, episodes: Int,
    record: RecordLevel, steps: Int, output: OutputFile?
  ) throws {
    self.world = world
    self.model = model
    self.policies = policies
    self.format = format
    self.episodes = episodes
    self.record = record
    self.output = output
    stepsAnEpisode = steps
    if format == .csv { try output?.append(StepRows(model).heading) }
  }

  /// Takes in a finished episode.
  func add(_ episode: Episode, elapsed: Duration) throws {
    count += 1
    steps += stepsAnEpisode
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
    case .json: try output.append(summary)
    case .table:
      if let single { try output.append(StepTable(model, policies).text(single)) }
      try output.append(closingLine + "\n")
    }
    try output.finish()
  }

  private var seconds: Double {
    Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  private var closingLine: String {
    let goal =
      hasGoal ? "reached \(world.goal) in \(reached) of \(count) episodes" : "\(count) episodes"
    let rate = seconds > 0 ? grouped(Int(Double(steps) / seconds)) : "-"
    return "\(goal), \(fixed(seconds, 3)) s, \(rate) steps a second"
  }

  private var summary: String {
    var members: [DocumentValue.Member] = [
      .init("environment", .string(world.reference.id)),
      .init("episodes", .integer(count)),
      .init("steps", .integer(steps)),
    ]
    if hasGoal { members.append(.init("reachedGoal", .integer(reached))) }
    members.append(.init("seconds", .number(seconds)))
    if let single {
      members.append(.init("trace", .array(single.steps.map { $0.reduced(to: record).document })))
    }
    return DocumentValue.object(members).prettyJSON
  }
}

/// An integer with its thousands set apart.
func grouped(_ value: Int) -> String {
  var digits = String(value)
  var position = digits.count - 3
  while position > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
    position -= 3
  }
  return digits
}
