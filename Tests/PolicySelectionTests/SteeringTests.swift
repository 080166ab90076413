import ActiveInference
import CueChaining
import EngineTestSupport
import Testing

/// Beliefs that are certain of what actions steer are told apart by that alone, and valued without being
/// written down. Without it every prefix has a belief of its own.
@Suite("Steering") struct SteeringTests {
  /// Debug builds are slow.
  private static var seeds: Range<UInt64> {
    #if DEBUG
      0..<12
    #else
      0..<300
    #endif
  }

  /// Whether the scores of all policies, and their parts, have the bits that they have without; and whether
  /// beliefs were told apart by what is steered.
  private func compare(
    _ model: GenerativeModel, _ beliefs: [[Double]], joint: Bool,
    _ change: (inout PlanningSettings) -> Void = { _ in }
  ) throws -> (isSame: Bool, isSteered: Bool) {
    let plans = try [true, false].map { merges in
      try Planning(model, joint: joint, mergesBeliefs: merges) {
        $0.horizon = model.policies == nil ? 3 : nil
        $0.informationGain = .perModality
        change(&$0)
      }
    }
    let values = try plans.map { try $0.score(beliefs) }
    #expect(!plans[1].scores.isSteered)
    let terms = plans.map(\.terms)
    let other = values[0].indices.first {
      values[0][$0].bitPattern != values[1][$0].bitPattern || terms[0][$0] != terms[1][$0]
    }
    if let other {
      Issue.record(
        "policy \(other): \(values[0][other]), \(terms[0][other]), not \(values[1][other]), \(terms[1][other])"
      )
    }
    return (other == nil, plans[0].scores.isSteered)
  }

  /// Nobody knows the mood or the season; the place and the door are known.
  private func beliefs(_ seed: UInt64, place: Int = 2) -> [[Double]] {
    var random = RandomStream(seed: seed, episode: 1, step: 0, purpose: .user)
    return [
      random.distribution(3, 0.2), (0..<5).map { $0 == place ? 1 : 0 }, random.distribution(2, 0),
      [0, 1],
    ]
  }

  @Test("changes no bit of any score, whether the rest stays or changes by itself")
  func bits() throws {
    for seed in SteeringTests.seeds {
      var options = SteeredModel.Options()
      options.drifts = seed % 2 == 0
      options.preferenceRows = seed % 4 < 2 ? nil : 3
      if seed % 3 == 0 {
        options.policies = [
          [[0, 0], [1, 1], [0, 1]], [[1, 0], [1, 1], [0, 0]], [[0, 0], [1, 1], [1, 1]],
          [[0, 0], [0, 1], [0, 1]],
        ]
      }
      let model = try SteeredModel(seed: seed, options).model
      for joint in [true, false] {
        let result = try compare(model, beliefs(seed), joint: joint) {
          $0.utility = seed % 5 != 0
          $0.stateInformationGain = seed % 7 != 1
        }
        #expect(result.isSame && result.isSteered, "model \(seed), joint \(joint)")
      }
    }
  }

  @Test("goes on from one belief to another, certain or not")
  func turns() throws {
    let model = try SteeredModel(seed: 1).model
    let plans = try [true, false].map { merges in
      try Planning(model, mergesBeliefs: merges) {
        $0.horizon = 3
        $0.informationGain = .perModality
      }
    }
    for step in 0..<6 as Range<UInt64> {
      var beliefs = beliefs(step, place: Int(step) % 5)
      if step % 3 == 1 { beliefs[1] = [0, 0.5, 0, 0, 0.5] }
      let values = try plans.map { try $0.score(beliefs).map(\.bitPattern) }
      #expect(values[0] == values[1], "step \(step)")
      #expect(plans[0].scores.isSteered == (step % 3 != 1))
    }
  }

  @Test(
    "is how chained cues are weighed, by joint beliefs and by marginals", arguments: [true, false])
  func chaining(joint: Bool) throws {
    let chain = try CueChaining(parameters: ["includeStay": .boolean(false)])
    let cells = chain.model.factors[0].size
    for cell in [0, 11, cells - 1] {
      let beliefs = [
        (0..<cells).map { $0 == cell ? 1 : 0 }, [0.5, 0.25, 0.125, 0.125], [0.75, 0.25],
      ]
      let result = try compare(chain.model, beliefs, joint: joint)
      #expect(result.isSame && result.isSteered, "cell \(cell)")
    }
  }

  @Test("is not where moves may fail, are led by what is not known, or may be learned to fail")
  func chance() throws {
    var slippery = SteeredModel.Options()
    slippery.slips = true
    var seasonal = SteeredModel.Options()
    seasonal.seasonLeads = true
    var learned = ModelDescription(try SteeredModel(seed: 3).model)
    learned.transitionCounts = learned.transitions.filter { $0.factor == "place" }.compactMap {
      transition in transition.probability.map { .init("place", $0.mapStored { 4 * $0 }) }
    }
    let models = try [
      SteeredModel(seed: 1, slippery).model, SteeredModel(seed: 2, seasonal).model,
      GenerativeModel(learned),
    ]
    for (index, model) in models.enumerated() {
      for joint in [true, false] {
        let result = try compare(model, beliefs(9), joint: joint)
        #expect(result.isSame && !result.isSteered, "model \(index), joint \(joint)")
      }
    }
  }

  @Test("is not where beliefs are read whole: joint outcomes, goals")
  func whole() throws {
    let model = try SteeredModel(seed: 4).model
    let joint = try compare(model, beliefs(1), joint: true) { $0.informationGain = .joint }
    #expect(joint.isSame && !joint.isSteered)
    var description = ModelDescription(try SteeredModel(seed: 5).model)
    description.goals = [.init("place", Tensor(shape: [5], [0, 0, 0, 0, 1]))]
    let goal = try compare(try GenerativeModel(description), beliefs(1), joint: true) {
      $0.inductive = .init(depth: 3)
    }
    #expect(goal.isSame && !goal.isSteered)
  }
}
