import ActiveInference
import EngineTestSupport
import Testing

/// What holds of a belief whatever the model, under every scheme.
@Suite("Beliefs") struct BeliefTests {
  static let schemes: [InferenceSettings.Algorithm] = [.exact, .coordinateAscent, .fixedPoint]

  /// Calls `body` with random models, a scheme for each and what was seen in it.
  private func forModels(
    _ count: UInt64, _ algorithm: InferenceSettings.Algorithm, steps: Int = 4,
    _ body: (String, inout RandomModel, Inferring, BehaviourRecord) throws -> Void
  ) throws {
    for seed in 0..<count {
      var random = try RandomModel(seed: 1000 + seed)
      let record = random.record(steps: steps, soften: seed % 2 == 0)
      try body("model \(seed)", &random, Inferring(random.model, algorithm), record)
    }
  }

  @Test("sum to one, and nothing is NaN", arguments: schemes)
  func sums(algorithm: InferenceSettings.Algorithm) throws {
    var differences = Differences(tolerance: 1e-12)
    try forModels(80, algorithm) { place, random, inferring, record in
      for (t, observation) in record.observations.enumerated() {
        let beliefs = try inferring.infer(observation)
        for (factor, belief) in beliefs.enumerated() {
          differences.compare(belief.reduce(0, +), 1, "\(place), step \(t), factor \(factor)")
          #expect(belief.allSatisfy { $0 >= 0 }, "\(place)")
        }
        let outcome = inferring.inference.outcome
        #expect(outcome.freeEnergy.isFinite && outcome.accuracy.isFinite, "\(place), step \(t)")
        differences.compare(
          outcome.complexity - outcome.accuracy, outcome.freeEnergy, "\(place), free energy")
        if t < record.actions.count { inferring.advance(record.actions[t]) }
        for belief in inferring.prediction {
          differences.compare(belief.reduce(0, +), 1, "\(place), prediction")
        }
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("free energy is never less than surprise, and equal to it under the exact filter")
  func freeEnergyBound() throws {
    for seed in 0..<100 as Range<UInt64> {
      var random = try RandomModel(seed: seed)
      let observation = random.record(steps: 1, soften: true).observations[0]
      let surprise = try surprise(random.model, observation)
      for algorithm in [InferenceSettings.Algorithm.coordinateAscent, .fixedPoint] {
        let inferring = try Inferring(random.model, algorithm)
        _ = try inferring.infer(observation)
        #expect(
          inferring.freeEnergy >= surprise - 1e-12,
          "model \(seed), \(algorithm): F \(inferring.freeEnergy), surprise \(surprise)")
      }
    }
  }

  @Test("a missing observation leaves the belief at the prior", arguments: schemes)
  func missing(algorithm: InferenceSettings.Algorithm) throws {
    var differences = Differences(tolerance: 1e-12)
    try forModels(40, algorithm) { place, random, inferring, _ in
      let nothing = [Observation](repeating: .missing, count: random.model.modalities.count)
      differences.compare(try inferring.infer(nothing), inferring.initialBelief, place)
      differences.compare(inferring.freeEnergy, 0, "\(place), free energy")
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test(
    "a modality that says nothing changes no belief and adds ln of its outcomes to free energy",
    arguments: schemes)
  func uniformModality(algorithm: InferenceSettings.Algorithm) throws {
    var differences = Differences(tolerance: 1e-12)
    try forModels(40, algorithm) { place, random, inferring, record in
      let observation = record.observations[0]
      var description = random.description
      let given = description.factors.prefix(2)
      description.modalities.append(Variable("noise", size: 3))
      let shape = [3] + given.map(\.size)
      description.likelihoods.append(
        .init(
          "noise", given: given.map(\.name),
          Tensor(shape: shape, [Double](repeating: 1 / 3.0, count: shape.reduce(1, *)))))
      let other = try Inferring(GenerativeModel(description), algorithm)
      let beliefs = try inferring.infer(observation)
      differences.compare(try other.infer(observation + [.outcome(1)]), beliefs, place)
      differences.compare(
        other.freeEnergy, inferring.freeEnergy + 1.0986122886681098, "\(place), free energy")
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("an outcome is the distribution that is certain of it", arguments: schemes)
  func hardAndSoft(algorithm: InferenceSettings.Algorithm) throws {
    var differences = Differences(tolerance: 1e-13)
    try forModels(40, algorithm) { place, random, inferring, _ in
      let outcomes = random.record(steps: 1).observations[0]
      let certain = zip(outcomes, random.model.modalities).map { entry, modality in
        Observation.distribution((0..<modality.size).map { entry == .outcome($0) ? 1 : 0 })
      }
      let beliefs = try inferring.infer(outcomes)
      let freeEnergy = inferring.freeEnergy
      differences.compare(try inferring.infer(certain), beliefs, place)
      differences.compare(inferring.freeEnergy, freeEnergy, "\(place), free energy")
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("a state that the prior excludes stays excluded", arguments: schemes)
  func excluded(algorithm: InferenceSettings.Algorithm) throws {
    try forModels(40, algorithm) { place, random, inferring, record in
      let beliefs = try inferring.infer(record.observations[0])
      for (belief, prior) in zip(beliefs.joined(), inferring.initialBelief.joined())
      where prior == 0 {
        #expect(belief == 0, "\(place)")
      }
    }
  }

  @Test("auto is exact up to 4,096 joint states and coordinate ascent beyond")
  func automatic() throws {
    for (size, expected) in [(16, InferenceSettings.Algorithm.exact), (17, .coordinateAscent)] {
      var description = ModelDescription()
      description.factors = (0..<3).map { Variable("factor \($0)", size: $0 == 0 ? size : 16) }
      description.modalities = [Variable("modality", size: 1)]
      description.likelihoods = [.init("modality", given: [], Tensor(shape: [1], [1]))]
      description.transitions = description.factors.map {
        let uniform = [Double](repeating: 1 / Double($0.size), count: $0.size)
        return .init($0.name, given: [], controls: [], Tensor(shape: [$0.size], uniform))
      }
      let compiled = try CompiledModel(GenerativeModel(description))
      #expect(InferenceSettings().resolved(for: compiled).algorithm == expected)
    }
  }
}
