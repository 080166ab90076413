import ActiveInference
import ReferenceSolvers
import Testing

/// The numbers are those of the literature, computed once more by other programs.
@Suite struct `Value iteration` {
  @Test func `crosses the frozen lake in 14 of 17 tries, given time`() throws {
    let solution = try ValueIteration(Problems.frozenLake(discount: 1))
    #expect(solution.errorBound <= 1e-8)
    #expect(abs(solution.values[0] - 14.0 / 17) <= solution.errorBound + 1e-12)
  }

  @Test func `crosses it in 74 of 100 within a hundred moves`() throws {
    let solution = ValueIteration(try Problems.frozenLake(discount: 1), horizon: 100)
    #expect(abs(solution.values[0] - 0.74419) <= 5e-6)
  }

  @Test func `values the frozen lake at discount 0.99`() throws {
    let solution = try ValueIteration(Problems.frozenLake(discount: 0.99), tolerance: 1e-10)
    #expect(abs(solution.values[0] - 0.542026) <= 5e-7)
    #expect(solution.errorBound <= 1e-10)
  }

  @Test(arguments: [(1, 0.5), (2, 13.0 / 12), (5, 2.888889), (10, 6.021786), (25, 15.669635)])
  func `wins at two unknown arms as often as anybody can`(length: Int, wins: Double) throws {
    let (process, first) = try Problems.bandit(length: length)
    let solution = try ValueIteration(process)
    #expect(abs(solution.values[first] - wins) <= 5e-7)
  }

  /// The index is (1 - discount) times the value of an arm that may be begun anew at any time (Katehakis and
  /// Veinott 1987).
  @Test(arguments: [(0.9, 0.7029), (0.95, 0.7614)])
  func `finds the index of an arm that nobody has tried`(discount: Double, index: Double) throws {
    let depth = 100
    var stateOf: [[Int]: Int] = [:]
    var counts: [[Int]] = []
    for pulls in 0...depth {
      for wins in 0...pulls {
        stateOf[[wins, pulls - wins]] = counts.count
        counts.append([wins, pulls - wins])
      }
    }
    let process = try DecisionProcess(states: counts.count, actions: 2, discount: discount) {
      action, state in
      let count = action == 0 ? counts[state] : [0, 0]
      let mean = Double(count[0] + 1) / Double(count[0] + count[1] + 2)
      return [(0, mean, 1.0), (1, 1 - mean, 0)].map { result, probability, reward in
        var next = count
        next[result] += 1
        let to = stateOf[next] ?? state
        return DecisionProcess.Transition(to: to, probability: probability, reward: reward)
      }
    }
    let solution = try ValueIteration(process, tolerance: 1e-4)
    #expect(abs(solution.values[0] * (1 - discount) - index) <= 6e-5)
  }

  @Test func `walks along the cliff in 13 steps`() throws {
    let start = 36
    let goal = 47
    let process = try DecisionProcess(states: 48, actions: 4, discount: 1, terminal: [goal]) {
      action, state in
      let move = [(-1, 0), (0, 1), (1, 0), (0, -1)][action]
      let row = min(max(state / 12 + move.0, 0), 3)
      let column = min(max(state % 12 + move.1, 0), 11)
      let isCliff = row == 3 && (1...10).contains(column)
      let next = isCliff ? start : row * 12 + column
      return [.init(to: next, probability: 1, reward: isCliff ? -100 : -1)]
    }
    let solution = try ValueIteration(process)
    #expect(solution.values[start] == -13)
    #expect(solution.errorBound <= 1e-6)
    #expect(solution.policy[start] == 0)
  }

  @Test func `takes the first of equal actions`() throws {
    let process = try DecisionProcess(states: 1, actions: 3, discount: 0.5) { action, _ in
      [.init(to: 0, probability: 1, reward: action == 0 ? 0 : 1)]
    }
    #expect(try ValueIteration(process).policy == [1])
  }

  @Test(arguments: 0..<30)
  func `is never farther from the optimum than it says`(seed: Int) throws {
    let random = Problems.Random(seed: UInt64(seed))
    let process = try random.process(discount: 0.9)
    let solution = try ValueIteration(process, tolerance: 1e-3)
    // Many more sweeps by hand.
    var values = [Double](repeating: 0, count: random.states)
    for _ in 0..<600 {
      let last = values
      for state in last.indices {
        values[state] = -.infinity
        for action in 0..<random.actions {
          var next = 0.0
          for to in last.indices { next += random.transition[action][state][to] * last[to] }
          values[state] = max(values[state], random.reward[action][state] + 0.9 * next)
        }
      }
    }
    for state in values.indices {
      #expect(abs(solution.values[state] - values[state]) <= solution.errorBound)
    }
    #expect(solution.errorBound <= 1e-3)
  }

  @Test func `says so where rewards never end`() throws {
    let process = try DecisionProcess(states: 1, actions: 1, discount: 1) { _, _ in
      [.init(to: 0, probability: 1, reward: 1)]
    }
    #expect(throws: InvalidInput.self) { try ValueIteration(process) }
  }

  @Test func `every fault of a process is named at once`() throws {
    let error = #expect(throws: InvalidInput.self) {
      try DecisionProcess(states: 2, actions: 1, discount: 0.9, terminal: [2]) { _, state in
        [.init(to: 3, probability: 0.5, reward: state == 0 ? .nan : 0)]
      }
    }
    #expect(error?.faults.count == 6)
    let other = #expect(throws: InvalidInput.self) {
      try DecisionProcess(states: 0, actions: 1, discount: 1.5) { _, _ in [] }
    }
    #expect(other?.faults.count == 2)
  }
}
