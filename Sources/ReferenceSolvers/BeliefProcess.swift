import ActiveInference

/// A decision process as what plans over beliefs reads it: for each action and outcome, a matrix that takes
/// a belief to the next one, times the outcome's probability.
///
/// States from which every action gains the same and leads to the same are one here, for they have the same
/// future; terminal states are none, for they have no future that is worth anything.
struct BeliefProcess: Sendable {
  /// P(next, outcome | state) for one action and outcome, row by row.
  struct Branch: Sendable {
    let probability: [Double]
  }

  let discount: Double
  /// The number of states that differ.
  let size: Int
  /// By state of the process, which one it is; nil for a terminal state.
  let member: [Int?]
  /// `[action][state]`.
  let rewards: [[Double]]
  /// `[action][outcome]`.
  let branches: [[Branch]]

  /// The most numbers that the matrices hold.
  static let largestCount = 1 << 24

  /// - Throws: ``InvalidInput`` where the matrices would be too large.
  init(_ process: DecisionProcess) throws(InvalidInput) {
    discount = process.discount
    let (member, first) = BeliefProcess.members(process)
    self.member = member
    let size = first.count
    self.size = size
    rewards = (0..<process.actionCount).map { action in
      first.map { process.rewards[action * process.stateCount + $0] }
    }
    var branches: [[Branch]] = []
    var count = 0
    for action in 0..<process.actionCount {
      var matrices: [Int: [Double]] = [:]
      for (row, state) in first.enumerated() {
        for cell in process.cells(action, state) {
          let next = Int(process.nextStates[cell])
          guard let column = member[next] else { continue }
          let seen = process.outcomes?[next] ?? [DecisionProcess.Outcome(next, probability: 1)]
          for outcome in seen where outcome.probability > 0 {
            if matrices[outcome.index] == nil { count += size * size }
            guard count <= BeliefProcess.largestCount else { throw BeliefProcess.tooLarge }
            matrices[outcome.index, default: [Double](repeating: 0, count: size * size)][
              row * size + column] += process.probabilities[cell] * outcome.probability
          }
        }
      }
      branches.append(matrices.sorted { $0.key < $1.key }.map { Branch(probability: $0.value) })
    }
    self.branches = branches
  }

  /// A belief about the process's states as one about those that differ.
  func reduced(_ belief: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: size)
    for (state, weight) in belief.enumerated() {
      if let index = member[state] { result[index] += weight }
    }
    return result
  }

  /// The next belief times the probability of the outcome, from one times any factor.
  func next(_ belief: [Double], _ branch: Branch) -> [Double] {
    var result = [Double](repeating: 0, count: size)
    for row in 0..<size where belief[row] != 0 {
      for column in 0..<size {
        result[column] += belief[row] * branch.probability[row * size + column]
      }
    }
    return result
  }

  /// What a linear value of the next belief is worth now, by state: discount * matrix * vector.
  func previous(_ vector: [Double], _ branch: Branch) -> [Double] {
    (0..<size).map { row in
      var sum = 0.0
      for column in 0..<size { sum += branch.probability[row * size + column] * vector[column] }
      return discount * sum
    }
  }

  /// By action, what doing it for ever gains from each state: no more than the optimum, below discount 1.
  func blindValues() -> [[Double]] {
    let most = rewards.joined().reduce(0) { max($0, $1.magnitude) } / (1 - discount)
    return rewards.indices.map { action in
      let reward = rewards[action]
      // From the least that may be gained it grows, so that it may be left off at any time.
      let least = min(rewards.joined().min() ?? 0, 0) / (1 - discount)
      var values = [Double](repeating: least * (1 + 1e-14), count: size)
      for _ in 0..<100_000 {
        var next = reward
        for branch in branches[action] {
          for (state, value) in previous(values, branch).enumerated() { next[state] += value }
        }
        let change = zip(next, values).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
        values = zip(next, values).map { max($0, $1) }
        if change <= 1e-13 * most { break }
      }
      return values
    }
  }

  /// States with the same future have the same index.
  private static func members(
    _ process: DecisionProcess
  ) -> (member: [Int?], first: [Int]) {
    struct Future: Hashable {
      var rewards: [Double] = []
      var next: [[Int32]] = []
      var probabilities: [[Double]] = []
    }
    var known: [Future: Int] = [:]
    var first: [Int] = []
    let member = (0..<process.stateCount).map { state -> Int? in
      if process.isTerminal[state] { return nil }
      var future = Future()
      for action in 0..<process.actionCount {
        let cells = process.cells(action, state)
        future.rewards.append(process.rewards[action * process.stateCount + state])
        future.next.append(Array(process.nextStates[cells]))
        future.probabilities.append(Array(process.probabilities[cells]))
      }
      if let index = known[future] { return index }
      known[future] = first.count
      first.append(state)
      return first.count - 1
    }
    return (member, first)
  }

  private static var tooLarge: InvalidInput {
    InvalidInput(
      source: "decision process",
      [
        Fault(
          "states", "are too many to plan over beliefs about them",
          remedy: "at most \(largestCount) numbers, states squared times actions times outcomes")
      ])
  }
}

/// The sum of products.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
