extension ModelLint {
  /// States that are never reached: those to which others lead, and those to which nothing does, which
  /// may be meant as the cells of walls are.
  func checkStates() {
    for f in model.factors.indices {
      let missed = model.factors[f].indices.filter { !reachable.states[f][$0] }
      if missed.isEmpty { continue }
      let isEntered = entered(f)
      let (lost, walls) = (missed.filter { isEntered[$0] }, missed.filter { !isEntered[$0] })
      addUnreachable(f, lost, nil, "never reached", reachable.method)
      addUnreachable(
        f, walls, .note, "never reached, and nothing leads there",
        "D excludes \(walls.count == 1 ? "it" : "them"), and in B no other state leads there")
    }
  }

  private func addUnreachable(
    _ f: Int, _ states: [Int], _ severity: Finding.Severity?, _ problem: String, _ proof: String
  ) {
    if states.isEmpty { return }
    let (verb, object) = states.count == 1 ? ("is", "it") : ("are", "them")
    add(
      .unreachableState, severity, at: place(factor: f),
      "\(listed(states.map { model.factors[f].label($0) })) \(verb) \(problem)", proof: proof,
      remedy: "give \(object) probability in D, let an action lead there, or leave \(object) out")
  }

  /// Which states some other state leads to, or anything where the factor does not depend on itself.
  private func entered(_ f: Int) -> [Bool] {
    var isEntered = [Bool](repeating: false, count: model.factors[f].size)
    let table = transitions[f]
    let axis = model.transitions[f].given.firstIndex(of: f)
    for column in 0..<table.columns {
      let state = axis.map { table.coordinate(column, $0) }
      for next in table.support(column) where Int(next) != state { isEntered[Int(next)] = true }
    }
    return isEntered
  }

  /// First states from which what is driven by actions is never moved by them.
  func checkStarts() {
    for f in model.factors.indices where !stateControls[f].isEmpty && model.initialStates[f] != nil
    {
      let (table, transition) = (transitions[f], model.transitions[f])
      let actions = table.parents.dropFirst(transition.given.count).reduce(1, *)
      let met = metTransitions[f]
      let moves = stride(from: 0, to: table.columns, by: actions).contains { first in
        met[first] && (first + 1..<first + actions).contains { !table.isEqual(first, $0) }
      }
      if moves { continue }
      add(
        .absorbedStart, at: "D[\(model.factors[f].name)]",
        "excludes every state in which an action makes a difference to \(model.factors[f].name)",
        proof:
          "\(reachable.method); in none of what was reached do two actions differ, in others they do",
        remedy: "let D begin where an action moves it, or let an action lead out")
    }
  }
}

extension Variable {
  /// Its values.
  var indices: Range<Int> { 0..<size }
}
