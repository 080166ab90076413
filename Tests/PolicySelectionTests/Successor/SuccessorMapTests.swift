import ActiveInference
import EngineTestSupport
import Testing

@Suite struct `A successor map` {
  /// Random dynamics with structural zeros, their rewards, and the map of the uniform policy.
  private struct Sample {
    var random: RandomModel
    let transition: JointTransition
    let chain: [[Double]]
    let map: SuccessorMap
    let reward: [Double]
    let discount: Double

    init(_ seed: Int, _ solver: SuccessorMap.Solver = .automatic) throws {
      random = try RandomModel(seed: UInt64(seed))
      transition = try JointTransition(random.model)
      chain = Dense.chain(transition, Dense.uniform(transition))
      discount = [0.95, 0.5, 0.99, 0][seed % 4]
      map = try SuccessorMap(transition, discount: discount, solver: solver)
      reward = random.rewards(transition.stateCount)
    }
  }

  private static let solvers: [SuccessorMap.Solver] = [.factorized, .iterative]

  @Test(arguments: 0..<20, solvers)
  func `values a reward as the system of equations says`(
    seed: Int, solver: SuccessorMap.Solver
  ) throws {
    let sample = try Sample(seed, solver)
    let expected = Dense.solve(Dense.system(sample.chain, sample.discount), sample.reward)
    let values = try sample.map.values(for: sample.reward)
    let tolerance = solver == .factorized ? 1e-11 : 1e-9
    #expect(Dense.largestDifference(values, expected) < tolerance)
    #expect(try sample.map.residual(of: values, for: sample.reward) < 1e-11)
    if sample.discount == 0 { #expect(values == sample.reward) }
  }

  @Test(arguments: 0..<12) func `has a matrix whose inverse is I - discount P`(seed: Int) throws {
    for solver in `A successor map`.solvers {
      let sample = try Sample(seed, solver)
      let count = sample.chain.count
      let matrix = try sample.map.matrix()
      #expect(matrix.shape == [count, count])
      func m(_ to: Int, _ from: Int) -> Double { matrix.values[to * count + from] }
      for from in 0..<count {
        // In columns P[to, from] = chain[from][to].
        let visits = (0..<count).map { m($0, from) }
        for to in 0..<count {
          let product = (0..<count).reduce(visits[to]) {
            $0 - sample.discount * sample.chain[$1][to] * visits[$1]
          }
          #expect(abs(product - (to == from ? 1 : 0)) < 1e-12)
          let before = (0..<count).reduce(m(to, from)) {
            $0 - sample.discount * m(to, $1) * sample.chain[from][$1]
          }
          #expect(abs(before - (to == from ? 1 : 0)) < 1e-12)
        }
        #expect(abs((1 - sample.discount) * visits.reduce(0, +) - 1) < 1e-12)
        let unit = (0..<count).map { $0 == from ? 1.0 : 0 }
        #expect(Dense.largestDifference(try sample.map.occupancy(from: unit), visits) < 1e-11)
      }
    }
  }

  @Test(arguments: 0..<12) func `values linearly`(seed: Int) throws {
    var sample = try Sample(seed)
    let other = sample.random.rewards(sample.reward.count)
    let both = zip(sample.reward, other).map { 2 * $0 - 3 * $1 }
    let (first, second) = (
      try sample.map.values(for: sample.reward), try sample.map.values(for: other)
    )
    let summed = zip(first, second).map { 2 * $0 - 3 * $1 }
    #expect(Dense.largestDifference(try sample.map.values(for: both), summed) < 1e-11)
  }

  @Test(arguments: 0..<12)
  func `is the sum of the beliefs of a filter without evidence`(seed: Int) throws {
    var sample = try Sample(seed)
    let first = sample.random.distribution(sample.chain.count)
    var belief = first
    var sum = [Double](repeating: 0, count: first.count)
    var weight = 1.0
    for _ in 0..<4000 {
      for state in sum.indices { sum[state] += weight * belief[state] }
      var next = [Double](repeating: 0, count: first.count)
      for (from, p) in belief.enumerated() {
        for to in next.indices { next[to] += p * sample.chain[from][to] }
      }
      belief = next
      weight *= sample.discount
    }
    #expect(Dense.largestDifference(try sample.map.occupancy(from: first), sum) < 1e-10)
  }

  /// v . V = r . rho / (1 - discount).
  @Test(arguments: 0..<12) func `is PageRank that begins anew where it does not go on`(seed: Int)
    throws
  {
    for solver in `A successor map`.solvers {
      var sample = try Sample(seed, solver)
      let from = sample.random.distribution(sample.chain.count)
      func powerIteration(_ restart: Double) -> [Double] {
        var rank = from
        for _ in 0..<4000 {
          var next = from.map { restart * $0 }
          for (state, p) in rank.enumerated() {
            for to in next.indices { next[to] += (1 - restart) * p * sample.chain[state][to] }
          }
          rank = next
        }
        return rank
      }
      let rank = try sample.map.pageRank(seed: from)
      #expect(Dense.largestDifference(rank, powerIteration(1 - sample.discount)) < 1e-10)
      let visits = try sample.map.occupancy(from: from)
      #expect(
        Dense.largestDifference(rank, visits.map { (1 - sample.discount) * $0 }) < 1e-10)
      let other = try sample.map.pageRank(seed: from, restart: 0.3)
      #expect(Dense.largestDifference(other, powerIteration(0.3)) < 1e-10)
      #expect(try sample.map.pageRank(seed: from, restart: 1) == from)
      let values = try sample.map.values(for: sample.reward)
      let left = zip(from, values).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(sample.reward, rank).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right / (1 - sample.discount)) < 1e-9)
    }
  }

  @Test func `comes to the stationary distribution as the discount comes to 1`() throws {
    // Asymmetric, and from everywhere to everywhere.
    let transition = try Chains.model([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.7, 0.1, 0.2]])
    var system = [[0.1 - 1, 0.5, 0.7], [0.6, 0.2 - 1, 0.1]]
    system.append([1, 1, 1])
    let stationary = Dense.solve(system, [0, 0, 1])
    let map = try SuccessorMap(transition, discount: SuccessorMap.largestDiscount)
    for seed in [[1.0, 0, 0], [0, 0, 1]] {
      #expect(Dense.largestDifference(try map.pageRank(seed: seed), stationary) < 1e-5)
    }
    let now = try SuccessorMap(transition, discount: 0)
    #expect(try now.pageRank(seed: [0.2, 0.3, 0.5]) == [0.2, 0.3, 0.5])
  }

  /// Grids are symmetric and hide this.
  @Test func `values by its transpose`() throws {
    let transition = try Chains.model([[0, 1, 0], [0, 0, 1], [0, 0, 1]])
    let map = try SuccessorMap(transition, discount: 0.5)
    // 1 for being in the last state, where the chain ends up: 2 there, half of it a step before.
    #expect(try map.values(for: [0, 0, 1]) == [0.5, 1, 2])
    #expect(try map.occupancy(from: [0, 0, 1]) == [0, 0, 2])
    #expect(try map.occupancy(from: [1, 0, 0]) == [1, 0.5, 0.5])
    let matrix = try map.matrix().values
    let wrong = (0..<3).map { matrix[$0 * 3 + 2] }
    #expect(wrong == [0, 0, 2])
  }

  /// On a ring both are known: lambda_k = (cos of 2 pi k / n), eigenvectors are waves.
  @Test func `has the eigenvalues 1 / (1 - discount lambda) and the eigenvectors of P`() throws {
    let count = 6
    let ring = (0..<count).map { from in
      (0..<count).map { to in [1, count - 1].contains((to - from + count) % count) ? 0.5 : 0 }
    }
    let map = try SuccessorMap(Chains.model(ring), discount: 0.9)
    // cos(2 pi k / 6) for k = 0...3, and the wave of each, written out.
    let waves: [(eigenvalue: Double, vector: [Double])] = [
      (1, [1, 1, 1, 1, 1, 1]), (0.5, [1, 0.5, -0.5, -1, -0.5, 0.5]),
      (-0.5, [1, -0.5, -0.5, 1, -0.5, -0.5]), (-1, [1, -1, 1, -1, 1, -1]),
    ]
    for wave in waves {
      let scaled = wave.vector.map { $0 / (1 - 0.9 * wave.eigenvalue) }
      #expect(Dense.largestDifference(try map.values(for: wave.vector), scaled) < 1e-13)
      #expect(Dense.largestDifference(try map.occupancy(from: wave.vector), scaled) < 1e-13)
    }
  }

  /// The mean return of all |U|^H sequences is the sum of the first H terms.
  @Test func `is the mean over all sequences of actions`() throws {
    let transition = try JointTransition(RandomModel(seed: 8, Chains.options).model)
    let reward = (0..<transition.stateCount).map { Double($0 * $0 % 7) - 2 }
    let discount = 0.8
    let actions = transition.actions.count
    #expect(actions > 1)
    let horizon = 5
    let chain = Dense.chain(transition, Dense.uniform(transition))
    for start in 0..<transition.stateCount {
      var sequences = [[Int]]([[]])
      for _ in 0..<horizon { sequences = sequences.flatMap { s in (0..<actions).map { s + [$0] } } }
      var mean = 0.0
      for sequence in sequences {
        var belief = (0..<transition.stateCount).map { $0 == start ? 1.0 : 0 }
        var weight = 1.0
        for action in sequence {
          mean += weight * zip(belief, reward).reduce(0) { $0 + $1.0 * $1.1 }
          var next = [Double](repeating: 0, count: belief.count)
          for (state, p) in belief.enumerated() {
            for cell in transition.cells(action: action, state: state) {
              next[Int(transition.nextStates[cell])] += p * transition.probabilities[cell]
            }
          }
          belief = next
          weight *= discount
        }
      }
      mean /= Double(sequences.count)
      // V less what the map says of the time after the horizon: V(b_0) - discount^H V(b_H).
      let values = try SuccessorMap(transition, discount: discount).values(for: reward)
      var belief = (0..<transition.stateCount).map { $0 == start ? 1.0 : 0 }
      var weight = 1.0
      for _ in 0..<horizon {
        var next = [Double](repeating: 0, count: belief.count)
        for (from, p) in belief.enumerated() {
          for to in next.indices { next[to] += p * chain[from][to] }
        }
        belief = next
        weight *= discount
      }
      let after = zip(belief, values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(values[start] - weight * after - mean) < 1e-12)
    }
  }

  @Test(arguments: 0..<24) func `of the improved policy has the optimal values`(seed: Int) throws {
    var sample = try Sample(seed % 8 + seed)
    let transition = sample.transition
    let reward = sample.random.rewards(transition.stateCount)
    for solver in `A successor map`.solvers {
      let map = try SuccessorMap.improved(
        transition, for: reward, discount: sample.discount, solver: solver)
      // Value iteration.
      var values = [Double](repeating: 0, count: reward.count)
      for _ in 0..<4000 {
        values = reward.indices.map { state in
          reward[state] + sample.discount
            * (transition.actions.indices.map { action in
              transition.cells(action: action, state: state).reduce(0) {
                $0 + transition.probabilities[$1] * values[Int(transition.nextStates[$1])]
              }
            }.max() ?? 0)
        }
      }
      #expect(Dense.largestDifference(try map.values(for: reward), values) < 1e-9)
    }
  }

  @Test func `of the improved policy takes the lowest of equal actions, rounding or not`() throws {
    // Two ways to the goal that are equally long everywhere off the borders.
    let transition = try JointTransition(Grids.model(side: 7))
    for solver in `A successor map`.solvers {
      let map = try SuccessorMap.improved(
        transition, for: Grids.reward(49, goal: 48).map { $0 / 3 }, discount: 0.95, solver: solver)
      // Down wherever that is possible, else right; at the goal either stays.
      let expected = (0..<49).map { $0 < 42 ? 1 : 3 }
      guard case .chosen(let chosen) = map.policy else {
        Issue.record("not a deterministic policy")
        continue
      }
      #expect(Array(chosen.dropLast()) == Array(expected.dropLast()))
      #expect(chosen[48] == 1)
    }
  }

  @Test func `refuses what it cannot take`() throws {
    let transition = try Chains.model([[0, 1], [1, 0]])
    for discount in [-0.1, 1, .nan, .infinity] {
      #expect(throws: InvalidInput.self) { try SuccessorMap(transition, discount: discount) }
    }
    let policies: [StatePolicy] = [
      .everywhere([1, 1]), .everywhere([0]), .everywhere([.nan]), .everywhere([-1]),
      .chosen([0]), .chosen([0, 1]), .byState([[1]]), .byState([[1], []]),
    ]
    for policy in policies {
      #expect(throws: InvalidInput.self) {
        try SuccessorMap(transition, policy: policy, discount: 0.5)
      }
    }
    let map = try SuccessorMap(transition, discount: 0.5)
    for numbers in [[], [1], [1, .nan], [.infinity, 0]] {
      #expect(throws: InvalidInput.self) { try map.values(for: numbers) }
      #expect(throws: InvalidInput.self) { try map.occupancy(from: numbers) }
      #expect(throws: InvalidInput.self) { try map.pageRank(seed: numbers) }
      #expect(throws: InvalidInput.self) {
        try SuccessorMap.improved(transition, for: numbers, discount: 0.5)
      }
    }
    for restart in [0, -1, 2, .nan] {
      #expect(throws: InvalidInput.self) { try map.pageRank(seed: [1, 0], restart: restart) }
    }
    let large = try JointTransition(Chains.ring(8193))
    #expect(throws: InvalidInput.self) {
      try SuccessorMap(large, discount: 0.5, solver: .factorized)
    }
    let swept = try SuccessorMap(large, discount: 0.5)
    #expect(!swept.isFactorized)
    #expect(throws: InvalidInput.self) { try swept.matrix() }
  }
}

