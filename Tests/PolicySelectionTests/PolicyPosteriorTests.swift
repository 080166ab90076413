import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Policy posterior") struct PolicyPosteriorTests {
  /// The posterior over `values.count` policies of one step.
  private func posterior(
    _ values: [Double], gamma: Double, habit: [Double]? = nil
  ) throws -> [Double] {
    var model = ModelDescription()
    model.factors = [Variable("factor", size: 1)]
    model.modalities = [Variable("modality", size: 1)]
    model.controls = [Variable("control", size: values.count)]
    model.likelihoods = [.init("modality", given: [], Tensor(shape: [1], [1]))]
    model.transitions = [.init("factor", given: [], controls: [], Tensor(shape: [1], [1]))]
    model.habit = habit
    let planning = try Planning(GenerativeModel(model))
    for (policy, value) in values.enumerated() { planning.scores.values.base[policy] = value }
    let posterior = FixedBuffer(repeating: 0.0, count: values.count)
    planning.scores.fillPosterior(gamma: gamma, into: posterior.base)
    return posterior.array(0..<values.count)
  }

  @Test("is softmax of gamma times value plus the logarithm of the habit")
  func formula() throws {
    let weights = [0.2 * exp(2.0), 0.5 * exp(-1.0), 0.3 * exp(1.0)]
    let total = weights.reduce(0, +)
    var differences = Differences(tolerance: 1e-15)
    differences.compare(
      try posterior([1, -0.5, 0.5], gamma: 2, habit: [0.2, 0.5, 0.3]), weights.map { $0 / total },
      "posterior")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("a policy that is never a habit is never chosen")
  func zeroHabit() throws {
    #expect(try posterior([5, 0, 0], gamma: 16, habit: [0, 0.5, 0.5]) == [0, 0.5, 0.5])
  }

  @Test("with no precision is the habit")
  func noPrecision() throws {
    var differences = Differences(tolerance: 1e-15)
    differences.compare(
      try posterior([900, -900], gamma: 0, habit: [0.3, 0.7]), [0.3, 0.7], "posterior")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("is certain, not NaN, however large the precision")
  func largePrecision() throws {
    for gamma in [1e3, 1e150, Double.greatestFiniteMagnitude] {
      #expect(try posterior([-3, -2, -5], gamma: gamma) == [0, 1, 0], "gamma \(gamma)")
      #expect(try posterior([3, 2, 3], gamma: gamma) == [0.5, 0, 0.5], "gamma \(gamma)")
      #expect(
        try posterior([9, 1, 2], gamma: gamma, habit: [0, 0.5, 0.5]) == [0, 0, 1], "gamma \(gamma)")
    }
  }
}
