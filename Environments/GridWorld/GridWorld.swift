import ActiveInference

/// A walk through a grid with walls to a goal, on ground that may be slippery (`gridworld`, 1).
///
/// - Hidden states: `location`, the cells row by row, `(0, 0)` to `(rows - 1, columns - 1)`.
/// - Outcomes: `where`, the cell itself, or with `observationNoise` a free cell beside it.
/// - Actions: `move`, up, right, down, left and, unless told otherwise, stay. A move succeeds with
///   `successProbability` and else stays; one into a wall or the border always stays.
/// - Preferences: 1 nat less for each move from the nearest goal, around the walls.
/// - Start: the start cell, or any free cell. End: none; the goal is reached on a goal cell.
///
/// The preference is shaped, not sparse: every cell has a neighbour that is worth 1 nat more, so
/// planning one step ahead finds the goal behind any walls.
///
/// ```swift
/// let world = try GridWorld(parameters: ["map": .text("S.#|..G"), "successProbability": .number(0.9)])
/// ```
///
/// Source: `pymdp.envs.grid_world.GridWorld` of inferactively-pymdp 1.0.4, entry for entry.
public struct GridWorld: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "gridworld"
  /// One sentence about it.
  public static let summary = "A walk through a grid with walls to a goal, on slippery ground."
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter("rows", .integer(3), "rows of the grid, at least 1"),
    EnvironmentParameter("columns", .integer(3), "columns of the grid, at least 1"),
    EnvironmentParameter("walls", .none, "cells that are walls, \"(1, 1) (1, 2)\""),
    EnvironmentParameter("start", .none, "the first cell, \"(0, 0)\"; none: any free cell"),
    EnvironmentParameter("goals", .none, "cells to be reached; none: the last free cell"),
    EnvironmentParameter("map", .none, "in place of these five, \"S..#|.#..|...G\""),
    EnvironmentParameter(
      "successProbability", .number(1), "P(a move that is free succeeds), 0...1"),
    EnvironmentParameter(
      "observationNoise", .number(0), "P(a free cell beside one's own is seen instead), 0...1"),
    EnvironmentParameter("includeStay", .boolean(true), "whether staying is an action"),
  ]

  /// What the agent believes of the grid.
  public let model: GenerativeModel
  /// The process: the agent's model.
  public let world: ModelEnvironment
  private let layout: Layout
  private let successProbability: Double

  /// The grid for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: GridWorld.self)
    let success = reader.probability("successProbability")
    let noise = reader.probability("observationNoise")
    let actions = reader.flag("includeStay") ? 5 : 4
    let layout = Layout(&reader, actions: actions)
    try reader.check()
    guard let layout else { throw InvalidInput(source: GridWorld.identifier, reader.faults) }
    self.layout = layout
    successProbability = success
    model = try GridWorld.model(
      layout, actions, successProbability: success, observationNoise: noise)
    world = try ModelEnvironment(model)
  }

  /// The default agent: it plans one step ahead, which the shaped preference makes enough.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 1
    return agent
  }

  /// Enough to reach the goal from the farthest start: the moves that takes on average, four
  /// standard deviations more and the first observation; at most 10,000.
  public var steps: Int {
    let p = successProbability
    let starts = layout.start.map { [$0] } ?? layout.grid.free
    let moves = Double(starts.compactMap { layout.distances[$0] }.max() ?? 0)
    guard p > 0 else { return Int(moves) + 1 }
    let needed = (moves + 4 * (moves * (1 - p)).squareRoot()) / p
    return 1 + Int(min(needed, 9_999).rounded(.up))
  }

  /// Whether the cell is one of the goals, whatever is seen.
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    layout.distances[state[0]] == 0
  }
}