@Suite struct `Successor learning` {
  /// Every transition as often as the dynamics have it, with rates that fall.
  @Test func `comes to the map`() throws {
    let rows = [[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.7, 0.1, 0.2]]
    let map = try SuccessorMap(Chains.model(rows), discount: 0.8)
    let matrix = try map.matrix().values
    var learning = try SuccessorLearning(stateCount: 3, discount: 0.8)
    var random = RandomStream(seed: 5, episode: 0, step: 0, purpose: .user)
    var state = 0
    var visits = [0.0, 0, 0]
    for _ in 0..<200_000 {
      let share = random.nextUnit()
      let row = rows[state]
      let next = share < row[0] ? 0 : share < row[0] + row[1] ? 1 : 2
      visits[state] += 1
      try learning.learn(from: state, to: next, rate: 20 / (20 + visits[state]))
      state = next
    }
    for to in 0..<3 {
      for from in 0..<3 {
        #expect(abs(learning[to: to, from: from] - matrix[to * 3 + from]) < 0.03)
      }
    }
    let reward = [1.0, -2, 0.5]
    let values = try map.values(for: reward)
    #expect(Dense.largestDifference(try learning.values(for: reward), values) < 0.1)
  }

  @Test func `of certain steps is exact`() throws {
    var learning = try SuccessorLearning(stateCount: 2, discount: 0.5)
    for _ in 0..<60 {
      try learning.learn(from: 0, to: 1, rate: 1)
      try learning.learn(from: 1, to: 0, rate: 1)
    }
    #expect(abs(learning[to: 0, from: 0] - 4.0 / 3) < 1e-15)
    #expect(abs(learning[to: 1, from: 0] - 2.0 / 3) < 1e-15)
    #expect(throws: InvalidInput.self) { try learning.learn(from: 2, to: 0, rate: 1) }
    #expect(throws: InvalidInput.self) { try learning.learn(from: 0, to: 0, rate: 2) }
    #expect(throws: InvalidInput.self) { try learning.values(for: [1]) }
    #expect(throws: InvalidInput.self) { try SuccessorLearning(stateCount: 0, discount: 0.5) }
    #expect(throws: InvalidInput.self) { try SuccessorLearning(stateCount: 2, discount: 1) }
  }
}

