import ActiveInference
import EngineTestSupport
import Testing

@Suite("Search of sequences") struct SequenceSearchTests {
  private typealias Preset = AgentConfiguration.Preset

  /// What an agent finds of a model in its first steps.
  private func records(
    _ model: GenerativeModel, _ configuration: AgentConfiguration, _ record: BehaviourRecord
  ) throws -> [StepRecord] {
    try ActiveInferenceAgent(model, configuration).replay(record)
  }

  /// By first action the greatest value, and the first policy that has it.
  private func best(
    _ step: StepRecord, _ policies: PolicySet
  ) -> (values: [Double], choice: [Int]) {
    let values = step.negativeExpectedFreeEnergy ?? []
    var best = [Double](repeating: -.infinity, count: policies.actions.count)
    for policy in values.indices {
      let first = policies.actions.firstIndex(of: policies.policy(policy)[0]) ?? 0
      best[first] = max(best[first], values[policy])
    }
    return (best, step.choice ?? [])
  }

  @Test("branch and bound finds the bits of enumeration on 200 models, and proves them")
  func equality() throws {
    var (searched, sequences, compared, close) = (0, 0, 0, 0)
    for seed in 0..<200 as Range<UInt64> {
      var options = RandomModel.Options()
      let horizon = 1 + Int(seed % 5)
      options.horizon = 5
      options.mostPolicies = seed % 2 == 0 ? 1024 : 243
      options.fewestActions = 2
      options.counts = seed % 4 == 1
      options.goals = seed % 7 == 2
      options.preferenceRows = seed % 3 == 1 ? horizon : nil
      var random = try RandomModel(seed: 4_000 + seed, options)
      let record = random.record(steps: 3)
      var description = random.description
      (description.habit, description.habitCounts) = (nil, nil)
      let model = try GenerativeModel(description)
      var configuration = AgentConfiguration(preset: Preset.stepByStep[Int(seed / 5) % 3])
      configuration.inference.algorithm =
        [.exact, .coordinateAscent, .fixedPoint][Int(seed / 15) % 3]
      configuration.action.mode = .full
      configuration.planning.horizon = horizon
      configuration.planning.parameterInformationGain = options.counts
      configuration.planning.informationGain = seed % 11 < 5 ? .joint : .perModality
      if options.goals { configuration.planning.inductive = .init(depth: 3) }
      let enumerated = try records(model, configuration, record)
      let policies = try CompiledAgent(model, configuration).policies
      configuration.planning.method = .branchAndBound
      let found = try records(model, configuration, record)
      for (expected, got) in zip(enumerated, found) {
        let (values, choice) = best(expected, policies)
        #expect(got.negativeExpectedFreeEnergy == values, "model \(seed), step \(got.t)")
        // Of values that are not the same but whose posterior is, rounding decides.
        let picked = policies.actions.firstIndex(of: got.choice ?? []) ?? 0
        let meant = policies.actions.firstIndex(of: choice) ?? 0
        if picked != meant {
          close += 1
          #expect(abs(values[picked] - values[meant]) < 1e-14)
        }
        #expect(got.search?.gap == 0 && got.search?.prunedMass == 0)
        searched += got.search?.nodes ?? 0
        sequences += policies.prefixCount
        compared += 1
      }
    }
    #expect(compared > 500 && close < 5, "\(compared) compared, \(close) too close")
    #expect(2 * searched < sequences, "\(searched) beliefs searched, \(sequences) prefixes")
  }

