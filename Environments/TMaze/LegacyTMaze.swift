import ActiveInference

/// The T-maze of pymdp 0.0.7, with a cue that never misleads (`tmaze-legacy`, 1).
///
/// - Hidden states: `location`, centre, left, right, cue; `context`, reward left or right.
/// - Outcomes: `where`, the location; `reward`, none, reward, punishment; `cue`, left or right, away
///   from the cue with probability 1/2 each. With `nullCue` it is none there.
/// - Actions: `move`, the place to go to from anywhere.
/// - Preferences: reward 3 nats, punishment -3, none 0.
/// - Start: the centre; the context is drawn, or is what `rewardCondition` says. The agent does not
///   know it.
/// - End: none; the goal is reached when a reward is observed.
/// - Parameters: ``parameters``, with pymdp's defaults.
///
/// Source: `TMazeEnv` and, with `nullCue`, `TMazeEnvNullOutcome` of `pymdp.legacy.envs.tmaze` in
/// inferactively-pymdp 1.0.4 (unchanged since 0.0.7), entry for entry.
public struct LegacyTMaze: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "tmaze-legacy"
  /// One sentence about it.
  public static let summary = "The T-maze of pymdp 0.0.7: a true cue, reward with probability 0.98."
  /// What its episodes are about.
  public static let goal = "the reward"
  /// Its parameters with their defaults.
  public static let parameters =
    [
      EnvironmentParameter(
        "rewardProbability", .number(0.98), "P(reward) in the arm that has it, 0...1"),
      EnvironmentParameter(
        "nullCue", .boolean(false), "whether the cue is none, not random, elsewhere"),
    ] + MazeSettings.parameters(reward: 3)

  /// What the agent believes of the maze.
  public let model: GenerativeModel
  /// The process: the agent's model, except that its context may be fixed.
  public let world: ModelEnvironment

  /// The maze for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: LegacyTMaze.self)
    var settings = MazeSettings(shared: &reader)
    settings.rewardProbability = reader.probability("rewardProbability")
    let nullCue = reader.flag("nullCue")
    try reader.check()
    model = try LegacyTMaze.model(settings, nullCue, context: settings.believedContext)
    let process = try LegacyTMaze.model(settings, nullCue, context: settings.trueContext)
    world = try ModelEnvironment(process, goal: (modality: 1, outcome: 1))
  }

  /// The default agent: it plans one step, which leads anywhere.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 1
    return agent
  }

  /// As in the demonstration of pymdp.
  public var steps: Int { 5 }
}

extension LegacyTMaze {
  private static func model(
    _ settings: MazeSettings, _ nullCue: Bool, context: Column
  ) throws(InvalidInput) -> GenerativeModel {
    let places = ["centre", "left", "right", "cue"]
    let cues = (nullCue ? ["none"] : []) + ["left", "right"]
    return try GenerativeModel(identifier) {
      Factor("location", places, initially: "centre")
      Factor("context", MazeSettings.contexts, initially: context)
      Control("move", places)
      Modality("where", places, given: "location") { [$0["location"]: 1] }
      Modality(
        "reward", MazeSettings.rewards, given: "location", "context",
        prefer: settings.preference, likelihood: settings.reward)
      Modality("cue", cues, given: "location", "context") { state in
        if state["location"] == "cue" { return settings.cue(state, left: "left", right: "right") }
        return nullCue ? "none" : ["left": 0.5, "right": 0.5]
      }
      Transition(of: "location", controls: "move") { [$0["move"]: 1] }
      Transition(of: "context")
    }
  }
}
