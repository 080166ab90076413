import ActiveInference
import EngineTestSupport

extension EnumeratedFamily {
  static let sparseTitle = "sparse tables are tables"

  /// Tables that are held as what is not zero, against enumeration, which knows no such thing.
  static func measureSparse() -> ConformanceFamily {
    ConformanceFamily(
      oracle: .enumeration, title: sparseTitle,
      cases: Result { try (0..<6).map(sparseCase) })
  }

  private static func sparseCase(_ number: Int) throws -> ConformanceCase {
    var options = WideModel.Options()
    options.states = 24
    options.moodDependsOnPlace = number % 2 == 1
    options.hasCounts = number > 2
    var random = try WideModel(seed: UInt64(number), options)
    let model = try GenerativeModel(random.description)
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = [.exact, .coordinateAscent, .fixedPoint][number % 3]
    configuration.planning.informationGain = .perModality
    if options.hasCounts {
      configuration.planning.parameterInformationGain = true
      configuration.learning.likelihood = .init(rate: 0.7)
      configuration.learning.transition = .init(forgetting: 0.1)
    }
    let walk = random.walk(steps: 3, soften: number % 2 == 0)
    return try follow(
      model, configuration,
      BehaviourRecord(observations: walk.observations, actions: walk.actions),
      seed: UInt64(number), "sparse model \(number)")
  }
}
