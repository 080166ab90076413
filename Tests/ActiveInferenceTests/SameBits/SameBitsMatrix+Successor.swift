import ActiveInference
import EngineTestSupport
import TMaze

extension SameBitsMatrix {
  /// Successor values under every scheme of inference, of every base policy and reward, and learned.
  static let successors: [Entry] = {
    let algorithms: [InferenceSettings.Algorithm] = [
      .automatic, .exact, .coordinateAscent, .fixedPoint,
      .variationalMessagePassing, .marginalMessagePassing,
    ]
    let gains: [PlanningSettings.InformationGain] = [.joint, .perModality]
    let policies: [SuccessorSettings.BasePolicy] = [.improved, .uniform, .habit]
    let rewards: [SuccessorSettings.Reward] = [
      .contextual, .utility, .utilityMinusAmbiguity, .utilityPlusEntropy,
    ]
    let mazes = algorithms.enumerated().flatMap { place, algorithm in
      gains.map { gain in
        Entry(name: "T-maze that misleads, \(algorithm.rawValue), successor, \(gain)") { name in
          let maze = try TMaze(parameters: [
            "cueValidity": .number(0.7), "rewardProbability": .number(0.8),
          ])
          var configuration = AgentConfiguration()
          configuration.inference.algorithm = algorithm
          configuration.planning.method = .successor
          configuration.planning.informationGain = gain
          configuration.planning.gamma = 1
          configuration.planning.successor.basePolicy = policies[place % 3]
          configuration.planning.successor.reward = gain == .joint ? .contextual : rewards[place]
          configuration.action.selection = .stochastic
          return SameBitsCell(
            name: name, world: maze, model: maze.model, configuration: configuration, episodes: 8)
        }
      }
    }
    let learners = policies.map { policy in
      Entry(name: "two controls, successor values of the policy \(policy.rawValue), learned") {
        name in
        let model = try SameBitsModels.twoControls()
        var configuration = AgentConfiguration()
        configuration.planning.method = .successor
        configuration.planning.successor.basePolicy = policy
        configuration.planning.gamma = 1
        configuration.action.selection = .stochastic
        learnEverything(of: model, .init(rate: 0.7, forgetting: 0.1), &configuration)
        return SameBitsCell(
          name: name, world: try ModelEnvironment(model), model: model,
          configuration: configuration, steps: 3, episodes: 6)
      }
    }
    return mazes + learners
  }()
}
