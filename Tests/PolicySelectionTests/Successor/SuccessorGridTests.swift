import ActiveInference
import EngineTestSupport
import Testing

/// What Millidge & Buckley (2022) showed of their agent, with this one.
@Suite struct `Successor agents in grids` {
  private static func configuration(
    _ policy: SuccessorSettings.BasePolicy, _ reward: SuccessorSettings.Reward = .utility,
    discount: Double = 0.95
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    configuration.planning.successor.basePolicy = policy
    configuration.planning.successor.reward = reward
    configuration.planning.successor.discount = discount
    return configuration
  }

  /// The mean Manhattan distance to a corner, n^2 / (n + 1): all starts but the goal, nothing left over.
  @Test(arguments: 3...9, SuccessorSettings.BasePolicy.allCases)
  func `walk a shortest way from every start`(
    side: Int, policy: SuccessorSettings.BasePolicy
  ) throws {
    let agent = try ActiveInferenceAgent(
      Grids.model(side: side), `Successor agents in grids`.configuration(policy))
    let cells = side * side
    var moves = 0
    for start in 0..<cells - 1 { moves += try Grids.moves(agent, from: start, side: side) }
    // moves / (n^2 - 1) = n^2 / (n + 1), in whole numbers.
    #expect(moves * (side + 1) == cells * (cells - 1))
  }

  /// The discount that the paper's code has in effect, 4 f / N, where it has no ties that rounding breaks.
  @Test(arguments: 3...7) func `walk so at the discount of the paper's code`(side: Int) throws {
    let cells = side * side
    let discount = 8 / Double(cells)
    guard discount < 1 else { return }
    let agent = try ActiveInferenceAgent(
      Grids.model(side: side),
      `Successor agents in grids`.configuration(.uniform, discount: discount))
    var moves = 0
    for start in 0..<cells - 1 { moves += try Grids.moves(agent, from: start, side: side) }
    #expect(moves * (side + 1) == cells * (cells - 1))
  }

  @Test func `value the cells of the small grid as in the figure`() throws {
    let model = try Grids.model(side: 3)
    let map = try SuccessorMap(JointTransition(model), discount: 8.0 / 9)
    let values = try map.values(for: StateRewards(model).utility)
    let expected = [
      3.5988, 4.7234, 6.2921, 4.7234, 7.0912, 11.4568, 6.2921, 11.4568, 27.1654,
    ]
    #expect(Dense.largestDifference(values, expected) < 1e-4)
  }

  /// Two cells look like any cell; the paper's code adds the entropy of what is seen there.
  @Test func `value ambiguous cells as in the figure`() throws {
    let model = try Grids.model(side: 4, goal: 10, vague: [1, 12])
    let map = try SuccessorMap(JointTransition(model), discount: 0.5)
    let rewards = try StateRewards(model)
    let plain = Grids.reward(16, goal: 10)
    let before = try map.values(for: plain)
    let after = try map.values(for: zip(plain, rewards.ambiguity).map { $0 + $1 })
    #expect(abs(before[1] - -0.1031) < 1e-4 && abs(after[1] - 3.2982) < 1e-4)
    #expect(abs(before[12] - -0.0798) < 1e-4 && abs(after[12] - 3.8217) < 1e-4)
    #expect(abs(before[10] - 10.7024) < 1e-4 && abs(after[10] - 10.7620) < 1e-4)
    #expect(after.max() == after[10])
    // Entropy of what looks like any of 16 cells; none elsewhere.
    for cell in 0..<16 {
      let expected = [1, 12].contains(cell) ? 2.772588722239781 : 0
      #expect(abs(rewards.ambiguity[cell] - expected) < 1e-14)
    }
  }

  @Test func `go on with another reward and the same map`() throws {
    let model = try Grids.model(side: 5)
    let map = try SuccessorMap(JointTransition(model), discount: 0.95)
    let chain = Dense.chain(map.transition, Dense.uniform(map.transition))
    for goal in 0..<25 {
      let reward = Grids.reward(25, goal: goal)
      let fresh = Dense.solve(Dense.system(chain, 0.95), reward)
      #expect(Dense.largestDifference(try map.values(for: reward), fresh) < 1e-12)
    }
  }

  // MARK: - The baseline

  /// What an agent that weighs all pairs of moves and draws one with probability posterior^alpha is expected
  /// to take, by a linear system over cells.
  private static func expectedMoves(side: Int) -> Double {
    let cells = side * side
    let reward = Grids.reward(cells, goal: cells - 1)
    var system: [[Double]] = []
    for cell in 0..<cells - 1 {
      var row = (0..<cells - 1).map { $0 == cell ? 1.0 : 0 }
      // exp(gamma x value) is nothing beside the best but where it is the best: 16 x 0.1 nats twice.
      let pairs = (0..<16).map { pair in
        let first = Grids.next(cell, pair / 4, side: side)
        return (first, reward[first] + reward[Grids.next(first, pair % 4, side: side)])
      }
      let best = pairs.map(\.1).max() ?? 0
      let likely = pairs.filter { best - $0.1 < 1e-9 }
      for (first, _) in likely where first < cells - 1 { row[first] -= 1 / Double(likely.count) }
      system.append(row)
    }
    let moves = Dense.solve(system, [Double](repeating: 1, count: cells - 1))
    return moves.reduce(0, +) / Double(cells - 1)
  }

  @Test func `are compared with an expectation that is that of the paper's baseline`() {
    let expected = [3.12, 8.70, 20.91, 41.15, 70.40, 109.48, 159.11]
    for (side, moves) in zip(3...9, expected) {
      let found = `Successor agents in grids`.expectedMoves(side: side)
      #expect(abs(found - moves) < 0.005, "side \(side): \(found)")
    }
  }

  @Test(arguments: 3...9)
  func `are better than agents that look two moves ahead, which wander`(side: Int) throws {
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 2
    configuration.action.selection = .stochastic
    let model = try Grids.model(side: side)
    let agent = try ActiveInferenceAgent(model, configuration)
    let runs = 120
    var random = RandomStream(seed: 11, episode: UInt64(side), step: 0, purpose: .user)
    let moves = try (0..<runs).map { run in
      let start = random.integer(0..<side * side - 1)
      return Double(try Grids.moves(agent, from: start, side: side, seed: UInt64(run)))
    }
    let mean = moves.reduce(0, +) / Double(runs)
    let variance = moves.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(runs - 1)
    let expected = `Successor agents in grids`.expectedMoves(side: side)
    #expect(
      abs(mean - expected) <= 3 * (variance / Double(runs)).squareRoot(),
      "side \(side): mean \(mean), expected \(expected)")
  }
}
