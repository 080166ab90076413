import ActiveInference
import EngineTestSupport

extension EnumeratedFamily {
  /// Message passing over windows of past steps, which nothing but sums over joint states judges.
  static let windows: [EnumeratedFamily] = AgentConfiguration.Preset.stepByStep.flatMap { preset in
    [InferenceSettings.Algorithm.variationalMessagePassing, .marginalMessagePassing].flatMap {
      algorithm in
      let title = "\(algorithm.rawValue) under \(preset.rawValue)"
      return [
        EnumeratedFamily("windows, \(title)", 6, algorithm, preset, few),
        EnumeratedFamily("windows that teach, \(title)", 6, algorithm, preset, learning),
        EnumeratedFamily("windows, learned from in hindsight, \(title)", 2, algorithm, preset) {
          hindsight(&$0, &$1, 2 * $2 + 1)
        },
        EnumeratedFamily(
          "windows of what cannot be, \(title)", 6, algorithm, preset, seesAnything: true
        ) {
          few(&$0, &$1, $2)
          let rules: [InferenceSettings.ImpossibleObservation] =
            [.ignore, .error, preset == .default ? .ignore : .floored]
          $1.inference.impossible = rules[$2 % 3]
          $0.sparsity = 0.5 + 0.01 * Double($2)
        },
      ]
    }
  }

  private static let few: Variation = { options, configuration, number in
    options.fewestFactors = 1 + number % 2
    options.sparsity = number % 4 == 3 ? 0.3 : 0.05
    configuration.inference.horizon = [nil, 2, 3, 1][number / 2 % 4]
    configuration.inference.iterations = [16, 5, 1][number % 3]
    configuration.planning.horizon = 1
  }

  /// Rates, forgetting, some tables alone.
  private static let learning: Variation = { options, configuration, number in
    few(&options, &configuration, number)
    options.counts = true
    configuration.learning.likelihood = .init(
      rate: [1, 0.5][number % 2], forgetting: [0, 0.25, 0][number % 3])
    configuration.learning.transition = .init(
      rate: [0.75, 1][number % 2], forgetting: [0.1, 0][number % 2])
    configuration.learning.initialState = .init(rate: 0.5)
    if number % 4 > 1 {
      configuration.learning.preference = .init()
    } else if number > 3 {
      configuration.learning.likelihood?.activeLearningPrecision = 8
      configuration.learning.transition?.activeLearningPrecision = 40
      if number == 5 { configuration.learning.transition?.asymptote = 10 }
    }
  }
}
