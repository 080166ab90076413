import ActiveInference
import EngineTestSupport

extension EnumeratedFamily {
  private typealias Algorithm = InferenceSettings.Algorithm
  private typealias Preset = AgentConfiguration.Preset

  /// Every kind of random model with which the library is held against enumeration.
  package static let all: [EnumeratedFamily] = enumerated + softControlled + windows

  private static let softControlled: [EnumeratedFamily] =
    [Algorithm.exact, .coordinateAscent].map { algorithm in
      EnumeratedFamily(
        "control as inference from beliefs of \(algorithm.rawValue)", 36, algorithm, .default,
        softControl)
    }

  private static let enumerated: [EnumeratedFamily] =
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
      .init("objectives, \(title)", 32, algorithm, preset, objectives)
    }
    + everyScheme { algorithm, preset, title in
      .init(
        "successor values, \(title)", preset == .default ? 48 : 24, algorithm, preset, successor)
    }
    + everyScheme { algorithm, preset, title in
      .init("learning, \(title)", preset == .default ? 48 : 24, algorithm, preset, learning)
    }
    + everyScheme { algorithm, preset, title in
      .init(
        "sophisticated inference, \(title)", preset == .default ? 60 : 16, algorithm, preset,
        findsEnd: true, sophisticated)
    }
    + everyScheme { algorithm, preset, title in
      .init(
        "best sequences, \(title)", preset == .default ? 60 : 24, algorithm, preset, sequences)
    }
    + everyScheme { algorithm, preset, title in
      .init("tree search, \(title)", 24, algorithm, preset, findsEnd: true, treeSearch)
    }
    + everyScheme { algorithm, preset, title in
      .init("plans gone on with, \(title)", 24, algorithm, preset, plans)
    }
    + everyScheme { algorithm, preset, title in
      .init("refining habit, \(title)", preset == .default ? 24 : 16, algorithm, preset, hybrid)
    }
    + everyScheme { algorithm, preset, title in
      .init("in hindsight, \(title)", preset == .default ? 24 : 8, algorithm, preset, hindsight)
    }
    + everyScheme { algorithm, preset, title in
      .init("asymptotes, \(title)", preset == .default ? 16 : 6, algorithm, preset, asymptotes)
    }
    + everyScheme { algorithm, preset, title in
      .init("actively, \(title)", preset == .default ? 16 : 6, algorithm, preset, actively)
    }
    + Preset.stepByStep.map { preset in
      .init(
        "in hindsight, factor by factor, under \(preset.rawValue)", 16, .exact, preset, structured)
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
    Preset.stepByStep.flatMap { preset in
      [Algorithm.exact, .coordinateAscent, .fixedPoint].map {
        make($0, preset, "\($0.rawValue) under \(preset.rawValue)")
      }
    }
  }

  /// Whole records smoothed, and counts learned from them at every step.
  static let hindsight: Variation = { options, configuration, number in
    options.largestJoint = 4
    options.counts = number % 2 == 1
    configuration.inference.smoothing = SmoothingSettings()
    configuration.inference.smoothing?.method = number % 3 == 0 ? .automatic : .exact
    if number % 4 == 2 { configuration.inference.horizon = [2, 3, 1, 9][number / 4 % 4] }
    guard options.counts else { return }
    configuration.learning.likelihood = .init(rate: number % 4 == 1 ? 1 : 0.5)
    configuration.learning.transition = .init(rate: 2)
    configuration.learning.initialState = .init()
    if number % 4 == 3 { configuration.learning.preference = .init(forgetting: 0.1) }
    configuration.learning.smoothing = true
    // What was learned before the episode is in tests of several.
    if number % 8 == 5 {
      configuration.learning.likelihood?.asymptote = 20
      configuration.learning.transition?.asymptote = 3
      configuration.learning.initialState?.asymptote = 1
    } else if number % 8 == 7 {
      configuration.learning.likelihood?.activeLearningPrecision = 4
      configuration.learning.transition?.activeLearningPrecision = 50
      configuration.learning.transition?.asymptote = 8
    }
  }

  /// Updates that are accepted by what they are worth, with everything else that an update may have.
  private static let actively: Variation = { options, configuration, number in
    options.counts = true
    options.largestJoint = 8
    options.preferenceRows = number % 5 == 4 ? 2 : nil
    let precision = [1.0, 16, 200][number % 3]
    configuration.learning.likelihood = .init(
      rate: number % 2 == 0 ? 1 : 2, asymptote: number % 4 == 3 ? 16 : nil,
      activeLearningPrecision: precision)
    configuration.learning.transition = .init(
      forgetting: number % 4 == 1 ? 0.2 : 0, activeLearningPrecision: 10 / precision)
    if number % 5 == 2 { configuration.learning.preference = .init() }
  }

  /// Counts that grow no further than so far.
  private static let asymptotes: Variation = { options, configuration, number in
    options.counts = true
    options.largestJoint = 8
    options.habitOfStates = number % 3 == 2
    let asymptote = [8, 64, 0.5][number % 3]
    let forgetting = number % 4 == 3 ? 0.2 : 0
    configuration.learning.likelihood = .init(rate: 2, asymptote: asymptote)
    configuration.learning.transition = .init(forgetting: forgetting, asymptote: asymptote)
    configuration.learning.preference = .init(rate: 0.5, asymptote: asymptote)
    configuration.learning.initialState = .init(asymptote: asymptote)
    configuration.learning.habit = .init(asymptote: asymptote)
  }

  /// Approximations of whole records.
  private static let structured: Variation = { options, configuration, number in
    options.largestJoint = 4
    options.fewestFactors = 2
    configuration.inference.smoothing = SmoothingSettings()
    configuration.inference.smoothing?.method = .structured
    configuration.inference.smoothing?.sweeps = [1, 2, 5, 40][number % 4]
    configuration.inference.smoothing?.tolerance = number % 8 < 4 ? 1e-3 : 0.5
  }

  private static let list: Variation = { options, configuration, number in
    options.preferenceRows = 3
    configuration.action.mode = number % 3 == 2 ? .joint : .full
    configuration.action.selection = number % 2 == 0 ? .deterministic : .stochastic
    configuration.action.alpha = 2
  }

  /// Both modes, horizons, temperatures down from infinity, habits, preferences by step, learned tables.
  private static let softControl: Variation = { options, configuration, number in
    options.preferenceRows = number % 3 == 1 ? 4 : nil
    options.counts = number % 4 == 3 && options.preferenceRows == nil
    configuration.planning.method = .softControl
    configuration.planning.softControl.mode = number % 2 == 0 ? .klRegularised : .exactConditioning
    configuration.planning.horizon = 1 + number % 4
    configuration.planning.gamma = [1, 0.25, 4, 0, 2][number % 5]
    configuration.planning.utility = number % 12 != 11
    configuration.action.selection = number % 2 == 0 ? .stochastic : .deterministic
    if options.counts {
      configuration.learning.likelihood = .init()
      configuration.learning.transition = .init()
      configuration.learning.preference = .init()
      configuration.learning.habit = .init()
    }
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

  /// Every objective under each biased joint that it depends on, with whatever else planning may do.
  private static let objectives: Variation = { options, configuration, number in
    planning(&options, &configuration, number)
    let kinds: [(Objective, PlanningSettings.OutcomeJoint)] = [
      (.expectedFreeEnergy, .stateIndependent),
      (.freeEnergyOfFuture, .exactPosterior), (.freeEnergyOfFuture, .stateIndependent),
      (.freeEnergyOfExpectedFuture, .exactPosterior),
      (.freeEnergyOfExpectedFuture, .stateIndependent),
      (.evidence, .exactPosterior), (.divergence, .exactPosterior),
    ]
    (configuration.planning.objective, configuration.planning.biasedJoint) =
      kinds[number % kinds.count]
  }

  /// Base policies, rewards, discounts, factors, switches; with tables that change, and without.
  private static let successor: Variation = { options, configuration, number in
    options.largestJoint = 12
    options.mostPolicies = 9
    // A tiny probability is rounded differently where a system is solved in another way.
    options.tiny = 0
    options.counts = number % 4 == 3
    configuration.planning.method = .successor
    configuration.planning.gamma = [0.5, 1, 4, 16][number / 2 % 4]
    configuration.planning.informationGain = number / 4 % 2 == 0 ? .joint : .perModality
    configuration.planning.utility = number % 11 != 10
    configuration.planning.stateInformationGain = number % 13 != 12
    configuration.planning.successor.discount = [0.9, 0.5, 0.95, 0][number / 3 % 4]
    configuration.planning.successor.basePolicy = [.improved, .uniform, .habit][number % 3]
    configuration.planning.successor.reward =
      [.contextual, .utility, .utilityMinusAmbiguity, .utilityPlusEntropy][number / 3 % 4]
    if number % 5 == 4 { configuration.planning.successor.factors = ["factor 0"] }
    configuration.action.selection = number % 2 == 0 ? .stochastic : .deterministic
    if options.counts {
      configuration.learning.likelihood = .init(rate: 1.5)
      configuration.learning.transition = .init(rate: 2, forgetting: 0.1)
      configuration.learning.preference = .init()
      configuration.learning.habit = .init()
    }
  }

  /// The same for trees of actions and outcomes: backups, thresholds, budgets that do not bind, learning.
  private static let sophisticated: Variation = { options, configuration, number in
    planning(&options, &configuration, number)
    options.largestJoint = 8
    options.mostOutcomes = 8
    options.mostPolicies = 4
    // E is over joint actions.
    options.horizon = 1
    configuration.planning.method = .sophisticated
    let thresholds = [0, 0.0625, 0.2]
    configuration.planning.sophisticated.backup = number / 3 % 3 == 2 ? .max : .softmax
    configuration.planning.sophisticated.policyThreshold =
      number % 2 == 0 ? 0 : thresholds[number / 2 % 3]
    configuration.planning.sophisticated.outcomeThreshold =
      number % 2 == 0 ? 0 : thresholds[number / 6 % 3]
    configuration.planning.budget.nodes = number % 4 == 3 ? nil : 1_000_000 + number
    configuration.planning.budget.microseconds = number % 9 == 8 ? 1_000_000_000 - number : nil
    configuration.planning.budget.mebibytes = 8 + number % 5
    // When coordinate ascent ends decides rounding where the tolerance is small.
    configuration.inference.tolerance = configuration.preset == .default ? 1e-3 : 1e-2
    configuration.inference.iterations = 1 + number % 4
    if number % 4 == 1 { configuration.learning.likelihood = .init(rate: 0.5) }
    if number % 8 == 1 { configuration.learning.transition = .init() }
    if number % 8 == 5 { configuration.learning.habit = .init() }
  }

  /// Branch and bound, and beams of several widths.
  private static let sequences: Variation = { options, configuration, number in
    planning(&options, &configuration, number)
    configuration.planning.horizon = 1 + number % 5
    options.preferenceRows = number % 3 == 1 ? 1 + number % 5 : nil
    options.mostPolicies = 4
    // E is over joint actions.
    options.horizon = 1
    configuration.planning.method = number % 3 == 2 ? .beam : .branchAndBound
    if number % 3 == 2 { configuration.planning.beam.width = [1, 2, 5, 10_000][number / 3 % 4] }
    if number % 3 != 2 { configuration.planning.budget.mebibytes = 1 + number % 7 }
    if number % 8 == 1 { configuration.learning.likelihood = .init(rate: 0.5) }
    if number % 8 == 5 { configuration.learning.transition = .init() }
  }

  /// Trees of one and two steps, drawn with the same numbers.
  private static let treeSearch: Variation = { options, configuration, number in
    sophisticated(&options, &configuration, number)
    configuration.planning.sophisticated = .init()
    configuration.planning.method = .treeSearch
    configuration.planning.horizon = 1 + number % 2
    options.preferenceRows = number % 3 == 1 ? configuration.planning.horizon : nil
    configuration.planning.treeSearch.simulations = [1, 5, 30][number / 2 % 3]
    configuration.planning.budget = .init()
  }

  /// Plans of several steps that are gone on with, where every outcome is possible.
  private static let plans: Variation = { options, configuration, number in
    options.sparsity = 0
    options.tiny = 0
    options.mostPolicies = 27
    let method: PlanningSettings.Method = [.enumerate, .branchAndBound, .beam][number % 3]
    configuration.planning.method = method
    configuration.planning.horizon = 2 + number / 3 % 2
    options.horizon = method == .enumerate ? configuration.planning.horizon ?? 1 : 1
    if method != .enumerate { options.mostPolicies = 4 }
    options.fewestActions = 2
    if method == .beam { configuration.planning.beam.width = 2 }
    configuration.planning.replanEvery = 2 + number / 3 % 2 * (number % 2)
    configuration.action.mode = .full
    configuration.action.selection = number % 2 == 0 ? .deterministic : .stochastic
    configuration.planning.gamma = [0.5, 4][number / 6 % 2]
    options.counts = number % 4 == 1
    if number % 4 == 1 { configuration.learning.likelihood = .init(rate: 0.5) }
    if number % 8 == 1 { configuration.learning.habit = .init() }
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
