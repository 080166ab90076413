import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Action selection") struct ActionSelectionTests {
  /// Two controls of 2 and 3 actions, all six joint actions as policies of one step.
  private func selection(
    _ change: (inout ActionSettings) -> Void
  ) throws -> (ActionSelection<SingleArithmetic>, PolicySet) {
    var model = ModelDescription()
    model.factors = [Variable("factor", size: 1)]
    model.modalities = [Variable("modality", size: 1)]
    model.controls = [Variable("one", size: 2), Variable("two", size: 3)]
    model.likelihoods = [.init("modality", given: [], Tensor(shape: [1], [1]))]
    model.transitions = [.init("factor", given: [], controls: [], Tensor(shape: [1], [1]))]
    var settings = ActionSettings()
    change(&settings)
    let checked = try GenerativeModel(model)
    let policies = try PolicySet(CompiledModel(checked), horizon: 1)
    return (ActionSelection<SingleArithmetic>(checked, policies, settings), policies)
  }

  /// How often each joint action is chosen at so many steps.
  private func frequencies(
    _ posterior: [Double], draws: UInt64, _ change: (inout ActionSettings) -> Void
  ) throws -> [Double] {
    let (selection, _) = try selection(change)
    let posterior = FixedBuffer(posterior)
    selection.fillMarginals(posterior.base)
    let choice = FixedBuffer(repeating: 0, count: 2)
    var counts = [Double](repeating: 0, count: 6)
    for step in 0..<draws {
      selection.choose(
        posterior.base, marginals: selection.marginals.base, seed: 3, episode: 1, step: step,
        into: choice.base)
      counts[choice.base[0] * 3 + choice.base[1]] += 1
    }
    return counts.map { $0 / Double(draws) }
  }

  private let posterior = [0.05, 0.3, 0.1, 0.25, 0, 0.3]

  private func expectFrequencies(
    _ got: [Double], _ expected: [Double], draws: UInt64
  ) {
    for (index, p) in expected.enumerated() {
      let error = 4 * (p * (1 - p) / Double(draws)).squareRoot()
      #expect(
        abs(got[index] - p) <= error,
        "joint action \(index): expected \(p) to within \(error), got \(got[index])")
    }
  }

  @Test("what one control has to choose from does not move the draws of another")
  func independentControls() throws {
    /// What the last of two controls does at each step where each action of both is as probable.
    func draws(of first: Int) throws -> [Int] {
      var model = ModelDescription()
      model.factors = [Variable("factor", size: 1)]
      model.modalities = [Variable("modality", size: 1)]
      model.controls = [Variable("one", size: first), Variable("two", size: 4)]
      model.likelihoods = [.init("modality", given: [], Tensor(shape: [1], [1]))]
      model.transitions = [.init("factor", given: [], controls: [], Tensor(shape: [1], [1]))]
      var configuration = AgentConfiguration()
      configuration.action.selection = .stochastic
      configuration.action.mode = .marginal
      configuration.action.alpha = 1
      let agent = try ActiveInferenceAgent(GenerativeModel(model), configuration)
      agent.begin(seed: 5, episode: 1)
      return try (0..<200).map { _ in try agent.act(on: [.outcome(0)])[1] }
    }
    let alone = try draws(of: 1)
    #expect(Set(alone).count == 4)
    for actions in [2, 3, 8] { #expect(try draws(of: actions) == alone, "\(actions) actions") }
  }

  @Test("the most probable is chosen, the lowest index where two are equal")
  func deterministic() throws {
    #expect(
      try frequencies(posterior, draws: 20) { $0.mode = .full } == [0, 1, 0, 0, 0, 0])
    // Marginals: one [.45, .55], two [.3, .3, .4].
    #expect(
      try frequencies(posterior, draws: 20) { $0.mode = .marginal } == [0, 0, 0, 0, 0, 1])
    let even = [Double](repeating: 1 / 6.0, count: 6)
    #expect(try frequencies(even, draws: 20) { $0.mode = .marginal } == [1, 0, 0, 0, 0, 0])
  }

  @Test(
    "a policy is drawn with probability in proportion to posterior^alpha", arguments: [1, 2.5, 0])
  func full(alpha: Double) throws {
    let draws: UInt64 = 20_000
    let weights = posterior.map { $0 > 0 ? pow($0, alpha) : 0 }
    let total = weights.reduce(0, +)
    let got = try frequencies(posterior, draws: draws) {
      $0.selection = .stochastic
      $0.mode = .full
      $0.alpha = alpha
    }
    expectFrequencies(got, weights.map { $0 / total }, draws: draws)
    #expect(got[4] == 0, "a policy without probability")
  }

  @Test("controls are drawn independently, each by its marginal^alpha", arguments: [1, 2.0])
  func marginal(alpha: Double) throws {
    let draws: UInt64 = 20_000
    func normalized(_ p: [Double]) -> [Double] {
      let weights = p.map { pow($0, alpha) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    let one = normalized([0.45, 0.55])
    let two = normalized([0.3, 0.3, 0.4])
    let got = try frequencies(posterior, draws: draws) {
      $0.selection = .stochastic
      $0.mode = .marginal
      $0.alpha = alpha
    }
    expectFrequencies(got, one.flatMap { p in two.map { p * $0 } }, draws: draws)
  }

  @Test("a very precise choice is the most probable")
  func precise() throws {
    for alpha in [1e4, 1e300] {
      let got = try frequencies([0.2, 0.1, 0.1, 0.3, 0.1, 0.2], draws: 200) {
        $0.selection = .stochastic
        $0.alpha = alpha
      }
      #expect(got == [0, 0, 0, 1, 0, 0], "alpha \(alpha): \(got)")
    }
  }

  @Test("a choice depends on seed, episode and step, not on what was drawn before")
  func addressed() throws {
    let (selection, _) = try selection { $0.selection = .stochastic }
    let posterior = FixedBuffer(posterior)
    let choice = FixedBuffer(repeating: 0, count: 2)
    func draw(_ seed: UInt64, _ episode: UInt64, _ step: UInt64) -> [Int] {
      selection.choose(
        posterior.base, marginals: selection.marginals.base, seed: seed, episode: episode,
        step: step, into: choice.base)
      return choice.array(0..<2)
    }
    let forwards = (0..<50).map { draw(1, 0, $0) }
    let backwards = (0..<50).reversed().map { draw(1, 0, $0) }
    #expect(forwards == backwards.reversed())
    #expect((0..<50).map { draw(2, 0, $0) } != forwards)
    #expect((0..<50).map { draw(1, 1, $0) } != forwards)
  }
}
