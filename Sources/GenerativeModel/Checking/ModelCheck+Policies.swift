extension ModelCheck {
  /// Checks E: finite, not negative, a distribution, one entry for each policy of a list.
  mutating func habit() -> [Double]? {
    guard let habit = description.habit else { return nil }
    return checkHabit(habit, "E", isCount: false) ? habit : nil
  }

  /// Checks numbers over policies; only an explicit list says how many there are.
  mutating func checkHabit(_ values: [Double], _ name: String, isCount: Bool) -> Bool {
    if let policies = description.policies, policies.count != values.count {
      add(name, "expected \(policies.count) entries, one a policy, found \(values.count)")
      return false
    }
    if values.isEmpty && isUnreadable(name) { return false }
    let policies = Variable("policy", size: values.count)
    let place = TablePlace(name: name, axes: [.init(variable: policies, values: "policies")])
    let tensor = Tensor(shape: [values.count], values)
    return isCount ? checkCounts(tensor, place) : checkDistributions(tensor, place)
  }

  /// Checks the list of policies.
  mutating func checkPolicies() {
    guard let policies = description.policies else { return }
    guard let first = policies.first else {
      add("policies", "the list is empty", remedy: "leave the key out for all sequences")
      return
    }
    var run = FaultRun()
    for (index, policy) in policies.enumerated() {
      if let fault = fault(in: policy, "policies[\(index)]", length: first.count) { run.add(fault) }
    }
    faults += run.summary("policies", one: "policy", many: "policies")
  }

  /// The first fault of a policy.
  private func fault(in policy: [[Int]], _ place: String, length: Int) -> Fault? {
    if policy.isEmpty { return Fault(place, "has no step", remedy: "give an action for each step") }
    if policy.count != length {
      let steps = "\(policy.count) step\(policy.count == 1 ? "" : "s")"
      return Fault(place, "has \(steps) but the first has \(length)", remedy: "make them equal")
    }
    for (step, actions) in policy.enumerated() {
      if actions.count != description.controls.count {
        return Fault(
          place, "step \(step): expected \(description.controls.count) actions, one a control,"
            + " found \(actions.count)")
      }
      for (control, action) in zip(description.controls, actions)
      where control.size > 0 && !(0..<control.size).contains(action) {
        return Fault(
          place, "step \(step): \(control.name) has no action \(action)",
          remedy: "its actions are 0 to \(control.size - 1)")
      }
    }
    return nil
  }
}
