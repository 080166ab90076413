import GenerativeModel
import Kernels

extension WindowInference {
  /// Adds what the steps before and after say of each step under mmp, each the logarithm of an expectation
  /// (pymdp `get_mmp_messages`).
  ///
  ///     from the past:    ln sum B(s_t | s_t-1) q(s_t-1), one half of it where a step follows
  ///     from the future:  1/2 ln sum B'(s_t+1 | s_t) q(s_t+1), B' being B divided by its sum over s_t
  func addMarginalMessages(_ start: Int) {
    let steps = found.count - 1
    for time in 0..<steps {
      let actions = history.actions.row(start + time + 1)
      expectPast(time, actions, tables.transitions.base)
      expectFuture(time, actions)
    }
    let convention = settings.convention
    convention.logarithms(fromPast.row(1), into: fromPast.row(1), count: steps * space.size)
    convention.logarithms(
      fromFuture.base, into: fromFuture.base, count: steps * messages.edgeStates)
    let share = messages.forwardShare.base
    for time in 0..<steps {
      let logs = logBeliefs.row(time)
      let past = fromPast.row(time)
      for state in 0..<space.size { logs[state] += share[state] * past[state] }
      addFuture(time, times: 0.5)
    }
    addLastPast()
  }

  /// Adds what the steps before and after say of each step under vmp, each the expectation of a logarithm
  /// (pymdp `get_vmp_messages`).
  ///
  ///     from the past:    E_{q of t-1}[ln B]
  ///     from the future:  E_{q of t+1 and of the others at t}[ln B]
  func addVariationalMessages(_ start: Int) {
    for time in 0..<found.count - 1 {
      let actions = history.actions.row(start + time + 1)
      expectPast(time, actions, messages.logs.base, messages.floors.base)
      expectFutureLogarithm(time, actions)
      let logs = logBeliefs.row(time)
      let past = fromPast.row(time)
      for state in 0..<space.size { logs[state] += past[state] }
      addFuture(time, times: 1)
    }
    addLastPast()
  }

  private func addLastPast() {
    let logs = logBeliefs.row(found.count - 1)
    let past = fromPast.row(found.count - 1)
    for state in 0..<space.size { logs[state] += past[state] }
  }

  private func addFuture(_ time: Int, times share: Double) {
    let logs = logBeliefs.row(time)
    let future = fromFuture.row(time)
    for index in 0..<messages.edges.count {
      let edge = messages.edges.base[index]
      let target = logs + edge.parentOffset
      let source = future + edge.offset
      for state in 0..<edge.parentStates { target[state] += share * source[state] }
    }
  }

  // MARK: - Expectations

  /// Fills the row after a time with the expectation of transition tables, or of their logarithms, over the
  /// beliefs at that time.
  func expectPast(
    _ time: Int, _ actions: UnsafePointer<Int>, _ tables: UnsafePointer<RunTable<Double>>,
    _ floors: UnsafePointer<Double>? = nil
  ) {
    let before = Belief(found.beliefs.row(time))
    let after = fromPast.row(time + 1)
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      let target = after + plan.stateOffset
      Arithmetic.expect(
        tables[factor], first: actions[factor] * plan.columns,
        dynamics.distribution(of: plan.scope, in: before), into: target)
      if let floor = floors?[factor], floor != 0 {
        for state in 0..<plan.states { target[state] += floor }
      }
    }
  }

  /// Fills by edge the probability that B read backwards gives to the states at a time.
  private func expectFuture(_ time: Int, _ actions: UnsafePointer<Int>) {
    let belief = UnsafePointer(found.beliefs.row(time))
    let next = UnsafePointer(found.beliefs.row(time + 1))
    let result = fromFuture.row(time)
    for index in 0..<messages.edges.count {
      let edge = messages.edges.base[index]
      let message = result + edge.offset
      let later = next + edge.childOffset
      guard edge.isOnly else {
        let run = actions[edge.child] * space.compiled.factors.base[edge.child].columns
        readBackward(edge, run, belief, later, into: message)
        continue
      }
      let table = messages.backward.base[edge.child]
      let first = actions[edge.child] * edge.parentStates
      for state in 0..<edge.parentStates { message[state] = table.dot(run: first + state, later) }
    }
  }

  /// The same where the child depends on several factors, over which B is averaged first.
  private func readBackward(
    _ edge: TransitionMessages.Edge, _ first: Int, _ belief: UnsafePointer<Double>,
    _ later: UnsafePointer<Double>, into message: UnsafeMutablePointer<Double>
  ) {
    let table = tables.transitions.base[edge.child]
    let columns = weighOthers(edge, belief)
    let cells = contracted.base
    for cell in 0..<edge.parentStates * edge.childStates { cells[cell] = 0 }
    for column in 0..<columns where weights.base[column] != 0 {
      let row = cells + column / edge.stride % edge.parentStates * edge.childStates
      Arithmetic.add(weights.base[column], run: first + column, of: table, to: row)
    }
    for state in 0..<edge.childStates {
      var sum = 0.0
      for row in 0..<edge.parentStates { sum += cells[row * edge.childStates + state] }
      scratch.base[state] = later[state] / max(sum, smallestProbability)
    }
    for row in 0..<edge.parentStates {
      message[row] = Contraction.dot(
        cells + row * edge.childStates, scratch.base, count: edge.childStates)
    }
  }

  /// Fills by edge the expectation of ln B over the next states, and over the other factors now.
  private func expectFutureLogarithm(_ time: Int, _ actions: UnsafePointer<Int>) {
    let belief = UnsafePointer(found.beliefs.row(time))
    let next = UnsafePointer(found.beliefs.row(time + 1))
    let result = fromFuture.row(time)
    for index in 0..<messages.edges.count {
      let edge = messages.edges.base[index]
      let message = result + edge.offset
      let later = next + edge.childOffset
      let table = messages.logs.base[edge.child]
      let floor = messages.floors.base[edge.child]
      let first = actions[edge.child] * space.compiled.factors.base[edge.child].columns
      if edge.isOnly {
        for state in 0..<edge.parentStates {
          message[state] = floor + table.dot(run: first + state, later)
        }
        continue
      }
      let columns = weighOthers(edge, belief)
      for state in 0..<edge.parentStates { message[state] = 0 }
      for column in 0..<columns where weights.base[column] != 0 {
        message[column / edge.stride % edge.parentStates] +=
          weights.base[column] * (floor + table.dot(run: first + column, later))
      }
    }
  }

  /// Weighs each joint state that a child depends on by the beliefs about all factors but the parent; the
  /// number of joint states.
  private func weighOthers(
    _ edge: TransitionMessages.Edge, _ belief: UnsafePointer<Double>
  ) -> Int {
    let scope = space.compiled.scopes[space.compiled.factors.base[edge.child].scope]
    weights.base[0] = 1
    var count = 1
    for position in 0..<scope.factors.count {
      let plan = space.compiled.factors.base[scope.factors[position]]
      let others =
        position == edge.position ? UnsafePointer(ones.base) : belief + plan.stateOffset
      count = outerProduct(weights.base, count, others, plan.states)
    }
    return count
  }
}
