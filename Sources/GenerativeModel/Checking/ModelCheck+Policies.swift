extension ModelCheck {
  /// Checks E: finite, not negative, a distribution, one entry for each policy of a list.
  mutating func habit() -> [Double]? {
    guard let habit = description.habit else { return nil }
    return checkHabit(habit, "E", isCount: false) ? habit : nil
  }

  /// Checks numbers over policies; only an explicit list says how many there are.
  mutating func checkHabit(_ values: [Double], _ name: String, isCount: Bool) -> Bool {
    if let policies = description.policies, policies.count != values.count {
      let expected = "\(policies.count) entr\(policies.count == 1 ? "y" : "ies")"
      add(name, "expected \(expected), one a policy, found \(values.count)")
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
      let place = "policies[\(index)]"
      if let fault = fault(in: policy, place, length: first.count) { run.add(fault) }
    }
    faults.add(run.summary("policies", one: "policy", many: "policies"))
  }

  /// The first fault of a policy.
  private func fault(in policy: [[Int]], _ place: String, length: Int) -> Fault? {
    if policy.isEmpty { return Fault(place, "has no step", remedy: "give an action for each step") }
    if policy.count != length {
      return Fault(
        place, "has \(counted(policy.count, "step")) but the first has \(length)",
        remedy: "make them equal")
    }
    for (step, actions) in policy.enumerated() {
      if actions.count != description.controls.count {
        let expected = counted(description.controls.count, "action")
        return Fault(
          place, "step \(step): expected \(expected), one a control, found \(actions.count)")
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
