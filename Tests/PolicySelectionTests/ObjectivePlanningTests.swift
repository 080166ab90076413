import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Policies under an objective") struct ObjectivePlanningTests {
  /// The value layer on each step that a policy leads to, minus what normalising C takes.
  @Test("are worth the sum of what the objective says of each belief they lead to")
  func sums() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<60 {
      var options = RandomModel.Options()
      options.horizon = 2
      var random = try RandomModel(seed: 900 + UInt64(seed), options)
      let model = random.model
      guard !model.controls.isEmpty else { continue }
      let preferences = zip(model.modalities, model.preferences).map { modality, preference in
        preference?.values ?? [Double](repeating: 0, count: modality.size)
      }
      let normaliser = preferences.reduce(0) { $0 + log($1.reduce(0) { $0 + exp($1) }) }
      let beliefs = model.factors.map { random.distribution($0.size) }
      for objective in Objective.allCases {
        for joint in PlanningSettings.OutcomeJoint.allCases
        where joint == .exactPosterior || (objective != .evidence && objective != .divergence) {
          let biased: BiasedJoint =
            joint == .exactPosterior
            ? .exactPosterior(logPreferences: preferences)
            : .stateIndependent(logPreferences: preferences)
          let planning = try Planning(model) {
            $0.horizon = 2
            $0.objective = objective
            $0.biasedJoint = joint
          }
          let values = try planning.score(beliefs)
          for (policy, value) in values.enumerated() {
            var belief = BruteForceBelief(model, beliefs)
            var sum = 0.0
            for action in planning.policies.policy(policy) {
              belief = belief.after(action)
              let terms = try PredictedJoint(model, beliefs: [belief.joint]).terms(biased)
              sum += normaliser - terms.value(of: objective)
            }
            let place = "model \(seed), \(objective), \(joint), policy \(policy)"
            differences.compare([value], [sum], place)
            differences.compare([planning.terms[policy].total], [value], place)
          }
        }
      }
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 1000)
  }

  @Test("a biased joint that the objective does not depend on is refused")
  func refused() throws {
    for objective in [Objective.evidence, .divergence] {
      var configuration = AgentConfiguration()
      configuration.planning.objective = objective
      configuration.planning.biasedJoint = .stateIndependent
      let refusal = #expect(throws: InvalidInput.self) {
        try ActiveInferenceAgent(SampleModels.tMaze(), configuration)
      }
      #expect(refusal?.description.contains("planning.biasedJoint: says nothing under") == true)
    }
  }
}

/// A joint belief carried forward by the model's own tables.
private struct BruteForceBelief {
  let model: GenerativeModel
  let joint: [Double]

  init(_ model: GenerativeModel, _ beliefs: [[Double]]) {
    self.model = model
    joint = beliefs.reduce([1]) { joint, belief in joint.flatMap { p in belief.map { p * $0 } } }
  }

  private init(_ model: GenerativeModel, joint: [Double]) {
    self.model = model
    self.joint = joint
  }

  private var states: [[Int]] {
    model.factors.reduce([[]]) { states, factor in
      states.flatMap { state in (0..<factor.size).map { state + [$0] } }
    }
  }

  func after(_ action: [Int]) -> BruteForceBelief {
    let states = states
    let next = states.map { next in
      zip(states, joint).reduce(0) { sum, state in
        var p = state.1
        for (factor, table) in model.transitions.enumerated() where p > 0 {
          let place =
            [next[factor]] + table.given.map { state.0[$0] } + table.controls.map { action[$0] }
          let offset = zip(table.probability.shape, place).reduce(0) { $0 * $1.0 + $1.1 }
          p *= table.probability.values[offset]
        }
        return sum + p
      }
    }
    return BruteForceBelief(model, joint: next)
  }
}
