import ActiveInference
import EngineTestSupport
import TMaze

extension SameBitsMatrix {
  /// A change of an agent.
  typealias Change = @Sendable (inout AgentConfiguration) -> Void

  /// An agent with several controls, by ``SameBitsModels/twoControls(policies:)``.
  private static func twoControls(
    _ name: String, horizon: Int? = 1, policies: [[[Int]]]? = nil, habit: [Double]? = nil,
    hasHabit: Bool = true, _ change: @escaping Change
  ) -> Entry {
    Entry(name: name) { name in
      let model = try SameBitsModels.twoControls(
        policies: policies, habit: habit, hasHabit: hasHabit)
      var configuration = AgentConfiguration()
      configuration.planning.horizon = horizon
      configuration.planning.gamma = 2
      configuration.action.selection = .stochastic
      configuration.action.mode = .marginal
      configuration.action.alpha = 1
      change(&configuration)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model, configuration: configuration,
        steps: 4)
    }
  }

  /// Several controls, chosen together and each by itself; policies of a list and by habit.
  static let choices: [Entry] = [
    twoControls("two controls, drawn each by itself") { _ in },
    twoControls("two controls, drawn together") { $0.action.mode = .full },
    twoControls("two controls, two steps ahead", horizon: 2, hasHabit: false) {
      $0.planning.gamma = 0.5
    },
    twoControls("two controls, no precision") {
      $0.planning.gamma = 0
      $0.action.alpha = 0
    },
    twoControls(
      "policies of a list, some never", horizon: nil,
      policies: [
        [[0, 0], [1, 2]], [[1, 1], [1, 2]], [[0, 0], [0, 1]], [[1, 2], [0, 0]],
      ],
      habit: [0.5, 0.25, 0, 0.25]
    ) { $0.action.mode = .full },
    Entry(name: "no control") { name in
      let model = try SampleModels.sensors(3)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model,
        configuration: AgentConfiguration())
    },
  ]

  // MARK: - Learning

  /// Each table by itself, all of them, with forgetting and with novelty.
  static let learners: [Entry] =
    [
      twoControls("learns A") { $0.learning.likelihood = .init(rate: 0.7) },
      twoControls("learns B") { $0.learning.transition = .init() },
      twoControls("learns C") { $0.learning.preference = .init(rate: 2) },
      twoControls("learns D") { $0.learning.initialState = .init() },
      twoControls("learns E") { $0.learning.habit = .init(rate: 3) },
      twoControls("learns A, B, C and E, control as inference", horizon: 3) {
        $0.planning.method = .softControl
        $0.planning.softControl.mode = .exactConditioning
        $0.learning.likelihood = .init(rate: 0.7)
        $0.learning.transition = .init()
        $0.learning.preference = .init()
        $0.learning.habit = .init()
      },
      twoControls("learns A and B up to an asymptote") {
        $0.learning.likelihood = .init(asymptote: 20)
        $0.learning.transition = .init(rate: 0.5, asymptote: 5)
        $0.inference.smoothing = SmoothingSettings()
      },
      twoControls("learns A, B and C, actively") {
        $0.learning.likelihood = .init(rate: 2, asymptote: 30, activeLearningPrecision: 20)
        $0.learning.transition = .init(forgetting: 0.1, activeLearningPrecision: 5)
        $0.learning.preference = .init()
      },
      twoControls("learns A and B from whole records, forgetting, actively, up to an asymptote") {
        $0.learning.likelihood = .init(activeLearningPrecision: 20)
        $0.learning.transition = .init(rate: 0.5, forgetting: 0.1, asymptote: 30)
        $0.learning.smoothing = true
      },
      twoControls("smooths the last two steps") {
        $0.inference.smoothing = SmoothingSettings()
        $0.inference.horizon = 2
      },
      twoControls("smooths whole records, factor by factor") {
        $0.inference.smoothing = SmoothingSettings()
        $0.inference.smoothing?.method = .structured
      },
      twoControls("learns some of A and B, forgetting") {
        $0.learning.likelihood = .init(rate: 2, forgetting: 0.2, subset: ["sign"])
        $0.learning.transition = .init(rate: 0.3, forgetting: 0.5, subset: ["mood"])
      },
    ]
    + PlanningSettings.Novelty.allCases.flatMap { novelty in
      AgentConfiguration.Preset.stepByStep.map { preset in
        Entry(name: "learns everything, \(preset.rawValue), novelty \(novelty)") { name in
          // Of policies of two steps there would be 36 habits.
          let model = try SameBitsModels.twoControls(hasHabit: false)
          var configuration = AgentConfiguration(preset: preset)
          configuration.planning.horizon = 2
          configuration.planning.novelty = novelty
          configuration.planning.parameterInformationGain = true
          configuration.action.selection = .stochastic
          configuration.action.alpha = 1
          configuration.planning.gamma = 1
          learnEverything(of: model, .init(rate: 0.7, forgetting: 0.1), &configuration)
          return SameBitsCell(
            name: name, world: try ModelEnvironment(model), model: model,
            configuration: configuration, steps: 3, episodes: 9)
        }
      }
    }

  /// Has an agent learn whatever the model has counts of.
  static func learnEverything(
    of model: GenerativeModel, _ rule: LearningSettings.Rule,
    _ configuration: inout AgentConfiguration
  ) {
    let counts = model.concentration
    if counts.likelihood.contains(where: { $0 != nil }) { configuration.learning.likelihood = rule }
    if counts.transition.contains(where: { $0 != nil }) { configuration.learning.transition = rule }
    if counts.initialState.contains(where: { $0 != nil }) {
      configuration.learning.initialState = rule
    }
    if counts.preference.contains(where: { $0?.shape.count == 1 }) {
      configuration.learning.preference = rule
    }
    if counts.habit != nil { configuration.learning.habit = rule }
  }

  /// Plans refined from habits of states, under every scheme and gain, and habits of states that are learned.
  static let hybrids: [Entry] =
    InferenceSettings.Algorithm.stepByStep.flatMap { algorithm in
      PlanningSettings.InformationGain.allCases.map { gain in
        habitual("plans from habit, \(algorithm.rawValue), \(gain.rawValue)") {
          $0.inference.algorithm = algorithm
          $0.planning.method = .hybrid
          $0.planning.informationGain = gain
        }
      }
    } + [
      habitual("plans from habit and learns it") {
        $0.planning.method = .hybrid
        $0.learning.habit = .init(rate: 2)
      },
      habitual("learns habits of states, forgetting") {
        $0.planning.horizon = 1
        $0.learning.habit = .init(rate: 3, forgetting: 0.1)
      },
    ]

  private static func habitual(_ name: String, _ change: @escaping Change) -> Entry {
    Entry(name: name) { name in
      let model = try SameBitsModels.twoControls(habitGiven: ["place", "mood"])
      var configuration = AgentConfiguration()
      configuration.planning.horizon = 2
      configuration.planning.gamma = 2
      configuration.action.selection = .stochastic
      configuration.action.alpha = 1
      change(&configuration)
      if configuration.planning.method == .hybrid {
        configuration.planning.hybrid = .init(sweeps: 3, tolerance: 0.01)
      }
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model, configuration: configuration,
        steps: 4)
    }
  }

  // MARK: - Windows

  /// Windows that slide and windows that do not, and what is learned of them.
  static let windows: [Entry] =
    [InferenceSettings.Algorithm.variationalMessagePassing, .marginalMessagePassing].flatMap {
      scheme in
      AgentConfiguration.Preset.stepByStep.flatMap { preset in
        [nil, 1, 2].map { (horizon: Int?) in
          let steps = horizon.map { "\($0) steps" } ?? "all steps"
          return Entry(name: "\(scheme.rawValue) over \(steps), \(preset.rawValue), learning") {
            name in
            let model = try SameBitsModels.twoControls()
            var configuration = AgentConfiguration(preset: preset)
            configuration.inference.algorithm = scheme
            configuration.inference.horizon = horizon
            configuration.action.selection = .stochastic
            learnEverything(
              of: model, .init(rate: 0.7, forgetting: horizon == 2 ? 0.1 : 0), &configuration)
            return SameBitsCell(
              name: name, world: Mist(try ModelEnvironment(model)), model: model,
              configuration: configuration, steps: 4, episodes: 5)
          }
        }
      }
    }

  // MARK: - Random models

  /// Models of any structure, every scheme under every preset.
  static let random: [Entry] = (0..<18).map { seed in
    let algorithms: [InferenceSettings.Algorithm] = [.exact, .coordinateAscent, .fixedPoint]
    let algorithm = algorithms[seed / 3 % 3]
    let preset = AgentConfiguration.Preset.stepByStep[seed % 3]
    return Entry(name: "random model \(seed), \(preset.rawValue), \(algorithm.rawValue)") { name in
      var options = RandomModel.Options()
      options.horizon = 1 + seed / 2 % 2
      options.counts = seed % 2 == 0
      options.goals = seed % 4 == 1
      let model = try RandomModel(seed: UInt64(7000 + seed), options).model
      var configuration = AgentConfiguration(preset: preset)
      configuration.inference.algorithm = algorithm
      configuration.planning.horizon = options.horizon
      configuration.planning.informationGain = seed % 5 < 2 ? .joint : .perModality
      configuration.planning.parameterInformationGain = options.counts
      configuration.action.selection = seed % 3 == 0 ? .deterministic : .stochastic
      if options.goals { configuration.planning.inductive = .init(depth: 3) }
      learnEverything(
        of: model, .init(rate: 0.7, forgetting: seed % 4 == 0 ? 0.1 : 0), &configuration)
      return SameBitsCell(
        name: name, world: try ModelEnvironment(model), model: model, configuration: configuration,
        steps: 3, episodes: 9)
    }
  }

  // MARK: - Observations

  /// Outcomes that are missing, uncertain or impossible, in some episodes and not in others.
  static let observers: [Entry] =
    InferenceSettings.Algorithm.stepByStep.map { algorithm in
      Entry(name: "T-maze in the mist, \(algorithm.rawValue)") { name in
        let maze = try TMaze(parameters: ["cueValidity": .number(0.8)])
        var configuration = AgentConfiguration()
        configuration.inference.algorithm = algorithm
        configuration.planning.horizon = 2
        configuration.action.selection = .stochastic
        return SameBitsCell(
          name: name, world: Mist(maze.world), model: maze.model, configuration: configuration)
      }
    }
    + [
      Entry(name: "what is seen is learned from, in the mist") { name in
        let model = try SameBitsModels.twoControls()
        var configuration = AgentConfiguration()
        configuration.action.selection = .stochastic
        learnEverything(of: model, .init(), &configuration)
        return SameBitsCell(
          name: name, world: Mist(try ModelEnvironment(model)), model: model,
          configuration: configuration)
      }
    ]
    + InferenceSettings.ImpossibleObservation.allCases.flatMap { impossible in
      [InferenceSettings.Algorithm.exact, .coordinateAscent, .fixedPoint].map { algorithm in
        Entry(name: "T-maze that surprises, \(impossible), \(algorithm.rawValue)") { name in
          // This agent believes that cues and rewards never fail, and so meets the impossible now and
          // then; those who would end there are left in a world without it.
          let chance = ParameterValue.number(impossible == .error ? 1 : 0.6)
          let maze = try TMaze(parameters: ["cueValidity": chance, "rewardProbability": chance])
          let believed = try TMaze(parameters: ["cueValidity": .number(1)]).model
          var configuration = AgentConfiguration(
            preset: impossible == .floored ? .pymdp1 : .default)
          configuration.planning.horizon = 3
          configuration.inference.algorithm = algorithm
          configuration.inference.impossible = impossible
          return SameBitsCell(
            name: name, world: maze, model: believed, configuration: configuration, steps: 7,
            episodes: 9)
        }
      }
    }
}
