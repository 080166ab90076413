import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("A step in two halves") struct StepHalvesTests {
  private func configuration(_ seed: Int) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = [.exact, .coordinateAscent, .fixedPoint][seed % 3]
    configuration.inference.impossible = .ignore
    configuration.action.selection = seed % 2 == 0 ? .stochastic : .deterministic
    return configuration
  }

  @Test("has the bits of a whole one, whichever comes before or after")
  func sameBits() throws {
    for seed in 0..<60 {
      var options = RandomModel.Options()
      options.counts = seed % 4 == 3
      var random = try RandomModel(seed: UInt64(seed), options)
      var configuration = configuration(seed)
      let counts = random.model.concentration.likelihood
      if options.counts && counts.contains(where: { $0 != nil }) {
        configuration.learning.likelihood = .init()
      }
      let whole = try ActiveInferenceAgent(random.model, configuration)
      let halves = try ActiveInferenceAgent(random.model, configuration)
      for episode in 0..<3 as Range<UInt64> {
        whole.begin(seed: 5, episode: episode)
        halves.begin(seed: 5, episode: episode)
        // The same record twice, so that the agent remembers steps.
        let record = try RandomModel(seed: UInt64(seed), options)
        var source = episode == 2 ? random : record
        for (t, observation) in source.record(steps: 6).observations.enumerated() {
          let expected = try whole.act(on: observation)
          if (t + Int(episode)) % 3 == 0 {
            #expect(try halves.act(on: observation) == expected)
          } else {
            try halves.perceive(observation)
            #expect(try halves.decide() == expected)
          }
          #expect(halves.state == whole.state, "model \(seed), step \(t)")
          #expect(halves.policyPosterior == whole.policyPosterior)
          #expect(halves.negativeExpectedFreeEnergy == whole.negativeExpectedFreeEnergy)
        }
        if episode == 2 { random = source }
      }
    }
  }

  @Test("what was perceived and not decided upon is forgotten")
  func withdrawn() throws {
    var random = try RandomModel(seed: 4)
    let record = random.record(steps: 4)
    let plain = try ActiveInferenceAgent(random.model)
    let doubtful = try ActiveInferenceAgent(random.model)
    plain.begin(seed: 0, episode: 0)
    doubtful.begin(seed: 0, episode: 0)
    for (t, observation) in record.observations.enumerated() {
      try doubtful.perceive(record.observations[0].map { _ in .missing })
      if t % 2 == 0 { try doubtful.perceive(observation) }
      let action = t % 2 == 0 ? try doubtful.decide() : try doubtful.act(on: observation)
      #expect(try plain.act(on: observation) == action)
      #expect(plain.state == doubtful.state)
    }
    #expect(throws: AgentFailure.nothingPerceived(step: 4)) { try doubtful.decide() }
    #expect(throws: AgentFailure.nothingPerceived(step: 4)) { try doubtful.prior(over: [0]) }
    #expect(throws: AgentFailure.nothingPerceived(step: 4)) {
      try doubtful.adopt(doubtful.belief(over: [0]), over: [0])
    }
  }

  @Test("a belief taken over leaves what is believed given it, and enters the next prior")
  func jeffrey() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<60 {
      var options = RandomModel.Options()
      options.fewestFactors = 2
      options.sparsity = 0
      var random = try RandomModel(seed: 40 + UInt64(seed), options)
      let model = random.model
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = .exact
      let agent = try ActiveInferenceAgent(model, configuration)
      agent.begin(seed: 0, episode: 0)
      let record = random.record(steps: 2)
      try agent.perceive(record.observations[0])
      let before = agent.state.belief
      let factors = model.factors.count > 2 ? [2, 0] : [1]
      let own = agent.belief(over: factors)
      let told = random.distribution(own.count).enumerated().map { own[$0] > 0 ? $1 : 0 }
      let total = told.reduce(0, +)
      guard total > 0 else { continue }
      let adopted = told.map { $0 / total }
      try agent.adopt(adopted, over: factors)
      let states = model.factors.reduce([[Int]()]) { states, factor in
        states.flatMap { state in (0..<factor.size).map { state + [$0] } }
      }
      let expected = zip(states, before).map { state, p in
        let place = factors.reduce(0) { $0 * model.factors[$1].size + state[$1] }
        return p > 0 ? p * adopted[place] / own[place] : 0
      }
      differences.compare(agent.state.belief, expected, "model \(seed)")
      differences.compare(agent.belief(over: factors), adopted, "model \(seed), factors")
      let action = try agent.decide()
      // The next prior is that of another agent that is put into this belief.
      let other = try ActiveInferenceAgent(model, configuration)
      var state = agent.state
      state.belief = expected
      try other.resume(state)
      #expect(state.action == action)
      try agent.perceive(record.observations[1].map { _ in .missing })
      try other.perceive(record.observations[1].map { _ in .missing })
      differences.compare(
        try agent.prior(over: [0]), try other.prior(over: [0]), "model \(seed), prior")
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 500)
  }

  @Test("a belief that does not fit is refused")
  func refused() throws {
    let model = try SampleModels.tMaze()
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .coordinateAscent
    let agent = try ActiveInferenceAgent(model, configuration)
    agent.begin(seed: 0, episode: 0)
    try agent.perceive(model.modalities.map { _ in .missing })
    func message(_ belief: [Double], _ factors: [Int]) -> String {
      (#expect(throws: InvalidInput.self) { try agent.adopt(belief, over: factors) })?.description
        ?? ""
    }
    #expect(message([0.5, 0.6], [1]).contains("is not a distribution over 2 states"))
    #expect(message([1], [1]).contains("is not a distribution over 2 states"))
    #expect(message([0, 1, 0, 0, 0], [0]).contains("which this agent knows is not"))
    #expect(
      message([Double](repeating: 0.1, count: 10), [0, 1]).contains("inference.algorithm exact"))
  }
}
