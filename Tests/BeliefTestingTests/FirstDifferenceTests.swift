import ActiveInference
import BeliefTesting
import Testing

@Suite("The first difference of two traces")
struct FirstDifferenceTests {
  @Test("a trace does not differ from itself, nor from what is written and read back")
  func same() throws {
    for level in RecordLevel.allCases {
      let trace = try forkTrace(level)
      #expect(firstDifference(expected: trace, actual: trace) == nil)
      let read = try Trace(document: trace.document, source: "")
      #expect(firstDifference(expected: trace, actual: read) == nil)
      #expect(firstDifference(expected: read, actual: try forkTrace(level)) == nil)
    }
  }

  @Test("a change of 1e-12 in one belief is found and named")
  func smallChange() throws {
    let trace = try forkTrace()
    var changed = trace
    let belief = try #require(trace.steps[3].beliefs)[1][1]
    changed.steps[3].beliefs?[1][1] = belief + 1e-12
    let found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.step == 3)
    #expect(found.quantity == "beliefs")
    #expect(found.index == [1, 1])
    #expect(found.labels == ["context", "right pays"])
    #expect(found.expected == .number(belief))
    #expect(found.actual == .number(belief + 1e-12))
    let change = Float(belief + 1e-12 - belief)
    #expect(
      "\(found)" == "step 3, belief in (context, right pays): expected \(belief), "
        + "got \(belief + 1e-12) (difference \(change))")
    #expect(try firstDifference(expected: trace, actual: changed, within: 2e-12) == nil)
    #expect(try firstDifference(expected: trace, actual: changed, within: 0.5e-12) == found)
  }

  @Test("a belief about another step is named by that step")
  func smoothed() throws {
    var trace = try forkTrace()
    let beliefs = [[[1, 0, 0], [0.25, 0.75]], [[0, 1, 0], [0.5, 0.5]]]
    trace.steps[4].smoothed = SmoothedBeliefs(windowStart: 3, beliefs: beliefs, logEvidence: -2)
    var changed = trace
    changed.steps[4].smoothed?.logEvidence = -3
    #expect(
      firstDifference(expected: trace, actual: changed)?.description
        == "step 4, log evidence: expected -2.0, got -3.0 (difference -1.0)")
    changed.steps[4].smoothed?.beliefs[1][1][0] = 0.75
    let found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.quantity == "smoothedBeliefs" && found.index == [1, 1, 0])
    #expect(
      "\(found)"
        == "step 4, smoothed belief in (step 4, context, left pays): expected 0.5, got 0.75"
        + " (difference 0.25)")
    changed.steps[4].smoothed?.windowStart = 2
    #expect(firstDifference(expected: trace, actual: changed)?.quantity == "windowStart")
    let read = try Trace(document: trace.document, source: "")
    #expect(firstDifference(expected: trace, actual: read) == nil)
    trace.steps[4].smoothed = nil
    #expect(firstDifference(expected: trace, actual: changed) == nil)
  }

  @Test("the smallest bit counts where the tolerance is zero, and only there")
  func smallestBit() throws {
    let trace = try forkTrace()
    var changed = trace
    let value = try #require(trace.steps[0].policyPosterior)[7]
    changed.steps[0].policyPosterior?[7] = value.nextUp
    #expect(
      firstDifference(expected: trace, actual: changed)?.description
        == "step 0, posterior probability of policy 7 (right, then left): "
        + "expected \(value), got \(value.nextUp) (difference \(Float(value.nextUp - value)))")
    #expect(try firstDifference(expected: trace, actual: changed, within: 1e-15) == nil)
    changed = trace
    changed.steps[1].freeEnergy = 0
    var negative = changed
    negative.steps[1].freeEnergy = -0.0
    #expect(
      firstDifference(expected: changed, actual: negative)?.description
        == "step 1, free energy: expected 0.0, got -0.0 (difference -0.0)")
    #expect(try firstDifference(expected: changed, actual: negative, within: 1e-300) == nil)
  }

  @Test("what is no number equals only what is none")
  func notANumber() throws {
    var trace = try forkTrace()
    var changed = trace
    changed.steps[2].freeEnergy = .nan
    let value = try #require(trace.steps[2].freeEnergy)
    for tolerance in [0, 1e9, 1e300] {
      #expect(
        try firstDifference(expected: trace, actual: changed, within: tolerance)?.description
          == "step 2, free energy: expected \(value), got nan")
      #expect(try firstDifference(expected: changed, actual: trace, within: tolerance) != nil)
    }
    trace.steps[2].freeEnergy = -.nan
    #expect(firstDifference(expected: trace, actual: changed) == nil)
    trace.steps[2].freeEnergy = .infinity
    changed.steps[2].freeEnergy = .infinity
    #expect(firstDifference(expected: trace, actual: changed) == nil)
    changed.steps[2].freeEnergy = -.infinity
    #expect(
      try firstDifference(expected: trace, actual: changed, within: 1)?.description
        == "step 2, free energy: expected inf, got -inf")
  }

  @Test("what the expected trace left out is not compared, what the actual one lacks is missed")
  func levels() throws {
    let full = try forkTrace(.iterates)
    for level in RecordLevel.allCases {
      #expect(firstDifference(expected: try forkTrace(level), actual: full) == nil)
    }
    #expect(
      firstDifference(expected: full, actual: try forkTrace(.full))?.description
        == "step 0, iterates: expected a value, got nothing")
    #expect(
      firstDifference(expected: full, actual: try forkTrace(.choices))?.description
        == "step 0, beliefs: expected a value, got nothing")
  }

  @Test("the first difference is that of the first step, and in it of the first key")
  func order() throws {
    let trace = try forkTrace()
    var changed = trace
    changed.final.initialState[1]?[0] = 99
    var found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.step == nil)
    #expect(found.quantity == "final.concentration.D")
    changed.steps[3].choice = [0]
    changed.steps[3].freeEnergy = 1e9
    found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.step == 3)
    #expect(found.quantity == "freeEnergy")
    changed.steps[3].observation[1] = .missing
    found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.quantity == "observation")
    changed.steps[2].choice = [99]
    found = try #require(firstDifference(expected: trace, actual: changed))
    #expect(found.step == 2)
    #expect(found.quantity == "choice")
  }
}

/// The first difference that is larger than this.
private func firstDifference(
  expected: Trace, actual: Trace, within bound: Double
) throws -> Difference? {
  try firstDifference(
    expected: expected, actual: actual, tolerances: Tolerances(.absolute(bound)))
}
