import ActiveInference
import EngineTestSupport
import Testing

/// A world that every scheme of inference can learn in: ten observations under policies of nine actions.
struct EveryAlgorithm {
  static let horizons: [Int?] = [nil, 1, 3, 10, 20]

  let model: GenerativeModel
  let record: BehaviourRecord

  init() throws {
    var random = RandomStream(seed: 5, episode: 0, step: 0, purpose: .user)
    func counts(_ shape: [Int]) -> Tensor {
      Tensor(
        shape: shape, (0..<shape.reduce(1, *)).map { _ in 0.5 + 3 * random.nextUnit() })
    }
    var description = ModelDescription()
    description.name = "every algorithm"
    description.factors = [Variable("place", size: 3), Variable("weather", size: 2)]
    description.modalities = [Variable("sight", size: 3), Variable("sound", size: 2)]
    description.controls = [Variable("move", size: 2)]
    description.likelihoods = [
      .init("sight", given: ["place", "weather"]), .init("sound", given: ["weather"]),
    ]
    description.likelihoodCounts = [
      .init("sight", counts([3, 3, 2])), .init("sound", counts([2, 2])),
    ]
    description.transitions = [
      .init("place", given: ["place"], controls: ["move"]),
      .init("weather", given: ["weather"], controls: []),
    ]
    description.transitionCounts = [
      .init("place", counts([3, 3, 2])), .init("weather", counts([2, 2])),
    ]
    description.initialStateCounts = [
      .init("place", counts([3])), .init("weather", counts([2])),
    ]
    description.policies = (0..<3).map { policy in (0..<9).map { [($0 / (policy + 1)) % 2] } }
    description.habitCounts = [2, 1, 3]
    model = try GenerativeModel(description)
    let world = try ModelEnvironment(model)
    var (state, observation) = world.reset(using: &random)
    var record = BehaviourRecord(observations: [observation], actions: [])
    for step in 0..<9 {
      // What a policy says, for the schemes that suppose it.
      record.actions.append([(step / 2) % 2])
      observation = world.step(&state, action: record.actions[step], using: &random)
      record.observations.append(observation)
    }
    self.record = record
  }

  func configuration(
    _ algorithm: InferenceSettings.Algorithm, smoothing: Bool, horizon: Int?
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = algorithm
    configuration.inference.horizon = horizon
    // Whatever has no window of its own has that of smoothing.
    if horizon != nil { configuration.inference.smoothing = SmoothingSettings() }
    configuration.planning.horizon = nil
    configuration.learning.likelihood = .init()
    configuration.learning.transition = .init()
    configuration.learning.initialState = .init()
    configuration.learning.smoothing = smoothing
    return configuration
  }
}

/// Whatever a new scheme is called, it is held to this: the cases are those of the enumeration.
@Suite struct `Each datum counts once` {
  private static let cases = InferenceSettings.Algorithm.allCases.flatMap { algorithm in
    EveryAlgorithm.horizons.map { (algorithm, $0) }
  }

  @Test(
    "10 observations add 10 counts to a modality, 9 to a factor, any scheme, window and smoothing",
    arguments: cases, [false, true])
  func once(
    scheme: (algorithm: InferenceSettings.Algorithm, horizon: Int?), smoothing: Bool
  ) throws {
    let world = try EveryAlgorithm()
    let agent = try ActiveInferenceAgent(
      world.model,
      world.configuration(scheme.algorithm, smoothing: smoothing, horizon: scheme.horizon))
    func sums() -> [Double] {
      let counts = agent.concentration
      return (counts.likelihood + counts.transition).map { $0?.values.reduce(0, +) ?? .nan }
        + counts.initialState.map { $0?.reduce(0, +) ?? .nan }
    }
    // What was learned in one episode is where the next begins.
    for episode in 1...2 {
      let before = sums()
      _ = try agent.replay(world.record, level: .none)
      // Ten observations of each modality, nine transitions of each factor, one first state of each.
      let data: [Double] = [10, 10, 9, 9, 1, 1]
      for ((after, before), expected) in zip(zip(sums(), before), data) {
        #expect(abs(after - before - expected) <= 1e-11, "episode \(episode)")
      }
    }
  }

  /// Each datum by itself under every scheme; the whole episode once where it is counted anew.
  @Test(arguments: InferenceSettings.Algorithm.allCases, [false, true])
  func `up to an asymptote`(algorithm: InferenceSettings.Algorithm, smoothing: Bool) throws {
    let world = try EveryAlgorithm()
    var configuration = world.configuration(algorithm, smoothing: smoothing, horizon: 3)
    configuration.learning.likelihood?.asymptote = 16
    configuration.learning.transition?.asymptote = 4
    let agent = try ActiveInferenceAgent(world.model, configuration)
    _ = try agent.replay(world.record, level: .none)
    func expected(_ count: Double, _ data: Int, _ asymptote: Double) -> Double {
      let kept = asymptote / (asymptote + 1)
      return smoothing
        ? (count + Double(data)) * kept : (0..<data).reduce(count) { sum, _ in (sum + 1) * kept }
    }
    func sum(_ tensor: Tensor?) -> Double { tensor?.values.reduce(0, +) ?? .nan }
    let (first, last) = (world.model.concentration, agent.concentration)
    for modality in 0..<2 {
      let sums = (sum(first.likelihood[modality]), sum(last.likelihood[modality]))
      #expect(abs(sums.1 - expected(sums.0, 10, 16)) <= 1e-11)
    }
    for factor in 0..<2 {
      let sums = (sum(first.transition[factor]), sum(last.transition[factor]))
      #expect(abs(sums.1 - expected(sums.0, 9, 4)) <= 1e-11)
    }
  }
}
