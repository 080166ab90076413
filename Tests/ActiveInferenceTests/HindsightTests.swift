import ActiveInference
import EngineTestSupport
import Testing

@Suite struct `An agent in hindsight` {
  /// - Parameter sparsity: of cells with a count of zero, where what mean-field beliefs hold for possible is lost.
  private func random(_ seed: UInt64, sparsity: Double = 0.25) throws -> RandomModel {
    var options = RandomModel.Options()
    options.sparsity = sparsity
    options.counts = true
    options.largestJoint = 8
    return try RandomModel(seed: seed, options)
  }

  private func learner(
    _ algorithm: InferenceSettings.Algorithm, smoothing: Bool
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = algorithm
    configuration.learning.likelihood = .init()
    configuration.learning.transition = .init()
    configuration.learning.smoothing = smoothing
    return configuration
  }

  // Under mmp-spm policies say how long an episode is; SPM itself judges its counts.
  @Test(
    arguments: InferenceSettings.Algorithm.stepByStep, [false, true])
  func `counts ten observations ten times a modality and nine times a factor`(
    algorithm: InferenceSettings.Algorithm, smoothing: Bool
  ) throws {
    for seed in 0..<6 as Range<UInt64> {
      var random = try random(seed, sparsity: 0)
      let record = random.record(steps: 10)
      let agent = try ActiveInferenceAgent(
        random.model, learner(algorithm, smoothing: smoothing))
      _ = try agent.replay(record, level: .none)
      let (before, after) = (random.model.concentration, agent.concentration)
      func added(_ before: Tensor?, _ after: Tensor?) -> Double {
        (after?.values.reduce(0, +) ?? .nan) - (before?.values.reduce(0, +) ?? .nan)
      }
      for modality in random.model.modalities.indices {
        #expect(abs(added(before.likelihood[modality], after.likelihood[modality]) - 10) <= 1e-11)
      }
      for factor in random.model.factors.indices {
        #expect(abs(added(before.transition[factor], after.transition[factor]) - 9) <= 1e-11)
      }
    }
  }

  @Test func `learns the same whether it lives an episode once or again`() throws {
    var random = try random(2)
    let record = random.record(steps: 6)
    let agent = try ActiveInferenceAgent(random.model, learner(.exact, smoothing: true))
    _ = try agent.replay(record, level: .none)
    let once = agent.concentration
    agent.forget()
    #expect(agent.concentration == random.model.concentration)
    _ = try agent.replay(record, level: .none)
    #expect(agent.concentration == once)
    // What was learned in one episode is where the next begins.
    _ = try agent.replay(record, level: .none)
    let sum = { (counts: GenerativeModel.Concentration) in counts.likelihood[0]!.values.reduce(0, +)
    }
    #expect(abs(sum(agent.concentration) - sum(once) - 6) <= 1e-11)
  }

  @Test func `has smoothed beliefs at the end of a record and of a simulation`() throws {
    var random = try random(5)
    let record = random.record(steps: 7)
    var configuration = AgentConfiguration()
    configuration.inference.smoothing = SmoothingSettings()
    let agent = try ActiveInferenceAgent(random.model, configuration)
    let steps = try agent.replay(record)
    #expect(steps.dropLast().allSatisfy { $0.smoothed == nil })
    let smoothed = try #require(steps.last?.smoothed)
    let expected = try Smoother(random.model).smooth(record)
    #expect(smoothed.windowStart == 0 && smoothed.beliefs == expected.beliefs)
    #expect(smoothed.logEvidence == expected.logEvidence && smoothed.logEvidenceBound == nil)
    // The last step has no later observations, and the exact filter's free energies sum to the evidence.
    let filtered = try #require(steps.last?.beliefs)
    for (one, other) in zip(filtered.joined(), smoothed.beliefs[6].joined()) {
      #expect(abs(one - other) <= 1e-14)
    }
    let surprise = steps.reduce(0) { $0 + ($1.freeEnergy ?? .nan) }
    #expect(abs(surprise + (smoothed.logEvidence ?? .nan)) <= 1e-12 * abs(surprise))

    var living = agent
    let simulation = try Simulation(ModelEnvironment(random.model), steps: 4)
    let episode = try simulation.run(&living, episode: 0)
    #expect(episode.steps.last?.smoothed?.beliefs.count == 4)
    #expect(try agent.replay(record, level: .choices).last?.smoothed == nil)
  }

  @Test func `has the same bits on any number of threads`() throws {
    let model = try random(4).model
    var configuration = learner(.automatic, smoothing: true)
    configuration.inference.smoothing = SmoothingSettings()
    let blueprint = try CompiledAgent(model, configuration)
    let simulation = try Simulation(ModelEnvironment(model), steps: 5, seed: 3)
    func run(_ threads: Int) throws -> [Episode] {
      var episodes: [Episode] = []
      try simulation.run(
        episodes: 0..<9, threads: threads, makeAgent: { try ActiveInferenceAgent(blueprint) },
        finish: { episode, _ in episode }
      ) {
        episodes.append($0)
        return true
      }
      return episodes
    }
    let one = try run(1)
    #expect(one.count == 9)
    #expect(try run(3) == one)
  }

  @Test func `refuses settings that contradict one another`() throws {
    let model = try random(1).model
    var configuration = learner(.exact, smoothing: true)
    configuration.learning.likelihood?.forgetting = 0.5
    let forgetting = #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    #expect(forgetting?.faults.first?.place == "learning.A.forgetting")
    configuration.learning = LearningSettings()
    configuration.learning.smoothing = true
    let nothing = #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    #expect(nothing?.faults.first?.place == "learning.smoothing")
  }

  @Test func `does not go on from between two steps without those before`() throws {
    var random = try random(3)
    let record = random.record(steps: 3)
    let agent = try ActiveInferenceAgent(random.model, learner(.exact, smoothing: true))
    _ = try agent.replay(record, level: .none)
    let state = agent.state
    let refusal = #expect(throws: InvalidInput.self) { try agent.resume(state) }
    #expect(refusal?.description.contains("learning.smoothing") == true)
  }

  @Test func `is read and written`() throws {
    var configuration = learner(.exact, smoothing: true)
    configuration.inference.smoothing = SmoothingSettings()
    configuration.inference.smoothing?.sweeps = 7
    let read = try AgentConfiguration(
      contentsOf: Array(configuration.jsonText.utf8), source: "agent.json")
    #expect(read == configuration)
    #expect(!AgentConfiguration().jsonText.contains("smoothing"))
    let set = try AgentConfiguration().setting(
      "inference.smoothing.method", to: .string("structured"))
    #expect(set.inference.smoothing?.method == .structured)
  }
}