/// Worlds of one factor.
enum Chains {
  static var options: RandomModel.Options {
    var options = RandomModel.Options()
    options.largestJoint = 6
    return options
  }

  /// Dynamics without a choice: rows `[from][to]`.
  static func model(_ rows: [[Double]]) throws -> JointTransition {
    try JointTransition(
      describe(rows.count, SampleModels.table([rows.count, rows.count]) { rows[$0[1]][$0[0]] }))
  }

  /// From each state to the next one.
  static func ring(_ count: Int) throws -> GenerativeModel {
    let offsets = (0..<count).map { $0 * count + ($0 + count - 1) % count }
    return try describe(
      count,
      Tensor(
        shape: [count, count], offsets: offsets, values: [Double](repeating: 1, count: count)))
  }

  private static func describe(_ count: Int, _ table: Tensor) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "chain"
    model.factors = [Variable("state", size: count)]
    model.modalities = [Variable("seen", size: 1)]
    model.likelihoods = [.init("seen", given: [], Tensor(shape: [1], [1]))]
    model.transitions = [.init("state", given: ["state"], controls: [], table)]
    return try GenerativeModel(model)
  }
}

extension RandomModel {
  /// Rewards of -3 to 3.
  mutating func rewards(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(integer(0..<6001)) / 1000 - 3 }
  }
}
