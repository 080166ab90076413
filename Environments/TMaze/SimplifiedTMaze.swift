import ActiveInference

/// A T-maze without ways: every place is one move from every other (`tmaze-simplified`, 1).
///
/// - Hidden states: `location`, centre, left, right, cue; `context`, reward left or right.
/// - Outcomes: `where`, centre, left, right, cue left, cue right; `reward`, none, reward, punishment.
/// - Actions: `move`, the place to go to.
/// - Preferences: reward 2 nats, punishment -3, none 0.
/// - Start: the centre; the context is drawn, or is what `rewardCondition` says. The agent does not
///   know it.
/// - End: none; the goal is reached when a reward is observed.
/// - Parameters: ``parameters``, pymdp's with its defaults and the two preferences.
///
/// Source: `pymdp.envs.tmaze.SimplifiedTMaze` of inferactively-pymdp 1.0.4, entry for entry.
public struct SimplifiedTMaze: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "tmaze-simplified"
  /// One sentence about it.
  public static let summary = "A T-maze of four places, each one move from every other."
  /// What its episodes are about.
  public static let goal = "the reward"
  /// Its parameters with their defaults.
  public static let parameters = MazeSettings.outcomeParameters + MazeSettings.parameters(reward: 2)

  /// What the agent believes of the maze.
  public let model: GenerativeModel
  /// The process: the agent's model, except that its context may be fixed.
  public let world: ModelEnvironment

  /// The maze for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: SimplifiedTMaze.self)
    let settings = MazeSettings(&reader)
    try reader.check()
    model = try SimplifiedTMaze.model(settings, context: settings.believedContext)
    let process = try SimplifiedTMaze.model(settings, context: settings.trueContext)
    world = try ModelEnvironment(process, goal: (modality: 1, outcome: 1))
  }

  /// The default agent: it plans one step, which leads anywhere.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 1
    return agent
  }

  /// The cue, an arm, and the other arm after a misleading cue.
  public var steps: Int { 4 }
}

extension SimplifiedTMaze {
  private static func model(
    _ settings: MazeSettings, context: Column
  ) throws(InvalidInput) -> GenerativeModel {
    let places = ["centre", "left", "right", "cue"]
    let sights = ["centre", "left", "right", "cue left", "cue right"]
    return try GenerativeModel(identifier) {
      Factor("location", places, initially: "centre")
      Factor("context", MazeSettings.contexts, initially: context)
      Control("move", places)
      Modality("where", sights, given: "location", "context") { state in
        guard state["location"] == "cue" else { return [state["location"]: 1] }
        return settings.cue(state, left: "cue left", right: "cue right")
      }
      Modality(
        "reward", MazeSettings.rewards, given: "location", "context",
        prefer: settings.preference, likelihood: settings.reward)
      Transition(of: "location", controls: "move") { [$0["move"]: 1] }
      Transition(of: "context")
    }
  }
}
