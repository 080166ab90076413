import ActiveInference

/// A T with a reward in one arm and a cue at its foot, walked place by place (`tmaze`, 1).
///
/// - Hidden states: `location`, centre, left, right, cue, middle; `context`, reward left or right.
/// - Outcomes: `where`, the location; `reward`, none, reward, punishment; `cue`, none, left, right.
/// - Actions: `move`, the place to go to; from one that is not adjacent the move stays.
/// - Preferences: reward 2 nats, punishment -3, none 0.
/// - Start: the centre; the context is drawn, or is what `rewardCondition` says. The agent does not
///   know it.
/// - End: none; the goal is reached when a reward is observed.
/// - Parameters: ``parameters``, pymdp's with its defaults and the two preferences.
///
/// ```swift
/// let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
/// ```
///
/// Source: `pymdp.envs.tmaze.TMaze` of inferactively-pymdp 1.0.4, entry for entry.
public struct TMaze: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "tmaze"
  /// One sentence about it.
  public static let summary = "A T-maze of five places: reward in one arm, a cue at its foot."
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
    var reader = ParameterReader(parameters, of: TMaze.self)
    let settings = MazeSettings(&reader)
    try reader.check()
    model = try TMaze.model(settings, context: settings.believedContext)
    let process = try TMaze.model(settings, context: settings.trueContext)
    world = try ModelEnvironment(process, goal: (modality: 1, outcome: 1))
  }

  /// The default agent: it plans three steps, as many as lead from the cue to an arm.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 3
    return agent
  }

  /// There and back to the cue, and one return from the wrong arm.
  public var steps: Int { 7 }
}

extension TMaze {
  private static func model(
    _ settings: MazeSettings, context: Column
  ) throws(InvalidInput) -> GenerativeModel {
    let places = ["centre", "left", "right", "cue", "middle"]
    let adjacent: Set<Set> = [
      ["centre", "cue"], ["centre", "middle"], ["middle", "left"], ["middle", "right"],
    ]
    return try GenerativeModel(identifier) {
      Factor("location", places, initially: "centre")
      Factor("context", MazeSettings.contexts, initially: context)
      Control("move", places)
      Modality("where", places, given: "location") { [$0["location"]: 1] }
      Modality(
        "reward", MazeSettings.rewards, given: "location", "context",
        prefer: settings.preference, likelihood: settings.reward)
      Modality("cue", ["none", "left", "right"], given: "location", "context") { state in
        state["location"] == "cue" ? settings.cue(state, left: "left", right: "right") : "none"
      }
      Transition(of: "location", controls: "move") { state in
        let isAdjacent = adjacent.contains([state["location"], state["move"]])
        return Column(certain: state[isAdjacent ? "move" : "location"])
      }
      Transition(of: "context")
    }
  }
}
