import ActiveInference
import Conformance
import EngineTestSupport
import Testing

/// Numbers that people know; RELIABILITY.md shows them.
@Suite("Named goldens") struct NamedGoldenTests {
  @Test(
    "a number that was printed somewhere comes out to its last digit",
    arguments: NamedValue.all.indices)
  func printed(index: Int) throws {
    let value = NamedValue.all[index]
    var differences = Differences(tolerance: value.tolerance)
    differences.compare(try value.measure(), value.expected, "\(value.name), \(value.what)")
    #expect(differences.isEmpty, "\(differences)")
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
    var differences = Differences(tolerance: 1e-12)
    for modality in counts.indices {
      differences.compare(
        got[modality]?.values ?? [], learned[modality].values, "modality \(modality)")
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("planning two steps open loop, the cue twice seems best")
  func twoSteps() throws {
    let steps = try NamedValue.replay("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 2")
    let values = try #require(steps[0].negativeExpectedFreeEnergy)
    #expect(values.max() == values[15])
  }

  @Test(
    "the T-maze of the demonstration goes to the cue, the bandit with a hint asks twice, then plays"
  )
  func choices() throws {
    #expect(
      try NamedValue.replay("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 1")[0].choice == [3, 0])
    #expect(
      try NamedValue.replay("pymdp-0.0.7.1/hint-bandit", "hint bandit, loss -4").map(\.choice)
        == [[0, 1], [0, 1], [0, 2]])
  }
}
