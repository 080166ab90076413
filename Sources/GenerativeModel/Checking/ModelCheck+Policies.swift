extension ModelCheck {
  /// Checks E: finite, not negative, a distribution, one entry for each policy of a list.
  mutating func habit(given: [Int]?) -> [Double]? {
    guard let habit = description.habit, let given else { return nil }
    return checkHabit(habit, description.habitShape, given, "E", isCount: false) ? habit : nil
  }

  /// The factors that E is given; nil, and faults, where they are not known.
  mutating func habitGiven() -> [Int]? {
    let key = description.habit == nil ? "concentration.E" : "E"
    if !description.habitGiven.isEmpty && description.habit == nil
      && description.habitCounts == nil && !isUnreadable("E") && !isUnreadable("concentration.E")
    {
      add("E", "is given states but has neither probability nor counts", remedy: "give one of them")
    }
    return indices(
      of: description.habitGiven, in: description.factors, "factor", at: key + ".given")
  }

  /// Checks numbers over policies; only an explicit list says how many there are.
  ///
  /// - Parameter shape: what a file says of it, where the numbers are given states.
  mutating func checkHabit(
    _ values: [Double], _ shape: [Int]?, _ given: [Int], _ name: String, isCount: Bool
  ) -> Bool {
    let sizes = given.map { description.factors[$0].size }
    // A factor without states has been told.
    if sizes.contains(where: { $0 < 1 }) { return false }
    let columns = product(sizes) ?? .max
    let found = shape ?? (values.count % columns == 0 ? [values.count / columns] + sizes : nil)
    guard let found, Array(found.dropFirst()) == sizes else {
      let states = given.map { description.factors[$0] }.map { "\($0.size) states of \($0.name)" }
      add(
        name,
        "expected [policies, \(states.joined(separator: ", "))], found"
          + " \(shape.map { "\($0)" } ?? "\(values.count) entries")")
      return false
    }
    if let policies = description.policies, policies.count != found[0] {
      let expected = "\(policies.count) entr\(policies.count == 1 ? "y" : "ies")"
      add(name, "expected \(expected), one a policy, found \(found[0])")
      return false
    }
    if values.isEmpty && isUnreadable(name) { return false }
    let place = habitPlace(name, values.count, given)
    let tensor = Tensor(shape: place.shape, values)
    return isCount ? checkCounts(tensor, place) : checkDistributions(tensor, place)
  }

  /// How to name the cells of so many numbers over policies.
  func habitPlace(_ name: String, _ count: Int, _ given: [Int]) -> TablePlace {
    TablePlace.habit(count, given: given.map { description.factors[$0] }, name: name)
  }

  /// The means of counts over policies.
  func habitMean(_ counts: [Double], given: [Int]) -> [Double] {
    if given.isEmpty { return mean(counts) }
    return meanOfColumns(Tensor(shape: habitPlace("E", counts.count, given).shape, counts)).values
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
