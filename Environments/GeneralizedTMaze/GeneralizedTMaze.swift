import ActiveInference

/// A maze with several cues, each for two cells of which one rewards and the other punishes
/// (`generalized-tmaze`, 1).
///
/// - Hidden states: `location`, the cells row by row, walls included; `set1`, `set2`, ..., which of a set's
///   two cells rewards, its first or its second.
/// - Outcomes: `location`, the cell itself; `cue1`, `cue2`, ..., at the cue of a set its rewarding cell and
///   else none; `reward1`, `reward2`, ..., at the cells of a set reward or punishment and else none.
/// - Actions: `move`, up, down, left, right, stay. Walls and the border stop.
/// - Preferences: reward 1 nat, punishment -3, none 0, in the sets that matter: the last unless told
///   otherwise. The others are distractors.
/// - Start: the start cell; which cells reward is drawn, or is what `rewardPlaces` says. The agent does not
///   know it.
/// - End: none; the goal is reached when a set that matters rewards.
/// - Parameters: ``parameters``.
///
/// ```swift
/// let maze = try GeneralizedTMaze(parameters: ["map": .text("4 2 5|0 1 0|2 3 2")])
/// ```
///
/// Source: `pymdp.envs.generalized_tmaze.GeneralizedTMazeEnv` of inferactively-pymdp 1.0.4, entry for entry.
public struct GeneralizedTMaze: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "generalized-tmaze"
  /// One sentence about it.
  public static let summary =
    "A maze with several cues, each for a reward and a punishment; some distract."
  /// What its episodes are about.
  public static let goal = "the reward"
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter(
      "maze", .text("small"), "small, 3 x 3 cells with 2 sets, or large, 5 x 5 with 3"),
    EnvironmentParameter(
      "map", .none, "in place of maze, \"4 2 5|0 1 0|2 3 2\": 1 start, 2 wall, 3 cue, 4 5 its cells"
    ),
    EnvironmentParameter(
      "rewardPlaces", .none, "first or second for each set, which of its cells rewards; none: drawn"
    ),
    EnvironmentParameter(
      "rewardingSets", .none, "the sets that matter, \"1 3\", others distract; none: the last"),
    EnvironmentParameter("rewardPreference", .number(1), "log preference of reward in nats"),
    EnvironmentParameter(
      "punishmentPreference", .number(-3), "log preference of punishment in nats"),
  ]

  /// What the agent believes of the maze.
  public let model: GenerativeModel
  /// The process: the agent's model, except that what is drawn may be fixed.
  public let world: ModelEnvironment
  private let settings: SetSettings

  /// The maze for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: GeneralizedTMaze.self)
    let maze = Maze(&reader)
    let settings = SetSettings(&reader, sets: maze?.sets.count)
    try reader.check()
    guard let maze else { throw InvalidInput(source: GeneralizedTMaze.identifier, reader.faults) }
    self.settings = settings
    model = try GeneralizedTMaze.model(maze, settings, isFixed: false)
    world = try ModelEnvironment(GeneralizedTMaze.model(maze, settings, isFixed: true))
  }

  /// The default agent: it plans five steps, as pymdp's notebooks do, and counts what each modality tells by
  /// itself.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 5
    agent.planning.informationGain = .perModality
    return agent
  }

  /// Enough to look at every cue of pymdp's mazes before the reward.
  public var steps: Int { 15 }

  /// Whether a set that matters rewards, whatever others do.
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    let sets = (observation.count - 1) / 2
    return settings.mattering.contains { observation[1 + sets + $0] == .outcome(1) }
  }
}

/// Which cells of the sets reward, and which sets matter.
struct SetSettings {
  /// By set, 0 or 1; nil where it is drawn.
  private(set) var places: [Int]?
  /// The sets that matter, ascending.
  private(set) var mattering: [Int] = []
  let preference: Preference

  /// What the parameters ask for in a maze of so many sets; nil where the maze has faults.
  init(_ reader: inout ParameterReader, sets: Int?) {
    preference = [
      "reward": reader.finite("rewardPreference"),
      "punishment": reader.finite("punishmentPreference"),
    ]
    guard let sets else { return }
    if let words = SetSettings.words("rewardPlaces", &reader) {
      let places = words.compactMap { ["first", "second"].firstIndex(of: $0) }
      if places.count == sets, words.count == sets {
        self.places = places
      } else {
        reader.report(
          "rewardPlaces",
          "\(reader["rewardPlaces"].written) is not a place for each of \(sets) sets",
          "write first or second \(sets) times")
      }
    }
    mattering = [sets - 1]
    if let words = SetSettings.words("rewardingSets", &reader) {
      mattering = Set(words.compactMap { Int($0).map { $0 - 1 } }).sorted()
      if mattering.count < words.count || !mattering.allSatisfy((0..<sets).contains) {
        reader.report(
          "rewardingSets", "\(reader["rewardingSets"].written) are not some of the \(sets) sets",
          "write their numbers, from 1 to \(sets), each once")
      }
    }
  }

  /// The words of a text, or the numbers of a list; nil where nothing is given.
  private static func words(_ name: String, _ reader: inout ParameterReader) -> [String]? {
    switch reader[name] {
    case .none: return nil
    case .integer(let number): return ["\(number)"]
    case .text(let text): return text.split { " ,;".contains($0) }.map(String.init)
    case .list(let values):
      return values.map { if case .text(let text) = $0 { text } else { $0.written } }
    default: return [reader[name].written]
    }
  }
}
