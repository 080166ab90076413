/// The states that may be reached from D by any actions, or more: never fewer.
///
/// A few joint states are followed one by one, and the answer is exact. Of many each factor is followed by
/// itself, as if the states of different factors did not go together: what that does not reach is not
/// reached.
package struct ReachableStates {
  /// Whether joint states were followed.
  let isExact: Bool
  /// By factor and state.
  package let states: [[Bool]]
  /// The joint states, the last factor varying fastest, where they were followed.
  private let joint: [[Int]]

  /// At most so many joint states, and steps between them, are followed.
  private static let mostJointStates = 4096
  private static let mostJointSteps = 1 << 20

  init(_ lint: ModelLint) {
    if lint.model.factors.count > 1, let joint = ReachableStates.jointStates(lint) {
      isExact = true
      self.joint = joint
      var states = lint.model.factors.map { [Bool](repeating: false, count: $0.size) }
      for state in joint {
        for (factor, value) in state.enumerated() { states[factor][value] = true }
      }
      self.states = states
    } else {
      // Of one factor it is all there is to know.
      isExact = lint.model.factors.count == 1
      joint = []
      states = ReachableStates.byFactor(lint)
    }
  }

  /// Which columns are met of a table that is given factors, and controls in any way.
  func columns(of table: ColumnTable, given: [Int]) -> [Bool] {
    let actions = table.parents.dropFirst(given.count).reduce(1, *)
    var met = [Bool](repeating: false, count: table.columns)
    func meet(_ values: [Int]) {
      var column = 0
      for (value, size) in zip(values, table.parents) { column = column * size + value }
      for action in column * actions..<(column + 1) * actions { met[action] = true }
    }
    if isExact, !joint.isEmpty {
      for state in joint { meet(given.map { state[$0] }) }
    } else {
      let choices = given.map { factor in
        states[factor].indices.filter { states[factor][$0] }
      }
      combinations(of: choices, meet)
    }
    return met
  }

  /// How it was established, for a proof.
  var method: String {
    isExact
      ? "every state that D makes possible was followed through B under every action"
      : "the states that D makes possible were followed through B under every action, each factor by "
        + "itself, which reaches too many rather than too few"
  }

  /// The states of each factor that D makes possible.
  private static func first(_ model: GenerativeModel) -> [[Int]] {
    zip(model.factors, model.initialStates).map { factor, initial in
      factor.indices.filter { state in initial.map { $0[state] > 0 } ?? true }
    }
  }

  // MARK: - Joint states

  private static func jointStates(_ lint: ModelLint) -> [[Int]]? {
    let sizes = lint.model.factors.map(\.size)
    guard let count = product(sizes), count <= mostJointStates else { return nil }
    var seen = [Bool](repeating: false, count: count)
    var queue: [[Int]] = []
    func reach(_ state: [Int]) {
      let index = zip(state, sizes).reduce(0) { $0 * $1.1 + $1.0 }
      if !seen[index] {
        seen[index] = true
        queue.append(state)
      }
    }
    combinations(of: first(lint.model), reach)
    let actions = lint.model.controls.map { Array(0..<$0.size) }
    guard let actionCount = product(actions.map(\.count)) else { return nil }
    var (position, steps) = (0, 0)
    while position < queue.count {
      let state = queue[position]
      position += 1
      steps += actionCount
      guard steps <= mostJointSteps else { return nil }
      var fits = true
      combinations(of: actions) { action in
        let next = lint.model.factors.indices.map { factor in
          lint.nextStates(factor, state, action).map(Int.init)
        }
        steps += product(next.map(\.count)) ?? mostJointSteps
        fits = fits && steps <= mostJointSteps
        if fits { combinations(of: next, reach) }
      }
      guard fits else { return nil }
    }
    return queue
  }

  // MARK: - Factor by factor

  package static func byFactor(_ lint: ModelLint) -> [[Bool]] {
    let model = lint.model
    var reached = model.factors.map { [Bool](repeating: false, count: $0.size) }
    var lists = model.factors.map { _ in [Int]() }
    var queue: [(factor: Int, state: Int)] = []
    func reach(_ factor: Int, _ state: Int) {
      if reached[factor][state] { return }
      reached[factor][state] = true
      lists[factor].append(state)
      queue.append((factor, state))
    }
    for (factor, states) in first(model).enumerated() {
      for state in states { reach(factor, state) }
    }
    func follow(_ factor: Int, _ choices: [[Int]]) {
      let table = lint.transitions[factor]
      combinations(of: choices) { values in
        let column = zip(values, table.parents).reduce(0) { $0 * $1.1 + $1.0 }
        for next in table.support(column) { reach(factor, Int(next)) }
      }
    }
    func choices(_ factor: Int) -> [[Int]] {
      model.transitions[factor].given.map { lists[$0] }
        + model.transitions[factor].controls.map { Array(0..<model.controls[$0].size) }
    }
    for factor in model.factors.indices where model.transitions[factor].given.isEmpty {
      follow(factor, choices(factor))
    }
    var position = 0
    while position < queue.count {
      let (source, state) = queue[position]
      position += 1
      for factor in model.factors.indices {
        guard let axis = model.transitions[factor].given.firstIndex(of: source) else { continue }
        var open = choices(factor)
        open[axis] = [state]
        follow(factor, open)
      }
    }
    return reached
  }
}

/// Calls `body` with each way to take one of each of several lists; the last varies fastest.
func combinations(of choices: [[Int]], _ body: ([Int]) -> Void) {
  if choices.contains(where: \.isEmpty) { return }
  var positions = [Int](repeating: 0, count: choices.count)
  var values = choices.map { $0[0] }
  while true {
    body(values)
    var axis = choices.count - 1
    while axis >= 0 {
      positions[axis] += 1
      if positions[axis] < choices[axis].count { break }
      positions[axis] = 0
      values[axis] = choices[axis][0]
      axis -= 1
    }
    if axis < 0 { return }
    values[axis] = choices[axis][positions[axis]]
  }
}
