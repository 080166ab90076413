extension ModelLint {
  /// Factors and states that no outcome, now or later, tells apart.
  func checkDistinctions() {
    let observed = closure(
      model.factors.indices.map { f in outcomeParents.contains { $0.contains(f) } }
    ) { factor, marked in
      // It may show through a factor that depends on it.
      self.stateParents.indices.contains { marked[$0] && self.stateParents[$0].contains(factor) }
    }
    for f in model.factors.indices where model.factors[f].size > 1 {
      if observed[f] {
        checkStatesOf(f)
      } else {
        addUnobservable(f)
      }
    }
  }

  private func addUnobservable(_ f: Int) {
    let isLearned =
      model.likelihoods.indices.contains {
        model.likelihoods[$0].given.contains(f) && model.concentration.likelihood[$0] != nil
      } || model.concentration.transition.contains { $0 != nil }
    // Where a goal or a habit asks for it, it is a plan's business even unseen.
    let isUsed = model.goals[f] != nil || model.habitGiven.contains(f)
    add(
      .unobservableFactor, isLearned || isUsed ? .note : nil, at: place(factor: f),
      "no outcome depends on it",
      proof: "no table of A varies with it, nor B of any factor on which A depends, at any remove",
      remedy: "let a modality depend on it, or leave it out")
  }

  /// The most entries of tables that are gone through for one factor, all rounds together.
  private static let mostEntries = 1 << 21

  /// Finds states that are bisimilar: they give the same outcomes and lead, under each action, to the same
  /// classes of such states.
  private func checkStatesOf(_ f: Int) {
    let shown = model.likelihoods.indices.filter { model.likelihoods[$0].given.contains(f) }
    let led = model.factors.indices.filter { model.transitions[$0].given.contains(f) }
    let isLearned =
      shown.contains { model.concentration.likelihood[$0] != nil }
      || led.contains { model.concentration.transition[$0] != nil }
    let entries =
      shown.reduce(0) { $0 + likelihoods[$1].count } + led.reduce(0) { $0 + transitions[$1].count }
    let rounds = ModelLint.mostEntries / max(entries, 1)
    guard let classes = bisimilar(f, shown, led, rounds: rounds) else { return }
    let groups = Dictionary(grouping: model.factors[f].indices.filter { reachable.states[f][$0] }) {
      classes[$0]
    }
    for group in groups.values.sorted(by: { $0[0] < $1[0] }) where group.count > 1 {
      add(
        .indistinguishableStates, isLearned ? .note : nil, at: place(factor: f),
        "nothing tells \(listed(group.map { model.factors[f].label($0) })) apart",
        proof:
          "they give the same outcomes and, under every action, lead alike to states of which the "
          + "same holds",
        remedy: "make them one state, or let an outcome differ")
    }
  }

  /// The coarsest classes of states of a factor of which each has the same outcomes, goals and habits and
  /// leads to the same classes; nil where they cannot be found in so many rounds.
  private func bisimilar(_ f: Int, _ shown: [Int], _ led: [Int], rounds: Int) -> [Int]? {
    guard rounds > 0 else { return nil }
    func axes(_ given: [Int]) -> [Int] { given.indices.filter { given[$0] == f } }
    var keys = model.factors[f].indices.map { state -> [UInt64] in
      var key: [UInt64] = []
      for m in shown {
        for axis in axes(model.likelihoods[m].given) {
          key += likelihoods[m].signature(state, along: axis)
        }
      }
      // What it does to other factors must be the same exactly.
      for g in led where g != f {
        for axis in axes(model.transitions[g].given) {
          key += transitions[g].signature(state, along: axis)
        }
      }
      key.append((model.goals[f]?[state] ?? 0).bitPattern)
      key.append((model.avoided[f]?[state] ?? 0).bitPattern)
      return key + habitKey(f, state)
    }
    var classes = ModelLint.numbered(keys)
    guard let axis = model.transitions[f].given.firstIndex(of: f) else { return classes }
    for _ in 0..<rounds {
      let before = classes
      keys = model.factors[f].indices.map { state in
        [UInt64(before[state])] + transitions[f].signature(state, along: axis) { before[$0] }
      }
      classes = ModelLint.numbered(keys)
      if classes == before { return classes }
    }
    return nil
  }

  /// What E makes of a state.
  private func habitKey(_ f: Int, _ state: Int) -> [UInt64] {
    guard let habit = model.habit, let axis = model.habitGiven.firstIndex(of: f) else { return [] }
    return ColumnTable(model.habitTable(habit)).signature(state, along: axis)
  }

  /// Equal keys have equal numbers, in the order in which they first come.
  private static func numbered(_ keys: [[UInt64]]) -> [Int] {
    var numbers: [[UInt64]: Int] = [:]
    return keys.map { key in
      if let number = numbers[key] { return number }
      numbers[key] = numbers.count
      return numbers.count - 1
    }
  }
}
