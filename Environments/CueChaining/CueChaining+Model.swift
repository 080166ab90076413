import ActiveInference
import GridCells

extension CueChaining {
  private static let moves: [(name: String, row: Int, column: Int)] = [
    ("up", -1, 0), ("down", 1, 0), ("left", 0, -1), ("right", 0, 1), ("stay", 0, 0),
  ]

  /// The model of a chain of cues.
  ///
  /// - Parameter isFixed: whether the second cue and the reward are where the parameters say.
  static func model(
    _ chain: CueChain, _ preference: Preference, includesStay: Bool, isFixed: Bool
  ) throws(InvalidInput) -> GenerativeModel {
    let grid = chain.grid
    let cells = grid.labels
    let moves = moves.prefix(includesStay ? 5 : 4)
    func first(_ labels: [String], _ fixed: Int?) -> Column {
      if isFixed, let fixed { return Column(certain: labels[fixed]) }
      return Column([Double](repeating: 1 / Double(labels.count), count: labels.count))
    }
    return try GenerativeModel(identifier) {
      Factor("location", cells, initially: Column(certain: cells[chain.start]))
      Factor("cue2", chain.cue2Labels, initially: first(chain.cue2Labels, chain.activeCue2))
      Factor(
        "reward", chain.rewardLabels, initially: first(chain.rewardLabels, chain.rewardCondition))
      Control("move", moves.map(\.name))
      Modality("location", cells, given: "location") { Column(certain: $0["location"]) }
      Modality("cue1", ["none"] + chain.cue2Labels, given: "location", "cue2") { state in
        Column(certain: state.index(of: "location") == chain.cue1 ? state["cue2"] : "none")
      }
      Modality("cue2", ["none"] + chain.rewardLabels, given: "location", "cue2", "reward") {
        state in
        let isTrue = state.index(of: "location") == chain.cue2[state.index(of: "cue2")]
        return Column(certain: isTrue ? state["reward"] : "none")
      }
      Modality(
        "reward", ["none", "cheese", "shock"], given: "location", "reward", prefer: preference
      ) { state in
        guard let place = chain.rewards.firstIndex(of: state.index(of: "location")) else {
          return "none"
        }
        return Column(certain: place == state.index(of: "reward") ? "cheese" : "shock")
      }
      Transition(of: "location", controls: "move") { state in
        let move = moves[state.index(of: "move")]
        let target = grid.target(
          from: state.index(of: "location"), row: move.row, column: move.column)
        return Column(certain: cells[target])
      }
      Transition(of: "cue2")
      Transition(of: "reward")
    }
  }
}
