import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Extreme beliefs") struct ExtremeBeliefTests {
  private func certain(_ change: (inout ModelDescription) -> Void = { _ in }) throws
    -> GenerativeModel
  {
    try ExtremeModels.switches { model in
      model.initialStates = [.init("state", Tensor(shape: [2], [1, 0]))]
      model.transitions[0].probability = Tensor(shape: [2, 2, 2], [1, 0, 0, 1, 0, 1, 1, 0])
      change(&model)
    }
  }

  @Test("of one atom stay of one atom where nothing is left to chance", arguments: Agents.all)
  func oneAtom(configuration: AgentConfiguration) throws {
    var configuration = configuration
    configuration.planning.horizon = 3
    let model = try certain()
    let steps = try expectSound(
      model, configuration, ExtremeModels.record(), Agents.name(configuration))
    guard configuration.preset == .default else { return }
    var state = 0
    for step in steps {
      #expect(step.beliefs?[0] == (state == 0 ? [1, 0] : [0, 1]), "step \(step.t)")
      // -ln P(o), of which a missing one has none.
      let p = [[0.9, 0.1], [0.2, 0.8]][state]
      let expected: Double =
        switch step.observation[0] {
        case .outcome(let outcome): -log(p[outcome])
        case .distribution(let weights): -log(zip(weights, p).map(*).reduce(0, +))
        case .missing: 0
        }
      #expect(abs((step.freeEnergy ?? .nan) - expected) <= 1e-14, "step \(step.t)")
      let action = try #require(step.action)
      state = action[0] == 0 ? state : 1 - state
    }
  }

  @Test(
    "impossible outcomes are an error, ignored with a flag, or cost a finite amount",
    arguments: Agents.all)
  func impossible(configuration: AgentConfiguration) throws {
    // The light tells the truth and the state is known: outcome 1 cannot be.
    let model = try certain {
      $0.likelihoods[0].probability = Tensor(shape: [2, 2], [1, 0, 0, 1])
    }
    for seen in [Observation.outcome(1), .distribution([0, 1])] {
      let record = BehaviourRecord(
        observations: [[seen], [.outcome(0)], [seen]], actions: [[0], [0]])
      for policy in InferenceSettings.ImpossibleObservation.allCases {
        var configuration = configuration
        configuration.inference.impossible = policy
        switch policy {
        case .error where configuration.preset == .default:
          #expect(throws: AgentFailure.self, "\(Agents.name(configuration))") {
            try ActiveInferenceAgent(model, configuration).replay(record)
          }
        case .error:
          // pymdp's logarithms make little of zeros, not nothing: an error, or numbers.
          do {
            try expectSound(model, configuration, record, Agents.name(configuration))
          } catch is AgentFailure {}
        case .ignore:
          let steps = try expectSound(model, configuration, record, Agents.name(configuration))
          guard configuration.preset == .default else { continue }
          #expect(steps.map(\.impossible) == [["light"], [], ["light"]])
        case .floored where configuration.preset == .default:
          #expect(throws: InvalidInput.self) { try ActiveInferenceAgent(model, configuration) }
        case .floored:
          try expectSound(model, configuration, record, Agents.name(configuration))
        }
      }
    }
  }

  @Test("probabilities of 1e-300 are no zeros", arguments: Agents.all)
  func small(configuration: AgentConfiguration) throws {
    for tiny in [1e-20, 1e-300, 1e-308, Double.leastNonzeroMagnitude] {
      let model = try ExtremeModels.switches { model in
        model.likelihoods[0].probability = Tensor(shape: [2, 2], [1, 1, tiny, tiny / 2])
        model.initialStates = [.init("state", Tensor(shape: [2], [tiny, 1]))]
        model.transitions[0].probability = Tensor(
          shape: [2, 2, 2], [tiny, 1, tiny, tiny, 1, tiny, 1, 1])
      }
      var configuration = configuration
      // What is less probable than the least number is impossible.
      configuration.inference.impossible = .ignore
      try expectSound(
        model, configuration, ExtremeModels.record(),
        "\(Agents.name(configuration)), \(tiny)")
      guard configuration.preset == .default, configuration.inference.algorithm == .exact,
        tiny == 1e-300
      else { continue }
      let agent = try ActiveInferenceAgent(model, configuration)
      let step = try agent.replay(BehaviourRecord(observations: [[.outcome(1)]], actions: []))[0]
      // ln 1e-300 and the half that the second state makes of it.
      #expect(abs((step.freeEnergy ?? .nan) - (300 * log(10) + log(2))) <= 1e-9)
    }
  }

  @Test(
    "a transition that is nearly impossible is learned once where it is all that explains a sight")
  func rareTransition() throws {
    // From the second state alone a way leads to the second state, and both are next to impossible.
    let model = try ExtremeModels.switches { model in
      model.likelihoods[0].probability = Tensor(shape: [2, 2], [1, 0, 0, 1])
      model.initialStates = [.init("state", Tensor(shape: [2], [1, 1e-300]))]
      model.transitions[0].probability = nil
      model.transitionCounts = [
        .init("state", Tensor(shape: [2, 2, 2], [1, 1, 1, 1, 0, 0, 1e-20, 1]))
      ]
    }
    var configuration = AgentConfiguration()
    configuration.learning.transition = .init()
    let agent = try ActiveInferenceAgent(model, configuration)
    let record = BehaviourRecord(observations: [[.missing], [.outcome(1)]], actions: [[0]])
    let steps = try agent.replay(record)
    #expect(steps.flatMap(Soundness.faults(in:)).isEmpty)
    let counts = try #require(agent.concentration.transition[0]).values
    // 1e-300 x 1e-20 is held to four digits.
    #expect(abs(counts[6] - 1) <= 1e-3)
    #expect(Array(counts[0..<6]) == [1, 1, 1, 1, 0, 0] && counts[7] == 1)
  }

  @Test("transitions of 1e-200 are learned without an overflow", arguments: Agents.all)
  func smallTransitions(configuration: AgentConfiguration) throws {
    for tiny in [1e-100, 1e-50] {
      let model = try ExtremeModels.counted { [1, tiny, tiny, 1, 1e100, tiny][$0 % 6] }
      var configuration = configuration
      configuration.inference.impossible = .ignore
      configuration.learnEverything()
      try expectSound(
        model, configuration, ExtremeModels.record(), "\(Agents.name(configuration)), \(tiny)")
    }
  }

  @Test(
    "sum to one though the model's probabilities do so within tolerance alone, for 300 steps",
    arguments: Agents.all)
  func tolerance(configuration: AgentConfiguration) throws {
    let excess = 1 + 9e-7
    let model = try ExtremeModels.switches { model in
      model.initialStates = [.init("state", Tensor(shape: [2], [0.3 * excess, 0.7 * excess]))]
      model.transitions[0].probability = model.transitions[0].probability?.mapStored { $0 * excess }
      model.likelihoods[0].probability = model.likelihoods[0].probability?.mapStored { $0 * excess }
    }
    for seen in [Observation.missing, .outcome(1), .distribution([0.5 * excess, 0.5 * excess])] {
      let record = BehaviourRecord(
        observations: Array(repeating: [seen], count: 300),
        actions: (0..<299).map { [$0 % 2] })
      try expectSound(model, configuration, record, "\(Agents.name(configuration)), \(seen)")
    }
  }
}
