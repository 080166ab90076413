import ActiveInference
import EngineTestSupport
import GridWorld
import TMaze

/// Every cell of the matrix, by name.
enum SameBitsMatrix {
  /// A cell that is made when it is needed: large models are not held all at once.
  struct Entry: Sendable, CustomStringConvertible {
    let name: String
    let make: @Sendable (String) throws -> SameBitsCell
    var description: String { name }
    func cell() throws -> SameBitsCell { try make(name) }
  }

  static let entries: [Entry] =
    mazes + schemes + searches + grids + dense + sparse + choices + learners + random + observers
    + hybrids + successors + steered + windows + byPolicy

  // MARK: - Worlds

  /// The T-maze under every preset, choice and horizon.
  private static let mazes: [Entry] =
    AgentConfiguration.Preset.stepByStep.flatMap { preset in
      [
        (1, ActionSettings.Selection.deterministic, ActionSettings.Mode.full),
        (1, .deterministic, .marginal), (2, .stochastic, .full), (2, .stochastic, .marginal),
        (3, .deterministic, .full),
      ].map { horizon, selection, mode in
        Entry(
          name: "T-maze, \(preset.rawValue), horizon \(horizon), \(selection), \(mode)"
        ) { name in
          let maze = try TMaze()
          var configuration = AgentConfiguration(preset: preset)
          configuration.planning.horizon = horizon
          configuration.planning.gamma = 2
          configuration.action.selection = selection
          configuration.action.mode = mode
          configuration.action.alpha = 1
          return SameBitsCell(
            name: name, world: maze, model: maze.model, configuration: configuration,
            steps: horizon == 3 ? 3 : 5, episodes: horizon == 3 ? 4 : 10)
        }
      }
    }

  /// Every scheme of inference with every search for policies and every information gain. Written out:
  /// a new one has no cell until somebody gives it one.
  private static let schemes: [Entry] = {
    let algorithms: [InferenceSettings.Algorithm] = [
      .automatic, .exact, .coordinateAscent, .fixedPoint,
      .variationalMessagePassing, .marginalMessagePassing,
    ]
    let gains: [PlanningSettings.InformationGain] = [.joint, .perModality]
    let methods: [PlanningSettings.Method] = [.enumerate, .softControl]
    let all = methods.flatMap { method in
      algorithms.flatMap { algorithm in gains.map { (method, algorithm, $0) } }
    }
    return all.map { method, algorithm, gain in
      let title = "\(algorithm.rawValue), \(method.rawValue), \(gain)"
      return Entry(name: "T-maze that misleads, \(title)") { name in
        let maze = try TMaze(parameters: [
          "cueValidity": .number(0.7), "rewardProbability": .number(0.8),
        ])
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = algorithm
        configuration.planning.method = method
        configuration.planning.informationGain = gain
        configuration.planning.horizon = 2
        configuration.action.selection = .stochastic
        return SameBitsCell(
          name: name, world: maze, model: maze.model, configuration: configuration, episodes: 8)
      }
    }
  }()

  private static let grids: [Entry] = [
    grid("grid", [:]) { _ in },
    grid("grid, noisy and slippery", noisy) { $0.action.selection = .stochastic },
    grid("grid, noisy, towards its goal", noisy) {
      $0.planning.inductive = .init(depth: 5)
      $0.planning.horizon = 2
      $0.inference.algorithm = .coordinateAscent
    },
    // Sparse likelihoods of several outcomes each: those of the nodes beside it are not one's own.
    grid(
      "grid, noisy and wide, a modality at a time",
      ["rows": .integer(7), "columns": .integer(7), "observationNoise": .number(0.3)]
    ) {
      $0.planning.horizon = 3
      $0.planning.informationGain = .perModality
    },
  ]

  private static let noisy: [String: ParameterValue] = [
    "map": .text("S..#|.#..|...G"), "observationNoise": .number(0.3),
    "successProbability": .number(0.8),
  ]

  private static func grid(
    _ name: String, _ parameters: [String: ParameterValue],
    _ change: @escaping @Sendable (inout AgentConfiguration) -> Void
  ) -> Entry {
    Entry(name: name) { name in
      let grid = try GridWorld(parameters: parameters)
      var configuration = grid.agent
      change(&configuration)
      return SameBitsCell(
        name: name, world: grid, model: grid.model, configuration: configuration, steps: 5)
    }
  }

