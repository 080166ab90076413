import ActiveInference
import TMaze

extension SameBitsMatrix {
  /// Searches for sequences and trees under every scheme of inference and every information gain, and plans
  /// that are gone on with.
  static let searches: [Entry] = {
    let methods: [PlanningSettings.Method] = [
      .sophisticated, .branchAndBound, .beam, .treeSearch,
    ]
    let algorithms: [InferenceSettings.Algorithm] = [
      .automatic, .exact, .coordinateAscent, .fixedPoint,
      .variationalMessagePassing, .marginalMessagePassing,
    ]
    let gains: [PlanningSettings.InformationGain] = [.joint, .perModality]
    return methods.flatMap { method in
      algorithms.flatMap { algorithm in
        gains.map { gain in
          search("\(algorithm.rawValue), \(method.rawValue), \(gain)", method) {
            $0.inference.algorithm = algorithm
            $0.planning.informationGain = gain
          }
        }
      }
    } + [
      search("enumerate, replanning every 2", .enumerate) { $0.planning.replanEvery = 2 },
      search("branch-and-bound, replanning every 3", .branchAndBound) {
        $0.planning.horizon = 4
        $0.planning.replanEvery = 3
      },
      search("sophisticated, three steps ahead, few nodes", .sophisticated) {
        $0.planning.horizon = 3
        $0.planning.sophisticated.policyThreshold = 0
        $0.planning.sophisticated.outcomeThreshold = 0
        $0.planning.budget.nodes = 12
      },
      search("mcts, three steps ahead", .treeSearch) {
        $0.planning.horizon = 3
        $0.planning.treeSearch.simulations = 2
        $0.planning.budget.nodes = 60
      },
    ]
  }()

  private static func search(
    _ name: String, _ method: PlanningSettings.Method, _ change: @escaping Change
  ) -> Entry {
    Entry(name: "T-maze that misleads, \(name)") { name in
      let maze = try TMaze(parameters: [
        "cueValidity": .number(0.7), "rewardProbability": .number(0.8),
      ])
      var configuration = AgentConfiguration()
      configuration.planning.method = method
      configuration.planning.horizon = 2
      if method == .beam { configuration.planning.beam.width = 2 }
      if method == .treeSearch { configuration.planning.treeSearch.simulations = 3 }
      configuration.action.selection = .stochastic
      change(&configuration)
      return SameBitsCell(
        name: name, world: maze, model: maze.model, configuration: configuration, episodes: 4)
    }
  }
}
