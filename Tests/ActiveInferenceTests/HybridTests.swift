import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// Plans refined from habit; ``Conformance`` holds every number of them against enumeration.
@Suite("Plans refined from habit") struct HybridTests {
  private static func agent(
    _ model: GenerativeModel, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> ActiveInferenceAgent {
    var configuration = AgentConfiguration()
    configuration.planning.method = .hybrid
    change(&configuration)
    return try ActiveInferenceAgent(model, configuration)
  }

  /// A random model with controls, and what is seen in it.
  private func random(
    _ seed: Int, habitOfStates: Bool = true
  ) throws -> (GenerativeModel, BehaviourRecord) {
    var options = RandomModel.Options()
    options.habitOfStates = habitOfStates
    var random = try RandomModel(seed: UInt64(seed), options)
    return (random.model, random.record(steps: 3))
  }

  @Test("one step ahead are what enumeration finds, in two sweeps", arguments: 0..<30)
  func oneStep(seed: Int) throws {
    let (model, record) = try random(seed)
    let hybrid = try HybridTests.agent(model) { $0.planning.horizon = 1 }
    let enumerating = try HybridTests.agent(model) { $0.planning.method = .enumerate }
    var differences = Differences(tolerance: 1e-12)
    for observation in record.observations {
      _ = try hybrid.act(on: observation)
      _ = try enumerating.act(on: observation)
      differences.compare(
        hybrid.negativeExpectedFreeEnergy, enumerating.negativeExpectedFreeEnergy, "values")
      differences.compare(hybrid.policyPosterior, enumerating.policyPosterior, "posterior")
      #expect((hybrid.searchReport?.sweeps ?? 0) <= 2)
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("without a sweep are the habit", arguments: 0..<20)
  func habitAlone(seed: Int) throws {
    let (model, record) = try random(seed)
    let agent = try HybridTests.agent(model) {
      $0.planning.horizon = 3
      $0.planning.hybrid.sweeps = 0
    }
    var differences = Differences(tolerance: 1e-14)
    _ = try agent.act(on: record.observations[0])
    let beliefs = agent.beliefs
    // The belief about several factors together is not that of each alone.
    if model.habitGiven.count > 1 { return }
    let habit = try #require(model.habit)
    let states = model.habitGiven.first.map { beliefs[$0] } ?? [1]
    let expected = (0..<habit.count / states.count).map { policy in
      states.indices.reduce(0) { $0 + states[$1] * habit[policy * states.count + $1] }
    }
    differences.compare(agent.policyPosterior, expected, "posterior")
    #expect(differences.isEmpty, "\(differences)")
    #expect(agent.negativeExpectedFreeEnergy.allSatisfy { $0 == 0 })
    #expect(agent.searchReport == SearchReport(nodes: 0, gap: nil, prunedMass: 0, sweeps: 0))
  }

  @Test("under a habit that is sure are that habit, after one sweep")
  func sureHabit() throws {
    let up = 0
    var habit = [Double](repeating: 1e-60, count: 5 * 9)
    for state in 0..<9 { habit[up * 9 + state] = 1 - 4e-60 }
    let model = try Grid(side: 3).model(goal: 8, counts: habit)
    let agent = try HybridTests.agent(model) {
      $0.planning.horizon = 4
      $0.planning.gamma = 1
      $0.planning.stateInformationGain = false
    }
    #expect(try agent.act(on: [.outcome(0)]) == [up])
    #expect(agent.searchReport?.sweeps == 1)
  }

  @Test("say what sweeps and tolerance may be")
  func faults() throws {
    let text = """
      format: aif.agent/1
      planning: {method: hybrid, hybrid: {sweeps: -1, tolerance: -0.5}}
      """
    let bad = #expect(throws: InvalidInput.self) {
      try AgentConfiguration(contentsOf: Array(text.utf8), source: "a.yaml")
    }
    #expect(
      bad?.description == """
        a.yaml: planning.hybrid.sweeps: is -1; give 0 or more
        a.yaml: planning.hybrid.tolerance: is -0.5; give a finite number, 0 or more
        """)
    var other = AgentConfiguration()
    other.planning.hybrid.sweeps = 3
    let unused = #expect(throws: InvalidInput.self) { try other.check() }
    #expect(
      unused?.description
        == "agent: planning.hybrid: is not for the method enumerate; leave it out, or use hybrid")
    let model = try Grid(side: 3).model(goal: 8)
    let long = #expect(throws: InvalidInput.self) {
      try HybridTests.agent(model) { $0.planning.horizon = 2000 }
    }
    #expect(
      long?.description == """
        planning.horizon: 5 joint actions over 2000 steps are more than 16777216 beliefs a sweep; \
        shorten the horizon
        """)
  }

  // MARK: - Learning over episodes

  /// A square grid without walls: up, right, down, left, stay; the cell is seen; a cell is worth 1 nat.
  private struct Grid {
    let side: Int

    func model(goal: Int, counts: [Double]? = nil) throws -> GenerativeModel {
      let cells = side * side
      var model = ModelDescription()
      model.factors = [Variable("cell", size: cells)]
      model.modalities = [Variable("where", size: cells)]
      model.controls = [Variable("move", ["up", "right", "down", "left", "stay"])]
      model.likelihoods = [
        .init(
          "where", given: ["cell"],
          Tensor(
            shape: [cells, cells], (0..<cells * cells).map { $0 / cells == $0 % cells ? 1 : 0 }))
      ]
      var moves = [Double](repeating: 0, count: cells * cells * 5)
      for cell in 0..<cells {
        for (move, by) in [(-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)].enumerated() {
          let (row, column) = (cell / side + by.0, cell % side + by.1)
          let isInside = (0..<side).contains(row) && (0..<side).contains(column)
          moves[((isInside ? row * side + column : cell) * cells + cell) * 5 + move] = 1
        }
      }
      model.transitions = [
        .init(
          "cell", given: ["cell"], controls: ["move"], Tensor(shape: [cells, cells, 5], moves))
      ]
      model.preferences = [
        .init("where", Tensor(shape: [cells], (0..<cells).map { $0 == goal ? 1 : 0 }))
      ]
      model.initialStates = [
        .init("cell", Tensor(shape: [cells], (0..<cells).map { $0 == 0 ? 1 : 0 }))
      ]
      model.habitGiven = ["cell"]
      model.habitCounts = counts ?? [Double](repeating: 0.1, count: 5 * cells)
      return try GenerativeModel(model)
    }
  }

  /// Mean sweeps a step and steps at the goal, by episode, and the counts at the end.
  private func live(
    _ model: GenerativeModel, goal: Int, episodes: Range<UInt64>, learns: Bool = true
  ) throws -> (sweeps: [Double], returns: [Int], counts: [Double]?) {
    var agent = try HybridTests.agent(model) {
      $0.planning.horizon = 8
      $0.planning.gamma = 2
      $0.planning.stateInformationGain = false
      $0.planning.hybrid = .init(sweeps: 64, tolerance: 0.1)
      if learns { $0.learning.habit = .init() }
    }
    let simulation = Simulation(try ModelEnvironment(model), steps: 15)
    var (sweeps, returns): ([Double], [Int]) = ([], [])
    for index in episodes {
      let steps = try simulation.run(&agent, episode: index).steps
      let used = steps.compactMap { $0.search?.sweeps }
      sweeps.append(Double(used.reduce(0, +)) / Double(used.count))
      returns.append(steps.count { $0.states == [goal] })
    }
    return (sweeps, returns, agent.concentration.habit)
  }

  private func means(_ values: [Double]) -> [Double] {
    stride(from: 0, to: values.count, by: 10).map { values[$0..<$0 + 10].reduce(0, +) / 10 }
  }

  @Test("take fewer sweeps as habit grows, more after the goal has moved, and fewer again")
  func learning() throws {
    let grid = Grid(side: 5)
    let (first, second) = (24, 20)
    let before = try live(grid.model(goal: first), goal: first, episodes: 0..<40)
    let moved = try grid.model(goal: second, counts: before.counts)
    let after = try live(moved, goal: second, episodes: 40..<80)
    let curve = (means(before.sweeps), means(after.sweeps))
    print("sweeps a step, ten episodes each:", curve.0, "goal moved:", curve.1)
    for means in [curve.0, curve.1] {
      #expect(zip(means, means.dropFirst()).allSatisfy { $0 > $1 }, "\(means)")
    }
    #expect(curve.1[0] > 1.4 * curve.0[3], "\(curve)")
    // As good as what is planned without any habit; 7 and 11 of 15 steps are the most there can be.
    let planned = try live(grid.model(goal: first), goal: first, episodes: 0..<1, learns: false)
    #expect(planned.returns == [7] && before.returns.allSatisfy { $0 == 7 }, "\(before.returns)")
    #expect(after.returns.suffix(30).allSatisfy { $0 == 11 }, "\(after.returns)")
  }

  @Test("and what they learn of habits go on with the same bits from a saved state")
  func resumed() throws {
    let model = try Grid(side: 3).model(goal: 8)
    func make() throws -> ActiveInferenceAgent {
      try HybridTests.agent(model) {
        $0.planning.horizon = 4
        $0.learning.habit = .init(rate: 0.7, forgetting: 0.1)
      }
    }
    let agent = try make()
    agent.begin(seed: 1, episode: 0)
    let (right, down) = ([1], [2])
    for (cell, move) in [(0, right), (1, right), (2, down)] {
      _ = try agent.act(on: [.outcome(cell)])
      try agent.took(move)
    }
    let other = try make()
    try other.resume(from: Array(agent.stateText.utf8), source: "state")
    #expect(other.state == agent.state)
    for cell in [5, 8] {
      #expect(try agent.act(on: [.outcome(cell)]) == other.act(on: [.outcome(cell)]))
      for agent in [agent, other] { try agent.took(down) }
      #expect(agent.policyPosterior == other.policyPosterior)
    }
    #expect(other.state == agent.state)
    var strange = agent.state
    strange.concentration.habit = [1, 1, 1, 1, 1]
    #expect(throws: InvalidInput.self) { try other.resume(strange) }
  }
}
