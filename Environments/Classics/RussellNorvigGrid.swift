import ActiveInference

/// The 4x3 world of Russell and Norvig: eleven cells, one good end and one bad (`russell-norvig`, 1).
///
/// - Hidden states: `location`, `(column, row)` as in the book, both from 1 and rows from below, without the
///   wall `(2, 2)`, and `done`.
/// - Outcomes: `where`, the location.
/// - Actions: `move`, up, right, down, left: it goes its way with `success`, else to either side, each as
///   likely; against the wall or the border it stays.
/// - Preferences: `(4, 3)` 1 nat, `(4, 2)` -1, any other cell `living`, done 0.
/// - Start: `(1, 1)`. End: both ends lead to `done`, where nothing is gained any more; the goal is reached at
///   `(4, 3)`.
/// - Parameters: ``parameters``.
///
/// Source: Russell and Norvig, Artificial Intelligence: A Modern Approach, 3rd edition, section 17.1. The
/// book's utility U(s) counts the reward of s itself: it is that and the optimal value from there.
public struct RussellNorvigGrid: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "russell-norvig"
  /// One sentence about it.
  public static let summary =
    "The 4x3 world of Russell and Norvig: one good end, one bad, moves that slip."
  /// What its episodes are about.
  public static let goal = "the good end"
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter("success", .number(0.8), "P(a move goes its way), 0...1"),
    EnvironmentParameter("living", .number(-0.04), "log preference of any other cell in nats"),
  ]

  /// What the agent believes.
  public let model: GenerativeModel
  /// The process: the agent's model.
  public let world: ModelEnvironment

  /// The world for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: RussellNorvigGrid.self)
    let success = reader.probability("success")
    let living = reader.finite("living")
    try reader.check()
    model = try RussellNorvigGrid.model(success: success, living: living)
    let good = RussellNorvigGrid.labels.firstIndex(of: "(4, 3)") ?? 0
    world = try ModelEnvironment(model, goal: (modality: 0, outcome: good))
  }

  /// The default agent: control as inference over fifty moves, at a low temperature.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.method = .softControl
    agent.planning.horizon = 50
    agent.planning.gamma = 10_000
    return agent
  }

  /// Enough to come to an end in all but a few episodes of a million.
  public var steps: Int { 50 }

  /// The cells but the wall, from the top left, and done.
  private static let labels = cells.map(label) + ["done"]
  private static let grid = CellGrid(rows: 3, columns: 4)
  private static let cells = (0..<12).filter { $0 != wall }
  private static let wall = 5

  private static func label(_ cell: Int) -> String { "(\(cell % 4 + 1), \(3 - cell / 4))" }

  private static func model(
    success: Double, living: Double
  ) throws(InvalidInput) -> GenerativeModel {
    let moves: [CellGrid.Direction] = [.up, .right, .down, .left]
    var worth = Dictionary(uniqueKeysWithValues: labels.map { ($0, living) })
    worth["done"] = 0
    worth["(4, 3)"] = 1
    worth["(4, 2)"] = -1
    return try GenerativeModel(identifier) {
      Factor("location", labels, initially: "(1, 1)")
      Control("move", ["up", "right", "down", "left"])
      Modality("where", labels, given: "location", prefer: .always(Column(worth))) {
        [$0["location"]: 1]
      }
      Transition(of: "location", controls: "move") { state in
        let place = state["location"]
        if ["(4, 3)", "(4, 2)", "done"].contains(place) { return "done" }
        let cell = cells[state.index(of: "location")]
        let move = state.index(of: "move")
        var column: [String: Double] = [:]
        for (turn, probability) in [(0, success), (1, (1 - success) / 2), (3, (1 - success) / 2)] {
          let next = grid.neighbour(of: cell, moves[(move + turn) % 4])
          column[next == wall ? place : label(next), default: 0] += probability
        }
        return Column(column)
      }
    }
  }
}
