import ActiveInference
import BeliefTesting
import EngineTestSupport
import Foundation
import Testing

/// Inference by policy beside what SPM's own numbers show (`GoldenTests`).
@Suite("Messages by policy") struct PolicyMessageTests {
  private func agent(
    _ model: GenerativeModel, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> ActiveInferenceAgent {
    var configuration = AgentConfiguration(preset: .spm)
    configuration.planning.horizon = 2
    change(&configuration)
    return try ActiveInferenceAgent(model, configuration)
  }

  @Test("come to rest where those within weigh half and what is seen weighs whole")
  func fixedPoint() throws {
    let agent = try agent(ExtremeModels.switches()) {
      $0.inference.iterations = 2000
      $0.inference.policyMessages.zeta = 100
    }
    let seen = [0, 1, 1]
    let record = BehaviourRecord(
      observations: seen.map { [.outcome($0)] }, actions: [[0], [1]])
    let last = try #require(agent.replay(record, level: .iterates).last)
    let beliefs = try #require(last.iterates?.policyBeliefs?.last)
    // P(light | state), P(next | state, press) and P(first) of the model.
    let a = [[0.9, 0.2], [0.1, 0.8]]
    let b = [[[0.9, 0.2], [0.1, 0.8]], [[0.1, 0.6], [0.9, 0.4]]]
    var differences = Differences(tolerance: 1e-9)
    for policy in 0..<4 {
      let actions = [policy / 2, policy % 2]
      let x = beliefs[policy].map { $0[0] }
      for time in 0..<3 {
        var logs = [0.0, 0.0]
        for state in 0..<2 {
          var forward = 0.5
          if time > 0 {
            let table = b[actions[time - 1]]
            forward = table[state][0] * x[time - 1][0] + table[state][1] * x[time - 1][1]
          }
          let likelihood = log(a[seen[time]][state])
          if time == 2 {
            logs[state] = likelihood + log(forward)
            continue
          }
          let table = b[actions[time]]
          var backward = 0.0
          for next in 0..<2 {
            backward += table[next][state] / (table[next][0] + table[next][1]) * x[time + 1][next]
          }
          logs[state] = likelihood + (log(forward) + log(backward)) / 2
        }
        let expected = 1 / (1 + exp(logs[1] - logs[0]))
        differences.compare(x[time][0], expected, "policy \(policy), time \(time)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("a policy that what is seen speaks against is dropped for the rest of the episode")
  func dropping() throws {
    let sure = Tensor(shape: [2, 2], [0.999, 0.001, 0.001, 0.999])
    let moves = Tensor(shape: [2, 2, 2], [0.999, 0.001, 0.999, 0.001, 0.001, 0.999, 0.001, 0.999])
    let model = try ExtremeModels.switches {
      $0.likelihoods = [.init("light", given: ["state"], sure)]
      $0.transitions = [.init("state", given: ["state"], controls: ["press"], moves)]
    }
    let record = BehaviourRecord(
      observations: [0, 0, 0].map { [.outcome($0)] }, actions: [[0], [0]])
    let steps = try agent(model).replay(record)
    // Those that press at first would have led to the other state.
    let posterior = try #require(steps[2].policyPosterior)
    #expect(posterior[2] == 0 && posterior[3] == 0 && posterior[0] > 0)
    #expect(steps[2].policyFreeEnergy?[2] == 0)
  }

  @Test("what is missing at every step leaves beliefs between the messages alone")
  func missing() throws {
    let model = try ExtremeModels.switches()
    let blind = try ExtremeModels.switches {
      $0.likelihoods = [
        .init("light", given: ["state"], Tensor(shape: [2, 2], [0.5, 0.5, 0.5, 0.5]))
      ]
    }
    func beliefs(_ model: GenerativeModel, _ seen: Observation) throws -> [[[Double]]] {
      let agent = try agent(model) {
        $0.planning.utility = false
        $0.planning.stateInformationGain = false
      }
      agent.begin(seed: 0, episode: 0)
      for _ in 0..<3 { _ = try agent.act(on: [seen]) }
      return try #require(agent.beliefsOverTime)
    }
    var differences = Differences(tolerance: 1e-12)
    let (one, other) = (try beliefs(model, .missing), try beliefs(blind, .outcome(1)))
    for time in 0..<3 { differences.compare(one[time], other[time], "time \(time)") }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("an episode that is longer than the policies is refused at its first step too many")
  func beyond() throws {
    let agent = try agent(ExtremeModels.switches())
    agent.begin(seed: 0, episode: 0)
    for _ in 0..<3 { _ = try agent.act(on: [.outcome(0)]) }
    #expect(throws: AgentFailure.beyondPolicies(step: 3, horizon: 2)) {
      try agent.act(on: [.outcome(0)])
    }
  }

  @Test("goes on with the same bits where it was saved, from a file")
  func resumed() throws {
    let model = try ExtremeModels.switches()
    let seen: [Observation] = [.outcome(1), .missing, .distribution([0.3, 0.7])]
    let whole = try agent(model)
    whole.begin(seed: 4, episode: 2)
    for observation in seen.prefix(2) { _ = try whole.act(on: [observation]) }
    let other = try agent(model)
    try other.resume(from: Array(whole.stateText.utf8), source: "state")
    #expect(try whole.act(on: [seen[2]]) == other.act(on: [seen[2]]))
    #expect(whole.policyPosterior == other.policyPosterior)
    #expect(whole.beliefsOverTime == other.beliefsOverTime)
  }

  @Test("a trace with every sweep reads back the same, and a changed number is found")
  func trace() throws {
    let model = try ExtremeModels.switches()
    var configuration = AgentConfiguration(preset: .spm)
    configuration.planning.horizon = 2
    configuration.inference.iterations = 3
    let agent = try ActiveInferenceAgent(model, configuration)
    let record = BehaviourRecord(
      observations: [0, 1, 0].map { [.outcome($0)] }, actions: [[0], [1]])
    let trace = Trace(
      model: model, agent: configuration, environment: nil, seed: 0, episode: 0,
      steps: try agent.replay(record, level: .iterates), final: agent.concentration)
    var line: [UInt8] = []
    trace.appendLine(to: &line)
    for text in [line, Array(trace.jsonText.utf8)] {
      let read = try #require(Trace.read(contentsOf: text, source: "t").first)
      #expect(read.steps == trace.steps)
    }
    var changed = trace
    changed.steps[1].iterates?.policyBeliefs?[2][1][0][0][1] += 1e-9
    let difference = firstDifference(expected: trace, actual: changed)
    #expect(difference?.quantity == "iterates.policyBeliefs")
    #expect(difference?.index == [2, 1, 0, 0, 1])
    changed = trace
    changed.steps[2].precisionUpdates?[15] += 1
    #expect(firstDifference(expected: trace, actual: changed)?.quantity == "precisionUpdates")
  }
}
