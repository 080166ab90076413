import ActiveInference
import GridCells

extension GeneralizedTMaze {
  private static let moves: [(name: String, row: Int, column: Int)] = [
    ("up", -1, 0), ("down", 1, 0), ("left", 0, -1), ("right", 0, 1), ("stay", 0, 0),
  ]

  /// The model of a maze.
  ///
  /// - Parameter isFixed: whether the cells reward that the parameters say.
  static func model(
    _ maze: Maze, _ settings: SetSettings, isFixed: Bool
  ) throws(InvalidInput) -> GenerativeModel {
    let grid = maze.grid
    let cells = grid.labels
    return try GenerativeModel(identifier) {
      Factor("location", cells, initially: Column(certain: cells[maze.start]))
      for (index, set) in maze.sets.enumerated() {
        let places = [cells[set.first], cells[set.second]]
        let fixed = isFixed ? settings.places?[index] : nil
        Factor(
          "set\(index + 1)", places,
          initially: fixed.map { Column(certain: places[$0]) } ?? [0.5, 0.5])
      }
      Control("move", moves.map(\.name))
      Modality("location", cells, given: "location") { Column(certain: $0["location"]) }
      for (index, set) in maze.sets.enumerated() {
        let name = "set\(index + 1)"
        Modality(
          "cue\(index + 1)", ["none", cells[set.first], cells[set.second]],
          given: "location", name
        ) { state in
          Column(certain: state.index(of: "location") == set.cue ? state[name] : "none")
        }
      }
      for (index, set) in maze.sets.enumerated() {
        let name = "set\(index + 1)"
        let matters = settings.mattering.contains(index)
        Modality(
          "reward\(index + 1)", ["none", "reward", "punishment"], given: "location", name,
          prefer: matters ? settings.preference : .none
        ) { state in
          let places = [set.first, set.second]
          guard places.contains(state.index(of: "location")) else { return "none" }
          let rewards = state["location"] == state[name]
          return Column(certain: rewards ? "reward" : "punishment")
        }
      }
      Transition(of: "location", controls: "move") { state in
        let move = moves[state.index(of: "move")]
        let target = grid.target(
          from: state.index(of: "location"), row: move.row, column: move.column)
        return Column(certain: cells[target])
      }
      for index in maze.sets.indices { Transition(of: "set\(index + 1)") }
    }
  }
}
