import ActiveInference
import EngineTestSupport
import Testing

/// Each datum counts once, whatever the window.
@Suite("Learning from windows") struct WindowLearningTests {
  private struct Case: CustomTestStringConvertible {
    let scheme: InferenceSettings.Algorithm
    let horizon: Int?
    var testDescription: String { "\(scheme.rawValue), \(horizon.map { "\($0)" } ?? "all")" }
  }

  private static let cases = WindowTests.schemes.flatMap { scheme in
    [nil, 1, 2, 4, 9, 10, 20].map { Case(scheme: scheme, horizon: $0) }
  }

  /// How much was added to each table of counts.
  private func added(
    _ agent: ActiveInferenceAgent, to before: GenerativeModel.Concentration
  ) -> (likelihood: [Double], transition: [Double], initialState: [Double]) {
    func difference(_ new: [Tensor?], _ old: [Tensor?]) -> [Double] {
      zip(new, old).map { ($0?.values.reduce(0, +) ?? 0) - ($1?.values.reduce(0, +) ?? 0) }
    }
    let after = agent.concentration
    return (
      difference(after.likelihood, before.likelihood),
      difference(after.transition, before.transition),
      zip(after.initialState, before.initialState).map {
        ($0?.reduce(0, +) ?? 0) - ($1?.reduce(0, +) ?? 0)
      }
    )
  }

  private func learner(_ test: Case, seed: UInt64) throws -> (ActiveInferenceAgent, BehaviourRecord)
  {
    var options = RandomModel.Options()
    options.counts = true
    options.sparsity = 0
    options.fewestFactors = 2
    var random = try RandomModel(seed: seed, options)
    var configuration = WindowTests.configuration(test.scheme, horizon: test.horizon)
    let counts = random.model.concentration
    if counts.likelihood.contains(where: { $0 != nil }) {
      configuration.learning.likelihood = .init()
    }
    if counts.transition.contains(where: { $0 != nil }) {
      configuration.learning.transition = .init()
    }
    if counts.initialState.contains(where: { $0 != nil }) {
      configuration.learning.initialState = .init()
    }
    let agent = try ActiveInferenceAgent(random.model, configuration)
    return (agent, random.record(steps: 10))
  }

  @Test("10 observations add 10 counts to a modality, 9 to a factor, any window", arguments: cases)
  private func once(test: Case) throws {
    let (agent, record) = try learner(test, seed: 77)
    let model = agent.blueprint.model
    let counted = model.concentration
    for episode in 1...2 {
      let before = agent.concentration
      _ = try agent.replay(record)
      let added = added(agent, to: before)
      for (modality, amount) in added.likelihood.enumerated()
      where counted.likelihood[modality] != nil {
        #expect(abs(amount - 10) < 1e-9, "modality \(modality), episode \(episode)")
      }
      for (factor, amount) in added.transition.enumerated()
      where counted.transition[factor] != nil {
        #expect(abs(amount - 9) < 1e-9, "factor \(factor), episode \(episode)")
      }
      for (factor, amount) in added.initialState.enumerated()
      where counted.initialState[factor] != nil {
        #expect(abs(amount - 1) < 1e-9, "first states of \(factor), episode \(episode)")
      }
    }
    #expect(counted.likelihood.contains { $0 != nil } && counted.transition.contains { $0 != nil })
  }

  @Test("goes on with the same bits where it was saved", arguments: cases)
  private func saved(test: Case) throws {
    let (agent, record) = try learner(test, seed: 78)
    let (other, _) = try learner(test, seed: 78)
    _ = try other.replay(record)
    agent.begin(seed: 3, episode: 0)
    for (t, observation) in record.observations.enumerated() {
      if t == 6 { try other.resume(from: Array(agent.stateText.utf8), source: "state") }
      if t >= 6 { _ = try other.act(on: observation) }
      _ = try agent.act(on: observation)
      if t < record.actions.count {
        try agent.took(record.actions[t])
        if t >= 6 { try other.took(record.actions[t]) }
      }
    }
    #expect(other.state == agent.state)
    #expect(other.smoothedBeliefs == agent.smoothedBeliefs)
  }

  @Test("a state that is none of a window's is refused")
  func refusedState() throws {
    let (agent, record) = try learner(Case(scheme: .marginalMessagePassing, horizon: 3), seed: 79)
    _ = try agent.replay(record)
    let state = agent.state
    func expect(_ fault: String, _ change: (inout ActiveInferenceAgent.State) -> Void) {
      var changed = state
      change(&changed)
      let refused = #expect(throws: InvalidInput.self) { try agent.resume(changed) }
      let text = refused?.description ?? ""
      #expect(text.contains(fault), "\(text)")
    }
    try agent.resume(state)
    expect("window") { $0.window = nil }
    expect("give 3 of each") { _ = $0.window?.beliefs.removeLast() }
    expect("window.beliefs[0]") { $0.window?.beliefs[0][0] = 2 }
    expect("window.actions[1]") { $0.window?.actions[1][0] = 99 }
    expect("window.observations[2]") { $0.window?.observations[2] = [] }
    expect("window.concentration") { $0.window?.concentration = nil }
  }
}
