import ActiveInference
import Testing

@Suite("A record of a step") struct StepRecordTests {
  private let full: StepRecord = {
    var record = StepRecord(t: 3, observation: [.outcome(1)], action: [2])
    record.states = [4]
    record.choice = [2]
    record.impossible = ["light"]
    record.beliefs = [[0.5, 0.5]]
    record.smoothed = SmoothedBeliefs(windowStart: 2, beliefs: [[[1, 0]], [[0.5, 0.5]]])
    record.freeEnergy = 1
    record.negativeExpectedFreeEnergy = [2]
    record.terms = PolicyTerms(
      utility: [1], stateInformationGain: [1], parameterInformationGain: [0], inductive: [0])
    record.policyPosterior = [1]
    record.actionMarginals = [[0, 1]]
    record.iterates = Iterates(freeEnergy: [1], beliefs: [[[1]]], converged: true)
    return record
  }()

  @Test("is a value: a copy that is changed leaves the other as it was")
  func copies() {
    var copy = full
    #expect(copy == full && copy.hashValue == full.hashValue)
    copy.beliefs = [[1, 0]]
    #expect(full.beliefs == [[0.5, 0.5]])
    #expect(copy != full)
    #expect(copy.terms == full.terms && copy.impossible == ["light"])
  }

  @Test("differs from another in whatever differs")
  func differences() {
    let changes: [(inout StepRecord) -> Void] = [
      { $0.t = 0 }, { $0.observation = [.missing] }, { $0.states = nil }, { $0.action = [0] },
      { $0.choice = nil }, { $0.impossible = [] }, { $0.beliefs = nil }, { $0.freeEnergy = 0 },
      { $0.smoothed?.windowStart = 0 }, { $0.smoothed?.logEvidence = -1 },
      { $0.negativeExpectedFreeEnergy = nil }, { $0.terms?.utility = [2] },
      { $0.policyPosterior = [0] }, { $0.actionMarginals = nil },
      { $0.iterates?.converged = false },
    ]
    for change in changes {
      var changed = full
      change(&changed)
      #expect(changed != full)
    }
  }

  @Test("gives back what was seen and true, small or not")
  func numbers() {
    let seen: [[Observation]] = [
      [], [.missing], [.outcome(0), .missing, .outcome(254)], [.outcome(255)], [.outcome(70_000)],
      [.outcome(1), .distribution([0.5, 0.5])], Array(repeating: .outcome(3), count: 7),
      Array(repeating: .outcome(3), count: 8),
    ]
    let truths: [[Int]?] = [nil, [], [0, 255], [256], [-1], Array(0..<7), Array(0..<8)]
    for observation in seen {
      for states in truths {
        var record = StepRecord(t: 0, observation: observation)
        record.states = states
        #expect(record.observation == observation && record.states == states)
      }
    }
    for (a, one) in seen.enumerated() {
      for (b, other) in seen.enumerated() {
        let isSame = StepRecord(t: 0, observation: one) == StepRecord(t: 0, observation: other)
        #expect(isSame == (a == b))
      }
    }
  }

  @Test("of which everything has been taken away is one that never had it")
  func emptied() {
    var record = full
    record.impossible = []
    record = record.reduced(to: .choices)
    var plain = StepRecord(t: 3, observation: [.outcome(1)], action: [2])
    plain.states = [4]
    plain.choice = [2]
    #expect(record == plain && record.hashValue == plain.hashValue)
  }

  @Test("keeps what its level keeps", arguments: RecordLevel.allCases)
  func levels(level: RecordLevel) {
    let record = full.reduced(to: level)
    #expect((record.beliefs != nil) == (level >= .beliefs))
    #expect((record.smoothed != nil) == (level >= .beliefs))
    #expect((record.freeEnergy != nil) == (level >= .beliefs))
    #expect((record.terms != nil) == (level >= .full))
    #expect((record.actionMarginals != nil) == (level >= .full))
    #expect((record.iterates != nil) == (level >= .iterates))
    #expect(record.choice == [2] && record.impossible == ["light"])
  }
}