  /// A model so large that OpenBLAS multiplies its matrices.
  private static let dense: [Entry] = [
    dense("dense, exact", counts: false) { $0.inference.algorithm = .exact },
    dense("dense, a modality at a time", counts: false) {
      $0.inference.algorithm = .coordinateAscent
      $0.planning.informationGain = .perModality
    },
    dense("dense, learning", counts: true) {
      $0.inference.algorithm = .fixedPoint
      $0.learning.likelihood = .init()
      $0.learning.transition = .init(rate: 0.5)
    },
  ]

  private static func dense(
    _ name: String, counts: Bool,
    _ change: @escaping @Sendable (inout AgentConfiguration) -> Void
  ) -> Entry {
    Entry(name: name) { name in
      let model = try SameBitsModels.dense(states: 128, counts: counts)
      var configuration = AgentConfiguration()
      configuration.planning.gamma = 1
      configuration.action.selection = .stochastic
      change(&configuration)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model,
        configuration: configuration, steps: 3, episodes: counts ? 3 : 4)
    }
  }

  /// Models of which a belief touches little.
  private static let sparse: [Entry] = [
    Entry(name: "sparse grid of 100 x 101") { name in
      let grid = try GridWorld(parameters: [
        "rows": .integer(100), "columns": .integer(101), "start": .text("(40, 50)"),
        "successProbability": .number(0.7), "observationNoise": .number(0.4),
      ])
      var configuration = grid.agent
      configuration.action.selection = .stochastic
      return SameBitsCell(
        name: name, world: grid, model: grid.model, configuration: configuration, steps: 3,
        episodes: 3)
    },
    wide("two wide factors", secondWide: true, counts: false) {
      $0.planning.informationGain = .perModality
    },
    wide("a wide factor, learning", secondWide: false, counts: true) {
      $0.inference.algorithm = .fixedPoint
      $0.learning.likelihood = .init(rate: 0.7, forgetting: 0.1)
      $0.learning.transition = .init()
      $0.learning.initialState = .init()
      $0.planning.parameterInformationGain = true
    },
  ]

  private static func wide(
    _ name: String, secondWide: Bool, counts: Bool,
    _ change: @escaping @Sendable (inout AgentConfiguration) -> Void
  ) -> Entry {
    Entry(name: name) { name in
      var options = WideModel.Options()
      options.hasSecondWide = secondWide
      options.hasCounts = counts
      let model = try GenerativeModel(WideModel(seed: 20, options).description)
      var configuration = AgentConfiguration()
      configuration.action.selection = .stochastic
      configuration.planning.gamma = 1
      change(&configuration)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model,
        configuration: configuration, steps: 2, episodes: 3)
    }
  }

  /// Somebody who is led about for sure, in lanes everywhere at once, and who learns or does not.
  private static let steered: [Entry] = [
    steered("steered, exact", { _ in }) { $0.inference.algorithm = .exact },
    steered("steered, cavi, what is not steered drifts", { $0.drifts = true }) {
      $0.inference.algorithm = .coordinateAscent
    },
    steered("steered, exact, where one is held sparsely", { $0.places = 36 }) {
      $0.inference.algorithm = .exact
    },
    steered("steered, learning", { $0.drifts = true }) {
      $0.learning.likelihood = .init()
      $0.learning.transition = .init()
    },
  ]

  private static func steered(
    _ name: String, _ choose: @escaping @Sendable (inout SteeredModel.Options) -> Void,
    _ change: @escaping Change
  ) -> Entry {
    Entry(name: name) { name in
      var options = SteeredModel.Options()
      choose(&options)
      let learns = name.hasSuffix("learning")
      options.hasCounts = learns
      let model = try SteeredModel(seed: 6, options).model
      var configuration = AgentConfiguration()
      configuration.planning.informationGain = .perModality
      configuration.planning.horizon = 2
      configuration.planning.gamma = 1
      configuration.action.selection = .stochastic
      change(&configuration)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model,
        configuration: configuration, episodes: learns ? 3 : 10)
    }
  }
}
