import ActiveInference
import EngineTestSupport

extension EnumeratedFamily {
  private typealias Algorithm = InferenceSettings.Algorithm
  private typealias Preset = AgentConfiguration.Preset

  /// Every kind of random model with which the library is held against enumeration.
  package static let all: [EnumeratedFamily] =
    [
      .init("the exact filter is Bayes' rule on joint states", 60, .exact) { options, _, _ in
        options.fewestFactors = 1
      },
      .init("auto on small models is the exact filter", 20, .automatic) { _, _, _ in },
      .init("a scheme ends where it says", 36, .coordinateAscent, findsEnd: true) {
        $0.fewestFactors = 2
        $1.inference.tolerance = [1e-2, 1e-4, 1e-6][$2 % 3]
        $1.inference.iterations = [16, 1, 3, 16][$2 % 4]
      },
      .init("pymdp 0.0.7 ends where it says", 24, .fixedPoint, .pymdp007, findsEnd: true) {
        $0.fewestFactors = 2
        $1.inference.tolerance = [1e-3, 1e-1, 1e-5][$2 % 3]
        $1.inference.iterations = [10, 2, 16][$2 % 3]
      },
      .init("policy lists score as each policy by itself", 30, .exact, listsPolicies: true, list),
      .init(
        "policy lists score so from marginals too", 30, .coordinateAscent, listsPolicies: true,
        list),
    ]
    + [Algorithm.coordinateAscent, .fixedPoint].map { algorithm in
      .init("factors interact, \(algorithm.rawValue)", 40, algorithm) { options, _, _ in
        options.fewestFactors = 2
        options.sparsity = 0.1
      }
    }
    + everyScheme { algorithm, preset, title in
      .init("planning, \(title)", preset == .default ? 60 : 24, algorithm, preset, planning)
    }
    + everyScheme { algorithm, preset, title in
      .init("learning, \(title)", preset == .default ? 48 : 24, algorithm, preset, learning)
    }
    + everyScheme { algorithm, preset, title in
      .init("refining habit, \(title)", preset == .default ? 24 : 16, algorithm, preset, hybrid)
    }
    + everyScheme { algorithm, preset, title in
      .init("what cannot be, \(title)", 24, algorithm, preset, seesAnything: true) {
        // Left out, an error, or of a finite cost where the preset knows that.
        let rules: [InferenceSettings.ImpossibleObservation] =
          [.ignore, .error, preset == .default ? .ignore : .floored]
        $1.inference.impossible = rules[$2 % 3]
        $0.sparsity = 0.5 + 0.01 * Double($2)
        $0.counts = $2 / 3 % 3 == 0
        if $0.counts { $1.learning.likelihood = .init() }
        if $0.counts { $1.learning.preference = .init() }
      }
    }

  /// A family for each scheme under each preset.
  private static func everyScheme(
    _ make: (Algorithm, Preset, _ title: String) -> EnumeratedFamily
  ) -> [EnumeratedFamily] {
    Preset.allCases.flatMap { preset in
      [Algorithm.exact, .coordinateAscent, .fixedPoint].map {
        make($0, preset, "\($0.rawValue) under \(preset.rawValue)")
      }
    }
  }

  private static let list: Variation = { options, configuration, number in
    options.preferenceRows = 3
    configuration.action.selection = number % 2 == 0 ? .deterministic : .stochastic
    configuration.action.alpha = 2
  }

