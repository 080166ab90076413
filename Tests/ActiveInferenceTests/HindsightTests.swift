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
    configuration.learning = LearningSettings()
    configuration.learning.smoothing = true
    let nothing = #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    #expect(nothing?.faults.first?.place == "learning.smoothing")
  }

  /// An episode is one update: what was learned before it is forgotten once, and counts are held once.
  @Test func `forgets, and keeps to an asymptote, once an episode`() throws {
    let world = try EveryAlgorithm()
    var configuration = world.configuration(.exact, smoothing: true, horizon: nil)
    configuration.learning.likelihood = .init(rate: 2, forgetting: 0.25, asymptote: 30)
    configuration.learning.transition = .init(forgetting: 0.5)
    configuration.learning.initialState = .init(asymptote: 7)
    let agent = try ActiveInferenceAgent(world.model, configuration)
    let first = world.model.concentration
    func sum(_ tensor: Tensor?) -> Double { tensor?.values.reduce(0, +) ?? 0 }
    var likelihood = sum(first.likelihood[0])
    var transition = sum(first.transition[0])
    var initial = first.initialState[0]?.reduce(0, +) ?? 0
    for episode in 1...3 {
      _ = try agent.replay(world.record, level: .none)
      let origin = sum(first.likelihood[0])
      likelihood = (origin + 0.75 * (likelihood - origin) + 2 * 10) * 30 / 32
      transition = sum(first.transition[0]) + 0.5 * (transition - sum(first.transition[0])) + 9
      initial = (initial + 1) * 7 / 8
      let counts = agent.concentration
      #expect(abs(sum(counts.likelihood[0]) - likelihood) <= 1e-11, "episode \(episode)")
      #expect(abs(sum(counts.transition[0]) - transition) <= 1e-11, "episode \(episode)")
      #expect(abs((counts.initialState[0]?.reduce(0, +) ?? 0) - initial) <= 1e-11)
    }
  }

  /// Each cell, where an episode is one observation, so that smoothing is Bayes' rule.
  @Test func `forgets of each count what was learned of it before`() throws {
    var random = try random(6, sparsity: 0)
    let records = [random.record(steps: 4), random.record(steps: 1)]
    var configuration = learner(.exact, smoothing: true)
    let plain = try ActiveInferenceAgent(random.model, configuration)
    configuration.learning.likelihood?.forgetting = 0.25
    let agent = try ActiveInferenceAgent(random.model, configuration)
    for learner in [plain, agent] { _ = try learner.replay(records[0], level: .none) }
    // In the first episode nothing has been learned before.
    #expect(plain.concentration == agent.concentration)
    let before = plain.concentration
    for learner in [plain, agent] { _ = try learner.replay(records[1], level: .none) }
    for modality in random.model.modalities.indices {
      guard let first = random.model.concentration.likelihood[modality],
        let known = before.likelihood[modality], let all = plain.concentration.likelihood[modality],
        let left = agent.concentration.likelihood[modality]
      else { continue }
      for cell in first.values.indices {
        let gained = all.values[cell] - known.values[cell]
        let expected =
          first.values[cell] + 0.75 * (known.values[cell] - first.values[cell]) + gained
        #expect(abs(left.values[cell] - expected) <= 1e-13 * expected)
      }
    }
  }

  @Test(arguments: InferenceSettings.Algorithm.allCases)
  func `goes on with the same bits where it was saved`(
    algorithm: InferenceSettings.Algorithm
  ) throws {
    let world = try EveryAlgorithm()
    var configuration = world.configuration(algorithm, smoothing: true, horizon: 3)
    configuration.learning.likelihood = .init(
      rate: 0.7, forgetting: 0.1, activeLearningPrecision: 9)
    configuration.learning.habit = .init()
    let agent = try ActiveInferenceAgent(world.model, configuration)
    // What it begins with is not what the file says.
    _ = try agent.replay(world.record, level: .none)
    let other = try ActiveInferenceAgent(world.model, configuration)
    agent.begin(seed: 3, episode: 0)
    for (t, observation) in world.record.observations.enumerated() {
      if t == 0 { #expect(agent.state.record == nil) }
      if t == 4 { try other.resume(from: Array(agent.stateText.utf8), source: "state") }
      if t >= 4 { _ = try other.act(on: observation) }
      _ = try agent.act(on: observation)
      if t < world.record.actions.count {
        try agent.took(world.record.actions[t])
        if t >= 4 { try other.took(world.record.actions[t]) }
      }
    }
    #expect(other.state == agent.state)
    #expect(other.concentration != world.model.concentration)
  }

  @Test func `does not go on from a state without the steps before`() throws {
    var random = try random(3)
    let record = random.record(steps: 3)
    let agent = try ActiveInferenceAgent(random.model, learner(.exact, smoothing: true))
    _ = try agent.replay(record, level: .none)
    let state = agent.state
    try agent.resume(state)
    func expect(_ fault: String, _ change: (inout ActiveInferenceAgent.State) -> Void) {
      var changed = state
      change(&changed)
      let refused = #expect(throws: InvalidInput.self) { try agent.resume(changed) }
      #expect(refused?.description.contains(fault) == true, "\(refused?.description ?? "")")
    }
    expect("record: is missing, but under learning.smoothing") { $0.record = nil }
    expect("give 3 and 2") { _ = $0.record?.observations.removeLast() }
    expect("record.observations[1]") { $0.record?.observations[1] = [] }
    expect("record.actions[1]") { $0.record?.actions[1] = [9, 9, 9] }
    expect("record: is not a part") { $0.step = 0 }
    let stepwise = try ActiveInferenceAgent(random.model, learner(.exact, smoothing: false))
    #expect(throws: InvalidInput.self) { try stepwise.resume(state) }
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
