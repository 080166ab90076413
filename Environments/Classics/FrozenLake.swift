import ActiveInference

/// A walk over a frozen lake with holes in the ice to a goal on the other side (`frozen-lake`, 1).
///
/// - Hidden states: `location`, the 16 cells row by row, `(0, 0)` to `(3, 3)`, and `done`.
/// - Outcomes: `where`, the location.
/// - Actions: `move`, left, down, right, up. On slippery ice a move goes its way or to either side of it, each
///   with probability 1/3; one over the border stays.
/// - Preferences: the goal, 1 nat.
/// - Start: the first cell. End: a hole keeps whoever falls in, and the goal leads to `done`, where nothing
///   is gained any more; the goal is reached on the goal cell.
/// - Parameters: ``parameters``.
///
/// Source: `FrozenLake-v1`, map 4x4, of gymnasium 1.2, of which `done` is the end of an episode.
public struct FrozenLake: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "frozen-lake"
  /// One sentence about it.
  public static let summary = "A walk over slippery ice with holes in it to the other side."
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter(
      "slippery", .boolean(true), "whether a move may go to either side of its way")
  ]

  /// What the agent believes.
  public let model: GenerativeModel
  /// The process: the agent's model.
  public let world: ModelEnvironment

  /// The lake for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: FrozenLake.self)
    let isSlippery = reader.flag("slippery")
    try reader.check()
    model = try FrozenLake.model(isSlippery: isSlippery)
    world = try ModelEnvironment(model)
  }

  /// The default agent: control as inference over the hundred moves of an episode, at a low temperature.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.method = .softControl
    agent.planning.horizon = 100
    agent.planning.gamma = 10_000
    return agent
  }

  /// As many as an episode of gymnasium has moves, and the first observation.
  public var steps: Int { 101 }

  private static let map = Array("SFFFFHFHFFFHHFFG")

  private static func model(isSlippery: Bool) throws(InvalidInput) -> GenerativeModel {
    let grid = CellGrid(rows: 4, columns: 4)
    let labels = grid.labels + ["done"]
    return try GenerativeModel(identifier) {
      Factor("location", labels, initially: Column(certain: labels[0]))
      Control("move", ["left", "down", "right", "up"])
      Modality("where", labels, given: "location", prefer: [labels[15]: 1]) {
        [$0["location"]: 1]
      }
      Transition(of: "location", controls: "move") { state in
        let cell = state.index(of: "location")
        if cell >= 15 { return "done" }
        if map[cell] == "H" { return Column(certain: labels[cell]) }
        let move = state.index(of: "move")
        // To its left, ahead, to its right.
        let turns = isSlippery ? [3, 0, 1] : [0]
        var column: [String: Double] = [:]
        for turn in turns {
          let next = labels[
            grid.neighbour(of: cell, [.left, .down, .right, .up][(move + turn) % 4])]
          column[next, default: 0] += 1 / Double(turns.count)
        }
        return Column(column)
      }
    }
  }
}
