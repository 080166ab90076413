import ActiveInference
import EngineTestSupport
import Testing

@Suite("Expected free energy") struct ExpectedFreeEnergyTests {
  @Test("of a policy is the sum over its steps, and its terms sum to it")
  func steps() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<40 as Range<UInt64> {
      var options = RandomModel.Options()
      options.horizon = 3
      options.counts = seed % 2 == 0
      var random = try RandomModel(seed: 700 + seed, options)
      let planning = try Planning(random.model) {
        $0.horizon = 3
        $0.parameterInformationGain = options.counts
      }
      let beliefs = random.model.factors.map { random.distribution($0.size) }
      let values = try planning.score(beliefs)
      for (policy, terms) in planning.terms.enumerated() {
        let place = "model \(seed), policy \(policy)"
        differences.compare(terms.total, values[policy], place)
        let steps = (0..<planning.policies.horizon).map {
          planning.scores.terms(policy: policy, step: $0)
        }
        differences.compare(
          steps.reduce(0) { $0 + $1.total }, values[policy], "\(place), sum over steps")
      }
      // The first step of a longer policy is worth what it is worth alone.
      var description = random.description
      description.habit = nil
      description.habitCounts = nil
      let short = try Planning(GenerativeModel(description)) {
        $0.horizon = 1
        $0.parameterInformationGain = options.counts
      }
      let alone = try short.score(beliefs)
      for policy in values.indices where planning.policies.horizon > 0 {
        let first = planning.policies.policy(policy)[0]
        guard let index = (0..<alone.count).first(where: { short.policies.policy($0) == [first] })
        else { continue }
        differences.compare(
          planning.scores.terms(policy: policy, step: 0).total, alone[index],
          "model \(seed), policy \(policy), first step")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("a preference by step is that step's; one row holds for all")
  func preferencesByStep() throws {
    var description = ModelDescription(try SampleModels.tMaze())
    func utilities(_ shape: [Int], _ values: [Double]) throws -> [Double] {
      description.preferences = [.init("where", Tensor(shape: shape, values))]
      let planning = try Planning(GenerativeModel(description)) {
        $0.horizon = 2
        $0.stateInformationGain = false
      }
      return try planning.score([[1, 0, 0, 0, 0], [0.5, 0.5]])
    }
    // To the cue and back: cue, then centre. To the cue and to stay: cue twice.
    let one = try utilities([5], [1, 0, 0, 10, 0])
    #expect(one[3 * 5 + 0] == 11 && one[3 * 5 + 3] == 20)
    let two = try utilities([2, 5], [1, 0, 0, 10, 0, 2, 0, 0, 20, 0])
    #expect(two[3 * 5 + 0] == 12 && two[3 * 5 + 3] == 30)
  }

  @Test("fewer rows of preferences than steps, and habits of another number, are refused")
  func refused() throws {
    var description = ModelDescription(try SampleModels.tMaze())
    description.preferences = [
      .init("reward", Tensor(shape: [2, 3], [Double](repeating: 0, count: 6)))
    ]
    description.habit = [0.5, 0.5]
    let model = try GenerativeModel(description)
    let refused = #expect(throws: InvalidInput.self) { try Planning(model) { $0.horizon = 3 } }
    #expect(
      refused?.description == """
        C[reward]: has 2 planning steps but the horizon is 3; give a row a step, or one row for all
        E: has 2 entries but there are 125 policies; give one a policy, in policy order
        """)
    let uncounted = #expect(throws: InvalidInput.self) {
      try Planning(SampleModels.tMaze()) { $0.parameterInformationGain = true }
    }
    #expect(
      uncounted?.description == "planning.parameterInformationGain: the model has no counts for"
        + " A or B to learn about; add concentration.A or concentration.B")
  }
}
