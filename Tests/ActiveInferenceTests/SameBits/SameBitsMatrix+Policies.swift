import ActiveInference
import EngineTestSupport
import TMaze

extension SameBitsMatrix {
  /// Agents that infer by policy over the whole episode, or over a window.
  static let byPolicy: [Entry] =
    PlanningSettings.InformationGain.allCases.map { gain in
      Entry(name: "by policy in the T-maze, \(gain.rawValue)") { name in
        let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
        var configuration = AgentConfiguration(preset: .spm)
        configuration.planning.horizon = 2
        configuration.planning.informationGain = gain
        configuration.action.alpha = 1
        return SameBitsCell(
          name: name, world: maze, model: maze.model, configuration: configuration, steps: 3,
          episodes: 6)
      }
    } + [
      Entry(name: "by policy, in the mist") { name in
        let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = .policyMessages
        configuration.inference.impossible = .ignore
        configuration.planning.horizon = 2
        configuration.planning.precision = PrecisionSettings()
        configuration.action.selection = .stochastic
        return SameBitsCell(
          name: name, world: Mist(maze.world), model: maze.model, configuration: configuration,
          steps: 3, episodes: 6)
      },
      Entry(name: "by policy, learning") { name in
        let maze = try ExtremeModels.counted { Double(1 + $0 % 3) }
        var configuration = AgentConfiguration(preset: .spm)
        configuration.planning.horizon = 1
        configuration.action.alpha = 1
        learnEverything(of: maze, .init(rate: 0.7, forgetting: 0.1), &configuration)
        return SameBitsCell(
          name: name, world: try ModelEnvironment(maze), model: maze,
          configuration: configuration, steps: 2, episodes: 6)
      },
    ] + windowsByPolicy

  /// Windows by policy: the T-maze under two presets, in the mist, learning.
  private static let windowsByPolicy: [Entry] =
    PlanningSettings.InformationGain.allCases.map { gain in
      Entry(name: "windows by policy in the T-maze, \(gain.rawValue)") { name in
        let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
        var configuration = AgentConfiguration(preset: .pymdp007)
        configuration.inference.algorithm = .windowedPolicyMessages
        configuration.inference.horizon = 2
        configuration.planning.horizon = 2
        configuration.planning.informationGain = gain
        configuration.action.selection = .stochastic
        configuration.action.alpha = 1
        return SameBitsCell(
          name: name, world: maze, model: maze.model, configuration: configuration, steps: 4,
          episodes: 6)
      }
    } + [
      Entry(name: "windows by policy, in the mist") { name in
        let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = .windowedPolicyMessages
        configuration.inference.impossible = .ignore
        configuration.inference.iterations = 5
        configuration.action.selection = .stochastic
        return SameBitsCell(
          name: name, world: Mist(maze.world), model: maze.model, configuration: configuration,
          steps: 4, episodes: 6)
      },
      Entry(name: "windows by policy, learning") { name in
        let maze = try ExtremeModels.counted { Double(1 + $0 % 3) }
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = .windowedPolicyMessages
        configuration.inference.horizon = 2
        configuration.action.selection = .stochastic
        configuration.action.alpha = 1
        learnEverything(of: maze, .init(rate: 0.7, forgetting: 0.1), &configuration)
        return SameBitsCell(
          name: name, world: try ModelEnvironment(maze), model: maze,
          configuration: configuration, steps: 4, episodes: 6)
      },
    ]
}
