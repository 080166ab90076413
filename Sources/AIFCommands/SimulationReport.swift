import ActiveInference

/// What the report keeps of an episode; made on the thread that ran it.
struct ReportedEpisode: Sendable {
  let reachedGoal: Bool?
  /// The rows of `--format csv`.
  let rows: [UInt8]
  /// The episode itself, where it is the only one.
  let single: Episode?
}

/// What `aif simulate` prints: one episode step by step, or what came of many.
final class SimulationReport {
  /// Episodes so far.
  private(set) var count = 0
  private let world: World
  /// The levels of the agent, the lowest first.
  private let levels: [CompiledAgent]
  private let outline: LevelOutline
  private let format: OutputFormat
  private let episodes: Int
  private let record: RecordLevel
  private let output: OutputFile?
  private var reached = 0
  private var hasGoal = false
  private var single: Episode?

  init(
    world: World, levels: [CompiledAgent], outline: LevelOutline, format: OutputFormat,
    episodes: Int,
    record: RecordLevel, output: OutputFile?
  ) {
    self.world = world
    self.levels = levels
    self.outline = outline
    self.format = format
    self.episodes = episodes
    self.record = record
    self.output = output
    if format == .csv { output?.append(StepRows(outline).heading) }
  }

  /// Makes what is reported of an episode, on any thread.
  var reporter: @Sendable (Episode) -> ReportedEpisode {
    let rows = format == .csv ? StepRows(outline) : nil
    let (isSingle, record) = (episodes == 1, record)
    return { episode in
      ReportedEpisode(
        reachedGoal: episode.reachedGoal,
        rows: rows.map { Array($0.rows(episode, level: record).utf8) } ?? [],
        single: isSingle ? episode : nil)
    }
  }

  /// Takes in a finished episode.
  func add(_ episode: ReportedEpisode) {
    count += 1
    if let reachedGoal = episode.reachedGoal {
      hasGoal = true
      reached += reachedGoal ? 1 : 0
    }
    if let episode = episode.single { single = episode }
    if !episode.rows.isEmpty { output?.append(episode.rows) }
  }

  /// Whether so much is pending that it ought to be printed.
  var isFull: Bool { output?.isFull == true }

  /// Prints what is there so far.
  func flush() throws { try output?.flush() }

  /// Prints what is left to print.
  ///
  /// - Parameters:
  ///   - steps: of an episode.
  ///   - elapsed: from the begin of the first episode to the end of the last.
  func finish(steps: Int, elapsed: Duration) throws {
    guard let output else { return }
    switch format {
    case .csv: break
    case .json: output.append(summary.prettyJSON)
    case .table:
      if let single { output.append(StepTable(levels.map(\.policies), outline).text(single)) }
      output.append(closingLine(steps, elapsed) + "\n")
    }
    try output.finish()
  }

  private func closingLine(_ steps: Int, _ elapsed: Duration) -> String {
    let all = "\(grouped(count)) \(count == 1 ? "episode" : "episodes")"
    let result = hasGoal ? "reached \(world.goal) in \(grouped(reached)) of \(all)" : "ran \(all)"
    let asked = count < episodes ? " (\(grouped(episodes)) were asked for)" : ""
    let seconds = elapsed / .seconds(1)
    let rate = grouped(Int(min(Double(count) * Double(steps) / max(seconds, 1e-9), 1e15)))
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
