import ActiveInference
import ReferenceSolvers

/// Problems with known answers, and random ones, as rewards and probabilities.
enum Problems {
  typealias Transition = DecisionProcess.Transition
  typealias Outcome = DecisionProcess.Outcome

  /// Kaelbling, Littman and Cassandra 1998: listen, open left, open right.
  static func tiger(discount: Double) throws -> DecisionProcess {
    // States: what is heard cannot depend on the action, so that the growl is part of the state.
    // tiger * 3 + (0 nothing, 1 growl left, 2 growl right)
    try DecisionProcess(
      states: 6, actions: 3, discount: discount,
      outcomes: (0..<6).map { [Outcome($0 % 3, probability: 1)] },
      initialBelief: [0.5, 0, 0, 0.5, 0, 0]
    ) { action, state in
      let tiger = state / 3
      if action == 0 {
        return (0..<2).map { heard in
          Transition(
            to: tiger * 3 + 1 + heard, probability: heard == tiger ? 0.85 : 0.15, reward: -1)
        }
      }
      let reward: Double = action - 1 == tiger ? -100 : 10
      return [0, 3].map { Transition(to: $0, probability: 0.5, reward: reward) }
    }
  }

  /// Slippery ground of 16 cells; the goal ends it with 1, a hole with nothing.
  static func frozenLake(discount: Double) throws -> DecisionProcess {
    let map = Array("SFFFFHFHFFFHHFFG")
    let ends = Set(map.indices.filter { "HG".contains(map[$0]) })
    let moves = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    return try DecisionProcess(
      states: 16, actions: 4, discount: discount, terminal: ends,
      initialBelief: [1] + [Double](repeating: 0, count: 15)
    ) { action, state in
      [3, 0, 1].map { turn in
        let move = moves[(action + turn) % 4]
        let row = min(max(state / 4 + move.0, 0), 3)
        let column = min(max(state % 4 + move.1, 0), 3)
        let next = row * 4 + column
        return Transition(to: next, probability: 1.0 / 3, reward: next == 15 ? 1 : 0)
      }
    }
  }

  /// Two arms, each of which pays with a probability of its own, uniform before it is tried.
  ///
  /// - Parameter length: pulls until it ends.
  static func bandit(length: Int) throws -> (process: DecisionProcess, first: Int) {
    var index: [[Int]: Int] = [:]
    var counts: [[Int]] = []
    // The last first, so that a sweep finds what follows a state before the state.
    for pulls in (0...length).reversed() {
      for first in 0...pulls {
        for wins in 0...first {
          for others in 0...(pulls - first) {
            let state = [wins, first - wins, others, pulls - first - others]
            index[state] = counts.count
            counts.append(state)
          }
        }
      }
    }
    let ends = Set(counts.indices.filter { counts[$0].reduce(0, +) == length })
    let process = try DecisionProcess(
      states: counts.count, actions: 2, discount: 1, terminal: ends
    ) { arm, state in
      let count = counts[state]
      let mean = Double(count[2 * arm] + 1) / Double(count[2 * arm] + count[2 * arm + 1] + 2)
      return [(0, mean, 1.0), (1, 1 - mean, 0)].map { result, probability, reward in
        var next = count
        next[2 * arm + result] += 1
        return Transition(to: index[next] ?? 0, probability: probability, reward: reward)
      }
    }
    return (process, counts.count - 1)
  }

  /// A process drawn at random.
  struct Random {
    var states: Int
    var actions: Int
    var transition: [[[Double]]] = []
    var likelihood: [[Double]] = []
    var reward: [[Double]] = []
    var initial: [Double] = []

    init(seed: UInt64) {
      var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .environment)
      func distribution(_ count: Int) -> [Double] {
        let weights = (0..<count).map { _ in
          let draw = random.nextUnit()
          return draw < 0.3 ? 0 : draw
        }
        let sum = weights.reduce(0, +)
        return sum == 0 ? [1] + weights.dropFirst() : weights.map { $0 / sum }
      }
      states = 2 + Int(seed % 3)
      actions = 2 + Int(seed / 3 % 2)
      let (states, actions) = (states, actions)
      transition = (0..<actions).map { _ in (0..<states).map { _ in distribution(states) } }
      likelihood = (0..<states).map { _ in distribution(2) }
      reward = (0..<actions).map { _ in (0..<states).map { _ in 4 * random.nextUnit() - 2 } }
      initial = distribution(states)
    }

    func process(discount: Double) throws -> DecisionProcess {
      try DecisionProcess(
        states: states, actions: actions, discount: discount,
        outcomes: likelihood.map { row in
          row.enumerated().map { Outcome($0.offset, probability: $0.element) }
        }, initialBelief: initial
      ) { action, state in
        transition[action][state].enumerated().map {
          Transition(to: $0.offset, probability: $0.element, reward: reward[action][state])
        }
      }
    }

    /// The best that so many actions gain from a belief, by going through every action and outcome.
    func best(_ belief: [Double], _ actionsLeft: Int, discount: Double) -> Double {
      if actionsLeft == 0 { return 0 }
      var best = -Double.infinity
      for action in 0..<actions {
        var value = 0.0
        for state in 0..<states { value += belief[state] * reward[action][state] }
        for outcome in 0..<2 {
          var next = [Double](repeating: 0, count: states)
          for state in 0..<states {
            for to in 0..<states {
              next[to] +=
                belief[state] * transition[action][state][to] * likelihood[to][outcome]
            }
          }
          let probability = next.reduce(0, +)
          if probability == 0 { continue }
          value +=
            discount * probability
            * self.best(next.map { $0 / probability }, actionsLeft - 1, discount: discount)
        }
        best = max(best, value)
      }
      return best
    }
  }
}
