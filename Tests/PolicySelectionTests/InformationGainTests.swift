import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Information gain") struct InformationGainTests {
  /// The state information gain of one step from a belief about the sensors' state.
  private func gain(
    _ model: GenerativeModel, _ belief: [Double], _ kind: PlanningSettings.InformationGain,
    joint: Bool = true
  ) throws -> Double {
    var description = ModelDescription(model)
    description.controls = [Variable("wait", size: 1)]
    let planning = try Planning(GenerativeModel(description), joint: joint) {
      $0.informationGain = kind
    }
    try planning.score([belief])
    return planning.terms[0].stateInformationGain
  }

  @Test(
    "of two sensors that say the same is less than twice that of one", arguments: [true, false])
  func twoSensors(joint: Bool) throws {
    let two = try SampleModels.sensors(2)
    let even = [0.5, 0.5]
    // Summed by modality, pymdp 1.x finds more than there is to know.
    #expect(abs(try gain(two, even, .perModality, joint: joint) - 0.7361) < 5e-5)
    #expect(abs(try gain(two, even, .joint, joint: joint) - 0.5144) < 5e-5)
    let one = try SampleModels.sensors(1)
    let alone = try gain(one, even, .joint, joint: joint)
    #expect(abs(alone - 0.36806) < 5e-6)
    #expect(abs(try gain(one, even, .perModality, joint: joint) - alone) < 1e-15)
  }

  @Test("never exceeds what there is to know, nor the sum over single modalities")
  func bounds() throws {
    for seed in 0..<80 as Range<UInt64> {
      var options = RandomModel.Options()
      options.sparsity = seed % 2 == 0 ? 0 : 0.3
      options.horizon = 2
      var random = try RandomModel(seed: 300 + seed, options)
      guard !random.model.controls.isEmpty else { continue }
      let beliefs = random.model.factors.map { random.distribution($0.size) }
      func gains(_ kind: PlanningSettings.InformationGain) throws -> [Double] {
        let planning = try Planning(random.model) {
          $0.informationGain = kind
          $0.horizon = 2
        }
        try planning.score(beliefs)
        return planning.terms.map(\.stateInformationGain)
      }
      let joint = try gains(.joint)
      let single = try gains(.perModality)
      // Two steps, each from a belief over no more than all joint states.
      let most = 2 * log(Double(random.model.factors.reduce(1) { $0 * $1.size }))
      for policy in joint.indices {
        #expect(joint[policy] >= -1e-12, "model \(seed): \(joint[policy])")
        #expect(joint[policy] <= most + 1e-12, "model \(seed): \(joint[policy]), entropy \(most)")
        #expect(
          joint[policy] <= single[policy] + 1e-12,
          "model \(seed): joint \(joint[policy]), singly \(single[policy])")
      }
    }
  }

  @Test("is at most the entropy of the belief")
  func entropy() throws {
    let model = try SampleModels.sensors(3, accuracy: 0.99)
    for p in [0, 1e-300, 0.01, 0.2, 0.5, 1] {
      let entropy = [p, 1 - p].reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
      let joint = try gain(model, [p, 1 - p], .joint)
      #expect(joint >= -1e-15 && joint <= entropy + 1e-15, "p \(p): \(joint), entropy \(entropy)")
    }
  }

  @Test("is nothing where the state is certain", arguments: [true, false])
  func certain(joint: Bool) throws {
    for kind in PlanningSettings.InformationGain.allCases {
      let gain = try gain(SampleModels.sensors(2), [1, 0], kind, joint: joint)
      #expect(abs(gain) < 1e-15, "\(kind): \(gain)")
    }
  }

  @Test("of too many joint outcomes is an error that names the way out", arguments: [true, false])
  func tooManyOutcomes(joint: Bool) throws {
    let model = try SampleModels.sensors(21)
    let failure = #expect(throws: PlanningFailure.self) {
      try gain(model, [0.5, 0.5], .joint, joint: joint)
    }
    let names = (0..<21).map { "sensor \($0)" }
    #expect(failure == .jointOutcomes(modalities: names, count: 2_097_152))
    #expect(
      failure?.description
        == "the joint information gain of \(names.joined(separator: ", ")) has 2097152.0 joint"
        + " outcomes, more than 2^20; set planning.informationGain to perModality")
    // Certain of the state, nobody needs to enumerate anything.
    #expect(try gain(model, [1, 0], .joint, joint: joint) == 0)
    #expect(try gain(model, [0.5, 0.5], .perModality, joint: joint) > 7)
  }
}
