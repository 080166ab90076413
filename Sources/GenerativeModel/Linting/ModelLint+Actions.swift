extension ModelLint {
  /// Controls and actions that make no difference.
  func checkActions() {
    for control in model.controls.indices where model.controls[control].size > 1 {
      let driven = model.factors.indices.filter {
        model.transitions[$0].controls.contains(control)
      }
      if driven.isEmpty {
        add(
          .idleControl, at: place(control: control), "drives no factor",
          proof: "no entry of B lists it among its controls",
          remedy: "name it in the controls of a factor, or leave it out")
      } else {
        checkActions(of: control, driven)
      }
    }
  }

  private func checkActions(of control: Int, _ driven: [Int]) {
    let names = driven.map { model.transitionPlace($0).name }
    for group in groups(of: control, driven) where group.count > 1 {
      let all = group.count == model.controls[control].size
      let labels = listed(group.map { model.controls[control].label($0) })
      add(
        .deadAction, isLearned(driven) ? .note : nil, at: place(control: control),
        all ? "no action differs from another" : "\(labels) never differ",
        proof:
          "their columns are equal in \(listed(names)), whatever the states and other controls",
        remedy: all ? "leave the control out, or mend its transitions" : "keep one of them")
    }
  }

  /// Whether transitions have counts, and so will change.
  private func isLearned(_ factors: [Int]) -> Bool {
    factors.contains { model.concentration.transition[$0] != nil }
  }

  /// Actions that do the same everywhere, together.
  private func groups(of control: Int, _ driven: [Int]) -> [[Int]] {
    var groups: [[Int]] = []
    for action in model.controls[control].indices {
      let same = groups.firstIndex { group in
        driven.allSatisfy { factor in
          let transition = model.transitions[factor]
          return transition.controls.indices.filter { transition.controls[$0] == control }
            .allSatisfy {
              transitions[factor].isSame(group[0], action, along: transition.given.count + $0)
            }
        }
      }
      if let same { groups[same].append(action) } else { groups.append([action]) }
    }
    return groups
  }

  /// Policies that are there twice, or that habit rules out.
  func checkPolicies() {
    if let policies = model.policies {
      checkDuplicates(policies)
      checkUnlisted(policies)
    }
    checkHabit()
  }

  private func checkDuplicates(_ policies: [[[Int]]]) {
    var first: [[[Int]]: Int] = [:]
    for (index, policy) in policies.enumerated() {
      guard let known = first[policy] else {
        first[policy] = index
        continue
      }
      add(
        .duplicatePolicy, at: "policies[\(index)]", "is policy \(known) again",
        proof: "both take the same actions at every step",
        remedy: "leave it out; to make a policy likelier give it more in E")
    }
  }

  private func checkUnlisted(_ policies: [[[Int]]]) {
    for control in model.controls.indices {
      var taken = [Bool](repeating: false, count: model.controls[control].size)
      for step in policies.joined() { taken[step[control]] = true }
      let never = taken.indices.filter { !taken[$0] }
      if never.isEmpty { continue }
      let labels = listed(never.map { model.controls[control].label($0) })
      add(
        .unlistedAction, at: place(control: control), "no policy takes \(labels)",
        proof: "every step of every listed policy was looked at",
        remedy: "list a policy that does, or leave the action out")
    }
  }

  private func checkHabit() {
    guard let habit = model.habit else { return }
    let table = ColumnTable(model.habitTable(habit))
    guard table.values > 1 else { return }
    // What is learned is not decided yet, even where its counts are zero by now.
    let severity: Finding.Severity? = model.concentration.habit == nil ? nil : .note
    let likely = Set((0..<table.columns).flatMap { table.support($0).map(Int.init) })
    if (0..<table.columns).allSatisfy({ table.support($0).count == 1 }) {
      add(
        .decidedHabit, severity, at: "E", "leaves one policy, whatever it is expected to bring",
        proof: "all others have probability 0 in every column",
        remedy: "give other policies probability, or list that one alone")
    } else if likely.count < table.values {
      let count = table.values - likely.count
      let never = listed((0..<table.values).filter { !likely.contains($0) }.map { "\($0)" })
      add(
        .excludedPolicy, at: "E", "rules out \(counted(count, "policy")): \(never)",
        proof: "probability 0 is 0 whatever is expected",
        remedy: "give them a little, or leave them out of the policies")
    }
  }
}
