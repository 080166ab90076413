import ActiveInference

/// A grid in which one cue says where the next is, and that one where the cheese is (`cue-chaining`, 1).
///
/// - Hidden states: `location`, the cells row by row; `cue2`, which of the second cues is true, L1, L2, ...;
///   `reward`, whether the cheese is at the first reward cell, top, or at the other, bottom.
/// - Outcomes: `location`, the cell itself; `cue1`, at the first cue the true second one and else none;
///   `cue2`, at the true second cue where the cheese is and else none; `reward`, at a reward cell cheese or
///   shock and else none.
/// - Actions: `move`, up, down, left, right and, unless told otherwise, stay. The border stops.
/// - Preferences: cheese 2 nats, shock -4, none 0.
/// - Start: the start cell; the other two are drawn, or are what the parameters say. The agent does not know
///   them.
/// - End: none; the goal is reached when cheese is observed.
/// - Parameters: ``parameters``, pymdp's with its defaults and the two preferences.
///
/// ```swift
/// let world = try CueChaining(parameters: ["activeCue2": .text("L4"), "rewardCondition": .text("top")])
/// ```
///
/// Source: `pymdp.envs.cue_chaining.CueChainingEnv` of inferactively-pymdp 1.0.4, entry for entry.
public struct CueChaining: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "cue-chaining"
  /// One sentence about it.
  public static let summary =
    "A grid where a cue says where the next cue is, and that one where cheese is."
  /// What its episodes are about.
  public static let goal = "the cheese"
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter("rows", .integer(5), "rows of the grid, at least 1"),
    EnvironmentParameter("columns", .integer(7), "columns of the grid, at least 1"),
    EnvironmentParameter("start", .text("(0, 0)"), "the first cell"),
    EnvironmentParameter("cue1", .text("(2, 0)"), "the cell of the first cue"),
    EnvironmentParameter(
      "cue2", .text("(0, 2) (1, 3) (3, 3) (4, 2)"), "the cells that the first cue may name"),
    EnvironmentParameter(
      "rewards", .text("(1, 5) (3, 5)"), "two cells, top with cheese and bottom with shock or back"),
    EnvironmentParameter("activeCue2", .none, "which second cue is true, L1, L2, ...; none: drawn"),
    EnvironmentParameter(
      "rewardCondition", .none, "which reward cell has the cheese, top or bottom; none: drawn"),
    EnvironmentParameter("includeStay", .boolean(true), "whether staying is an action"),
    EnvironmentParameter("cheesePreference", .number(2), "log preference of cheese in nats"),
    EnvironmentParameter("shockPreference", .number(-4), "log preference of shock in nats"),
  ]

  /// What the agent believes of the grid.
  public let model: GenerativeModel
  /// The process: the agent's model, except that what is drawn may be fixed.
  public let world: ModelEnvironment
  private let chain: CueChain

  /// The grid for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: CueChaining.self)
    let includesStay = reader.flag("includeStay")
    let preference: Preference = [
      "cheese": reader.finite("cheesePreference"), "shock": reader.finite("shockPreference"),
    ]
    let chain = CueChain(&reader)
    try reader.check()
    guard let chain else { throw InvalidInput(source: CueChaining.identifier, reader.faults) }
    self.chain = chain
    model = try CueChaining.model(chain, preference, includesStay: includesStay, isFixed: false)
    let process = try CueChaining.model(
      chain, preference, includesStay: includesStay, isFixed: true)
    world = try ModelEnvironment(process, goal: (modality: 3, outcome: 1))
  }

  /// The default agent: it plans six steps, as many as lead from the farthest second cue to a reward, and
  /// counts what each modality tells by itself.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 6
    agent.planning.informationGain = .perModality
    return agent
  }

  /// The first observation and the moves of the longest way along the cues.
  public var steps: Int { 1 + chain.longestWay }
}