  /// Horizons, both information gains, both novelties, goals, switches, precision, choice.
  private static let planning: Variation = { options, configuration, number in
    let isDefault = configuration.preset == .default
    options.horizon = 1 + number % 3
    options.counts = number % 4 == 1
    options.goals = number % 5 == 2
    // Preferences of every step, of none in particular, or of fewer than there are, of which pymdp
    // repeats the last.
    options.preferenceRows = number % 3 == 1 ? max(1, options.horizon - (isDefault ? 0 : 1)) : nil
    configuration.planning.horizon = options.horizon
    configuration.planning.gamma = [0.5, 1, 4, 16][number % 4]
    configuration.planning.informationGain = number % 2 == 0 ? .joint : .perModality
    configuration.planning.parameterInformationGain = options.counts
    // Averaged apart, the weight of a tiny count is that of no count, and no posterior is the same to
    // 1e-12 where scores are of 1e7 nats.
    if !isDefault { options.tiny = 0 }
    configuration.planning.novelty = number % 8 == 1 ? .exact : .heuristic
    configuration.planning.utility = number % 7 != 6
    configuration.planning.stateInformationGain = number % 11 != 10
    if options.goals {
      configuration.planning.inductive = .init(
        depth: 1 + number % 4, threshold: 0.1 * Double(number % 6),
        epsilon: [1e-3, 1e-2, 1e-6][number / 5 % 3])
    }
    configuration.action.selection = number % 2 == 0 ? .stochastic : .deterministic
    configuration.action.mode = number / 2 % 2 == 0 ? .full : .marginal
    configuration.action.alpha = [1, 16, 0, 2.5][number / 2 % 4]
  }

  /// Horizons, ends, terms, habits of states that are learned, and policies by habits of states.
  private static let hybrid: Variation = { options, configuration, number in
    let isHybrid = number % 8 != 7
    options.habitOfStates = number % 4 != 2
    options.counts = number % 4 > 1
    options.goals = number % 5 == 2
    options.mostPolicies = 6
    options.largestJoint = 12
    if configuration.preset != .default { options.tiny = 0 }
    let horizon = isHybrid ? 1 + number % 3 : 1
    options.preferenceRows = number % 8 == 1 ? horizon : nil
    var planning = configuration.planning
    if isHybrid {
      planning.method = .hybrid
      planning.hybrid.sweeps = [16, 1, 3, 5, 0][number % 5]
      planning.hybrid.tolerance = [1e-1, 1e-3, 0.5][number / 3 % 3]
    }
    planning.horizon = horizon
    planning.gamma = [0.5, 1, 2, 4][number / 2 % 4]
    planning.informationGain = number / 2 % 2 == 0 ? .joint : .perModality
    planning.stateInformationGain = number % 3 != 2
    planning.parameterInformationGain = options.counts && number % 8 > 3
    if options.goals { planning.inductive = .init(depth: 1 + number % 4) }
    configuration.planning = planning
    if options.counts {
      configuration.learning.habit = .init(
        rate: [1, 3][number / 4 % 2], forgetting: number % 8 == 3 ? 0.1 : 0)
    }
  }

  /// Rates, forgetting, subsets, and everything at once; the tables that change are planned with.
  private static let learning: Variation = { options, configuration, number in
    planning(&options, &configuration, number)
    options.counts = true
    options.preferenceRows = nil
    configuration.planning.parameterInformationGain = number % 3 != 0
    // Every kind of count meets every rate, and forgetting, and subsets.
    let round = number / 6
    let rule = LearningSettings.Rule(
      rate: [1, 0.25, 3][round % 3], forgetting: [0, 0.2, 0, 0, 0, 0.05, 0, 0][round % 8])
    let kinds = number % 6
    var learning = LearningSettings()
    if kinds == 0 || kinds == 5 { learning.likelihood = rule }
    if kinds == 1 || kinds == 5 { learning.transition = rule }
    if kinds == 2 || kinds == 5 { learning.initialState = rule }
    if kinds == 3 { learning.preference = rule }
    if kinds == 1 || kinds > 3 { learning.habit = rule }
    if round % 4 > 1 {
      learning.likelihood?.subset = ["modality 0"]
      learning.transition?.subset = ["factor 0"]
      learning.preference?.subset = ["modality 0"]
      learning.initialState?.subset = ["factor 0"]
    }
    configuration.learning = learning
  }
}
