import ActiveInference
import Conformance
import EngineTestSupport
import Testing

/// Numbers that people know, printed in papers, notebooks and our notes.
@Suite("Named goldens") struct NamedGoldenTests {
  private func replay(_ file: String, _ name: String) throws -> [StepRecord] {
    let golden = try #require(try GoldenFile(file).cases.first { $0.name == name })
    return try ActiveInferenceAgent(golden.model, golden.configuration).replay(golden.record)
  }

  private func expect(
    _ got: [Double]?, _ expected: [Double], within tolerance: Double = 5e-9,
    _ place: Comment? = nil
  ) {
    var differences = Differences(tolerance: tolerance)
    differences.compare(got ?? [], expected, "value")
    #expect(differences.isEmpty, "\(place.map(String.init(describing:)) ?? "")\n\(differences)")
  }

  // MARK: - pymdp 1.0.4

  @Test("G1: the epistemic bandit looks first, and believes what it saw")
  func bandit() throws {
    let steps = try replay("pymdp-1.0.4/goldens", "G1 epistemic bandit")
    expect(steps[0].negativeExpectedFreeEnergy, [0, 0.11094407, 0.19274476])
    expect(steps[0].policyPosterior, [0.03478905, 0.20528674, 0.75992421])
    expect(steps[1].beliefs?[0], [0.8, 0.2])
    expect(steps[1].freeEnergy.map { [$0] }, [0.69314718])
    expect(steps[1].negativeExpectedFreeEnergy, [0, 0.34926663, 0.12646703])
  }

  @Test("G3: from the centre of the T-maze only the cue is worth a step")
  func tMaze() throws {
    let steps = try replay("pymdp-1.0.4/goldens", "G3 T-maze")
    expect(steps[0].negativeExpectedFreeEnergy, [0, 0, 0, 0.49463194, 0])
  }

  @Test("G4: the simplified T-maze, before the cue and after it")
  func simplifiedTMaze() throws {
    let steps = try replay("pymdp-1.0.4/goldens", "G4 simplified T-maze")
    let first = try #require(steps[0].negativeExpectedFreeEnergy)
    expect(Array(first[4..<8]), [0.09510807, 0.19021613, 0.19021613, 0.78825525])
    expect([first[15]], [1.38629436])
    let second = try #require(steps[1].negativeExpectedFreeEnergy)
    expect([second[5], second[10], second[6]], [3.8, -5.8, -1], within: 1e-12, "rows add")
  }

  @Test("G6: fixed-point iteration after 1, 2 and 16 sweeps")
  func fixedPoint() throws {
    let expected = [
      1: [0.78606123, 0.14890977], 2: [0.80902691, 0.13480036], 16: [0.80997959, 0.13367328],
    ]
    for (sweeps, values) in expected {
      let steps = try replay("pymdp-1.0.4/goldens", "G6 fixed-point iteration, \(sweeps)")
      expect(steps[0].beliefs?.map { $0[0] }, values, "\(sweeps) sweeps")
    }
  }

  @Test("G8: on a line, every step that does not lead to the goal costs ln epsilon")
  func line() throws {
    let steps = try replay("pymdp-1.0.4/goldens", "G8 inductive line")
    expect(
      steps[0].negativeExpectedFreeEnergy, [-13.81551056, -6.90775528, -6.90775528, 0])
  }

  @Test("G2: one datum adds itself to the bandit's counts")
  func banditCounts() throws {
    let numbers = try #require(try GoldenFile("pymdp-1.0.4/goldens").numbers).get("G2")
    let counts = try numbers.get("pA").array.map { try $0.tensor }
    let learned = try numbers.get("lastCounts").array.map { try $0.tensor }
    let beliefs = try numbers.get("lastBeliefs").array.map { try $0.numbers }
    let seen = try numbers.get("observations").array[1].integers
    // A of the golden is not the mean of its counts; here it is, so that only what is learned counts.
    let world = try #require(
      try GoldenFile("pymdp-1.0.4/goldens").cases.first { $0.name == "G1 epistemic bandit" })
    var description = ModelDescription(world.model)
    description.likelihoods = []
    for (modality, table) in counts.enumerated() {
      let name = world.model.modalities[modality].name
      description.likelihoods.append(.init(name, given: world.model.factors.map(\.name)))
      description.likelihoodCounts.append(.init(name, table))
    }
    let model = try GenerativeModel(description)
    let space = try BeliefSpace(CompiledModel(model), joint: false)
    var settings = LearningSettings()
    settings.likelihood = .init()
    let tables = ModelTables(space.compiled)
    let dynamics = BeliefDynamics<SingleArithmetic>(space)
    let learning = try ParameterLearning(
      space, settings, dynamics, original: ModelTables(space.compiled))
    let marginals = FixedBuffer(beliefs.flatMap { $0 })
    learning.learnLikelihoods(
      .observations(seen.map { .outcome($0) }), ignored: FixedBuffer(repeating: false, count: 3),
      belief: Belief(marginals.base), tables: tables, logs: nil)
    let got = tables.concentration(space.compiled).likelihood
    for modality in counts.indices {
      expect(got[modality]?.values, learned[modality].values, within: 1e-12)
    }
  }

  // MARK: - pymdp 0.0.7 and SPM

  @Test("the T-maze of the demonstration: expected free energy of centre, right, left, cue")
  func legacyTMaze() throws {
    let steps = try replay("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 1")
    expect(
      steps[0].negativeExpectedFreeEnergy, [-5.130387, -4.535279, -4.535279, -4.437240],
      within: 5e-7)
    expect(steps[0].policyPosterior.map { Array($0[1...]) }, [0.147, 0.147, 0.706], within: 5e-4)
    #expect(steps[0].choice == [3, 0])
    expect(
      steps[1].negativeExpectedFreeEnergy, [-5.130387, -2.250387, -8.010387, -5.130387],
      within: 5e-7, "after the cue")
  }

  @Test("with a cue that says nothing elsewhere, everything is a little more surprising")
  func nullCue() throws {
    let steps = try replay("pymdp-0.0.7.1/tmaze", "TMazeEnvNullOutcome horizon 1")
    expect(
      steps[0].negativeExpectedFreeEnergy, [-5.535852, -4.940744, -4.940744, -4.842705],
      within: 5e-7)
  }

  @Test("planning two steps open loop, the cue twice seems best")
  func twoSteps() throws {
    let steps = try replay("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 2")
    let values = try #require(steps[0].negativeExpectedFreeEnergy)
    expect([values[15], values[7], values[13]], [-8.8745, -8.9725, -8.9725], within: 5e-5)
    #expect(values.max() == values[15])
  }

  @Test("the bandit with a hint asks twice, then plays")
  func hint() throws {
    let steps = try replay("pymdp-0.0.7.1/hint-bandit", "hint bandit, loss -4")
    expect(
      steps[0].negativeExpectedFreeEnergy, [-4.614015, -4.531732, -5.421271, -5.421271],
      within: 5e-7)
    expect(
      steps[1].negativeExpectedFreeEnergy, [-4.6140, -4.5446, -4.7304, -6.1704], within: 5e-5)
    expect(
      steps[2].negativeExpectedFreeEnergy, [-4.6140, -4.5703, -4.2681, -6.7509], within: 5e-5)
    expect(steps[2].beliefs?[0].max().map { [$0] }, [0.844828], within: 5e-7)
    #expect(steps.map(\.choice) == [[0, 1], [0, 1], [0, 2]])
  }
}
