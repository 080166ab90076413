import ActiveInference
import BeliefTesting
import Testing

@Suite("What a difference says")
struct DifferenceTextTests {
  /// What is said of a trace in which something is changed.
  private func text(_ change: (inout Trace) -> Void) throws -> String? {
    let trace = try forkTrace(.iterates)
    var changed = trace
    change(&changed)
    return firstDifference(expected: trace, actual: changed)?.description
  }

  @Test("observations, states and actions are named by their labels")
  func labels() throws {
    #expect(
      try text { $0.steps[0].observation[0] = .outcome(2) }
        == "step 0, observation of where: expected fork, got right")
    #expect(
      try text { $0.steps[0].observation[0] = .missing }
        == "step 0, observation of where: expected fork, got nothing")
    #expect(
      try text { $0.steps[0].states?[0] = 1 }
        == "step 0, true state of place: expected fork, got left")
    #expect(
      try text { $0.steps[0].action?[0] = 7 }?.hasSuffix(", got go 7") == true)
    #expect(
      try text { $0.steps[1].impossible = ["where"] }
        == "step 1, impossible outcomes: expected nothing, got where")
  }

  @Test("an uncertain observation is compared number by number")
  func distributions() throws {
    var trace = try forkTrace()
    var changed = trace
    trace.steps[0].observation[1] = .distribution([0.25, 0.75])
    changed.steps[0].observation[1] = .distribution([0.25, 0.5])
    #expect(
      firstDifference(expected: trace, actual: changed)?.description
        == "step 0, observation of (reward, reward): expected 0.75, got 0.5 (difference -0.25)")
    changed.steps[0].observation[1] = .outcome(1)
    #expect(
      firstDifference(expected: trace, actual: changed)?.description
        == "step 0, observation of reward: expected [0.25, 0.75], got reward")
  }

  @Test("policies are named by number and actions, terms by what they are")
  func policies() throws {
    let value = try #require(forkTrace().steps[1].terms).utility[5]
    #expect(
      try text { $0.steps[1].terms?.utility[5] = value + 1 }
        == "step 1, utility of policy 5 (left, then right): expected \(value), got \(value + 1) "
        + "(difference 1.0)")
    #expect(
      try text { $0.steps[1].actionMarginals?[0][2] = 7 }?.hasPrefix(
        "step 1, marginal probability of action (go, right): expected ") == true)
    #expect(
      try text { $0.steps[1].iterates?.beliefs[0][0][1] = 7 }?.hasPrefix(
        "step 1, belief in (sweep 0, place, left): expected ") == true)
    #expect(
      try text { $0.steps[1].iterates?.freeEnergy[0] = 7 }?.hasPrefix(
        "step 1, free energy after sweep 0: expected ") == true)
  }

  @Test("what has another length is told by its length")
  func lengths() throws {
    #expect(
      try text { $0.steps[0].policyPosterior?.removeLast() }
        == "step 0, number of policies in policyPosterior: expected 9, got 8")
    #expect(
      try text { $0.steps[0].beliefs?[1] = [1] }
        == "step 0, number of numbers in beliefs context: expected 2, got 1")
    #expect(try text { $0.steps.removeLast() } == "number of steps: expected 5, got 4")
    #expect(
      try text { $0.steps[0].observation = [] }
        == "step 0, number of entries in observation: expected 2, got 0")
  }

  @Test("counts are named by table and cell")
  func counts() throws {
    let trace = try forkTrace()
    let counts = try #require(trace.final.likelihood[1])
    var values = counts.values
    values[9] += 0.5
    let changed = Tensor(shape: counts.shape, values)
    #expect(
      try text { $0.final.likelihood[1] = changed }
        == "final count in A (reward, reward, left, right pays): "
        + "expected \(counts.values[9]), got \(values[9]) (difference 0.5)")
    #expect(
      try text { $0.final.habit = [1] }
        == "number of policies in final.concentration.E: expected 9, got 1")
    #expect(
      try text { $0.final.initialState[1] = nil }
        == "final.concentration.D context: expected a value, got nothing")
  }
}