  @Test("a beam as wide as there are prefixes finds the bits of enumeration; a narrow one no more")
  func beams() throws {
    var narrower = 0
    for seed in 0..<40 as Range<UInt64> {
      var options = RandomModel.Options()
      options.horizon = 4
      options.mostPolicies = 256
      options.fewestActions = 2
      var random = try RandomModel(seed: 5_000 + seed, options)
      let record = random.record(steps: 2)
      var description = random.description
      description.habit = nil
      let model = try GenerativeModel(description)
      var configuration = AgentConfiguration()
      configuration.planning.horizon = 4
      let policies = try CompiledAgent(model, configuration).policies
      let expected = try records(model, configuration, record).map { best($0, policies) }
      configuration.planning.method = .beam
      configuration.planning.beam.width = 256
      let wide = try records(model, configuration, record)
      configuration.planning.beam.width = 1
      let narrow = try records(model, configuration, record)
      for step in expected.indices {
        #expect(wide[step].negativeExpectedFreeEnergy == expected[step].values, "model \(seed)")
        #expect(wide[step].choice == expected[step].choice)
        #expect(wide[step].search?.gap == 0)
        let pairs = zip(narrow[step].negativeExpectedFreeEnergy ?? [], expected[step].values)
        for (some, most) in pairs {
          #expect(some <= most, "model \(seed)")
          if some < most { narrower += 1 }
        }
        if policies.actions.count > 1 { #expect(narrow[step].search?.gap == nil) }
      }
    }
    #expect(narrower > 0)
  }

  /// A square of cells with walls around, seen for certain; a step costs 1, the far corner gives 3 each time.
  private func grid(_ side: Int) throws -> GenerativeModel {
    var description = ModelDescription()
    let cells = side * side
    description.factors = [Variable("cell", size: cells)]
    description.modalities = [Variable("seen", size: cells)]
    description.controls = [Variable("move", size: 5)]
    var likelihood = [Double](repeating: 0, count: cells * cells)
    for cell in 0..<cells { likelihood[cell * cells + cell] = 1 }
    var transition = [Double](repeating: 0, count: cells * cells * 5)
    for cell in 0..<cells {
      for move in 0..<5 {
        transition[(SequenceSearchTests.next(cell, move, side) * cells + cell) * 5 + move] = 1
      }
    }
    description.likelihoods = [
      .init("seen", given: ["cell"], Tensor(shape: [cells, cells], likelihood))
    ]
    description.transitions = [
      .init(
        "cell", given: ["cell"], controls: ["move"],
        Tensor(shape: [cells, cells, 5], transition))
    ]
    description.preferences = [
      .init("seen", Tensor(shape: [cells], SequenceSearchTests.reward(side)))
    ]
    var first = [Double](repeating: 0, count: cells)
    first[0] = 1
    description.initialStates = [.init("cell", Tensor(shape: [cells], first))]
    return try GenerativeModel(description)
  }

  private static func next(_ cell: Int, _ move: Int, _ side: Int) -> Int {
    var (row, column) = (cell / side, cell % side)
    switch move {
    case 1: row = max(row - 1, 0)
    case 2: row = min(row + 1, side - 1)
    case 3: column = max(column - 1, 0)
    case 4: column = min(column + 1, side - 1)
    default: break
    }
    return row * side + column
  }

  private static func reward(_ side: Int) -> [Double] {
    (0..<side * side).map { $0 == side * side - 1 ? 3 : $0 % 3 == 1 ? -2 : -1 }
  }

  @Test("at horizon 20, beyond enumeration, a grid is worth what dynamic programming says")
  func grids() throws {
    let side = 5
    let model = try grid(side)
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 20
    #expect(throws: InvalidInput.self) { try ActiveInferenceAgent(model, configuration) }
    // Where everything is certain, nothing is to be learned and a belief is a state.
    let reward = SequenceSearchTests.reward(side)
    var values = [Double](repeating: 0, count: side * side)
    var first: [Double] = []
    for _ in 0..<20 {
      let after = values
      func worth(_ cell: Int, _ move: Int) -> Double {
        let next = SequenceSearchTests.next(cell, move, side)
        return reward[next] + after[next]
      }
      first = (0..<5).map { worth(0, $0) }
      values = values.indices.map { cell in (0..<5).map { worth(cell, $0) }.max() ?? 0 }
    }
    for method in [PlanningSettings.Method.branchAndBound, .beam] {
      configuration.planning.method = method
      let agent = try ActiveInferenceAgent(model, configuration)
      agent.begin(seed: 0, episode: 0)
      _ = try agent.act(on: [.outcome(0)])
      let found = agent.negativeExpectedFreeEnergy
      if method == .branchAndBound {
        #expect(zip(found, first).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found), \(first)")
        #expect(agent.searchReport?.gap == 0)
        // 5^20 sequences.
        #expect(agent.searchReport?.nodes ?? .max < 1_000)
      } else {
        #expect(zip(found, first).allSatisfy { $0 <= $1 + 1e-12 })
        #expect(agent.searchReport?.gap == nil)
      }
    }
  }

  @Test("a budget that binds leaves a gap that holds, and values of sequences that are there")
  func budgets() throws {
    var bound = 0
    for seed in 0..<30 as Range<UInt64> {
      var options = RandomModel.Options()
      options.horizon = 5
      options.mostPolicies = 1024
      options.fewestActions = 2
      options.sparsity = 0
      var random = try RandomModel(seed: 6_000 + seed, options)
      let record = random.record(steps: 1)
      var description = random.description
      description.habit = nil
      let model = try GenerativeModel(description)
      var configuration = AgentConfiguration()
      configuration.planning.horizon = 5
      configuration.planning.method = .branchAndBound
      let exact = try records(model, configuration, record)[0].negativeExpectedFreeEnergy ?? []
      for nodes in [1, 20, 60] {
        configuration.planning.budget.nodes = nodes
        let step = try records(model, configuration, record)[0]
        let found = step.negativeExpectedFreeEnergy ?? []
        let gap = try #require(step.search?.gap)
        if gap > 0 { bound += 1 }
        #expect(zip(found, exact).allSatisfy { $0 <= $1 })
        let best = found.indices.max { (found[$0], $1) < (found[$1], $0) } ?? 0
        for action in exact.indices where action != best {
          #expect(exact[action] <= found[best] + gap, "model \(seed), \(nodes) nodes")
        }
      }
    }
    #expect(bound > 10)
  }
}
