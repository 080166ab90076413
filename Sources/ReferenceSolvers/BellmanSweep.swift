extension DecisionProcess {
  /// r(s, u) + discount * E[V(s')].
  @inline(__always)
  func actionValue(_ action: Int, _ state: Int, _ values: [Double]) -> Double {
    var next = 0.0
    for cell in cells(action, state) { next += probabilities[cell] * values[Int(nextStates[cell])] }
    return rewards[action * stateCount + state] + discount * next
  }
}

/// Values on their way to the optimum.
struct BellmanSweep {
  let process: DecisionProcess
  /// Zero at first.
  private(set) var values: [Double]
  /// The values before the last whole improvement.
  private(set) var previous: [Double]
  /// Sweeps so far.
  private(set) var count = 0
  /// The most cells that an action has, and the greatest reward, of either sign.
  private let widest: Int
  private let greatestReward: Double

  init(_ process: DecisionProcess) {
    self.process = process
    values = [Double](repeating: 0, count: process.stateCount)
    previous = values
    widest =
      process.starts.indices.dropLast().map {
        process.starts[$0 + 1] - process.starts[$0]
      }.max() ?? 0
    greatestReward = process.rewards.reduce(0) { max($0, $1.magnitude) }
  }

  private func best(_ state: Int) -> Double {
    if process.isTerminal[state] { return 0 }
    var best = -Double.infinity
    for action in 0..<process.actionCount {
      best = max(best, process.actionValue(action, state, values))
    }
    return best
  }

  /// Sweeps through the states using what was found in the same sweep; forwards and backwards in turn.
  mutating func improveInPlace() {
    let states = process.stateCount
    let forwards = count % 2 == 0
    for index in 0..<states {
      let state = forwards ? index : states - 1 - index
      values[state] = best(state)
    }
    count += 1
  }

  /// Improves every value by those before; the largest change.
  mutating func improve() -> Double {
    var next = values
    var change = 0.0
    for state in 0..<process.stateCount {
      next[state] = best(state)
      change = max(change, (next[state] - values[state]).magnitude)
    }
    previous = values
    values = next
    count += 1
    return change
  }

  private var greatestValue: Double { values.reduce(0) { max($0, $1.magnitude) } }

  /// How much rounding may have changed a value in one improvement.
  var rounding: Double {
    Double(widest + 4) * 0x1p-53 * (greatestReward + greatestValue)
  }

  var isFinite: Bool { greatestValue < 1e300 }

  /// Whether the values still move as far in every sweep, without end in sight.
  var isDrifting: Bool {
    zip(values, previous).contains { ($0 - $1).magnitude > 1e-6 * max(greatestReward, 1e-300) }
  }

  /// How far a value may be from the optimum at discount 1; infinity where that cannot be shown.
  ///
  /// With h the expected time to an end and a small e, V + e h must not grow by the equation, and V - e h
  /// not fall under the best actions: then the optimum is between them. Where actions that are best may
  /// wander for ever without gain, there is no such h; then values that change no more are taken for those
  /// of the way that ends soonest, which rounding may have moved once an action.
  ///
  /// - Parameter change: the largest of the last improvement, rounding included.
  func undiscountedBound(change: Double) -> Double {
    if let time = timeToEnd(longest: true) {
      var band = 2 * change
      for _ in 0..<20 {
        if holds(time, band) { return band * (time.max() ?? 0) }
        band *= 2
      }
    }
    guard change <= 2 * rounding, let time = timeToEnd(longest: false) else { return .infinity }
    return 4 * rounding * (time.max() ?? 0)
  }

  /// By state the first of the best actions that leads to an end as soon as any of them; the first of the best
  /// where none leads to an end for certain.
  func policyThatEnds() -> [Int] {
    let time = timeToEnd(longest: false)
    return nearlyBest.enumerated().map { state, actions in
      guard let time else { return actions.first ?? 0 }
      return actions.first { timeAfter($0, state, time) <= time[state] * (1 + 1e-2) }
        ?? actions.first ?? 0
    }
  }

  /// Whether V + band * time is nowhere less than what the equation makes of it. Below V that holds of the
  /// action that is taken, whose time to an end falls by one.
  private func holds(_ time: [Double], _ band: Double) -> Bool {
    let upper = zip(values, time).map { $0 + band * $1 }
    for state in 0..<process.stateCount where !process.isTerminal[state] {
      for action in 0..<process.actionCount
      where process.actionValue(action, state, upper) + rounding > upper[state] {
        return false
      }
    }
    return true
  }

  /// By state the actions that are best, or would be but for rounding and what is left to improve.
  private var nearlyBest: [[Int]] {
    let slack = 1e-10 * (greatestReward + greatestValue)
    return (0..<process.stateCount).map { state in
      (0..<process.actionCount).filter {
        process.actionValue($0, state, values) >= values[state] - slack
      }
    }
  }

  /// One action more than what follows it takes.
  private func timeAfter(_ action: Int, _ state: Int, _ time: [Double]) -> Double {
    var next = 1.0
    for cell in process.cells(action, state) {
      next += process.probabilities[cell] * time[Int(process.nextStates[cell])]
    }
    return next
  }

  /// The expected actions to a terminal state under the best actions, those that take longest or those that
  /// take shortest; nil where they never end.
  private func timeToEnd(longest: Bool) -> [Double]? {
    let nearlyBest = nearlyBest
    var time = [Double](repeating: 0, count: process.stateCount)
    for _ in 0..<5000 {
      var change = 0.0
      for state in time.indices where !process.isTerminal[state] {
        let times = nearlyBest[state].map { timeAfter($0, state, time) }
        let new = (longest ? times.max() : times.min()) ?? 0
        change = max(change, new - time[state])
        time[state] = new
      }
      // Then 1 / (1 - change) times these are no less than one more than what follows them.
      if change <= 1e-4 { return time.map { $0 / (1 - 2e-4) } }
    }
    return nil
  }
}
