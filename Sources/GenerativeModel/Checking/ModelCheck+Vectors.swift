extension ModelCheck {
  /// Checks C: log preferences by modality.
  mutating func preferences() -> [Tensor?] {
    tables(description.preferences, of: description.modalities, "modality", key: "C") {
      check, tensor, place in
      guard check.checkPreferenceShape(tensor, place) else { return false }
      var run = FaultRun()
      let place = place.withSteps(of: tensor)
      tensor.forEachStored { offset, value in
        if !value.isFinite {
          run.add(Fault(place.entry(offset), "is \(value)", remedy: "every number is finite"))
        }
      }
      check.faults.add(run.summary(place.name, one: "entry", many: "entries"))
      return run.count == 0
    }
  }

  /// Checks D: probabilities of the first state by factor.
  mutating func initialStates() -> [[Double]?] {
    tables(description.initialStates, of: description.factors, "factor", key: "D") {
      check, tensor, place in
      check.checkVector(tensor, place) && check.checkDistributions(tensor, place)
    }.map { $0?.values }
  }

  /// Checks H: goal states and states to be avoided by factor.
  mutating func goals() -> (goals: [[Double]?], avoided: [[Double]?]) {
    let goals = marks(
      description.goals, key: "H", kind: "goal state",
      remedy: "a goal is 1 where the factor is to be and 0 elsewhere")
    // A name that is no factor's is told once.
    let told = Set(description.goals.map(\.name).filter { factorIndex[$0] == nil })
    let avoided = marks(
      description.avoided.filter { !told.contains($0.name) }, key: "H", member: ".avoid",
      kind: "state to avoid",
      remedy: "1 is for a state to be avoided and 0 for any other")
    for (factor, (goal, avoided)) in zip(description.factors, zip(goals, avoided)) {
      guard let goal, let avoided else { continue }
      var run = FaultRun()
      let place = TablePlace(
        name: "H[\(factor.name)].avoid", axes: [.init(variable: factor, values: "states")])
      for state in goal.indices where goal[state] == 1 && avoided[state] == 1 {
        run.add(
          Fault(place.entry(state), "is a goal state as well", remedy: "give 0 for one of them"))
      }
      faults.add(run.summary(place.name, one: "entry", many: "entries"))
    }
    return (goals, avoided)
  }

  /// Checks tables that mark states by 1, at least one each.
  private mutating func marks(
    _ entries: [ModelDescription.Table], key: String, member: String = "", kind: String,
    remedy: String
  ) -> [[Double]?] {
    tables(entries, of: description.factors, "factor", key: key, member: member) {
      check, tensor, place in
      guard check.checkVector(tensor, place) else { return false }
      var run = FaultRun()
      var hasMark = false
      tensor.forEachStored { offset, value in
        hasMark = hasMark || value == 1
        if value != 0 && value != 1 {
          run.add(Fault(place.entry(offset), "is \(value)", remedy: remedy))
        }
      }
      check.faults.add(run.summary(place.name, one: "entry", many: "entries"))
      if run.count == 0 && !hasMark {
        check.add(place.name, "has no \(kind)", remedy: "give 1 to at least one state")
        return false
      }
      return run.count == 0
    }.map { $0?.values }
  }

  /// Checks tables that belong to one variable each; nil where there is none or it has a fault.
  mutating func tables(
    _ entries: [ModelDescription.Table], of variables: [Variable], _ kind: String, key: String,
    member: String = "", isValid: (inout ModelCheck, Tensor, TablePlace) -> Bool
  ) -> [Tensor?] {
    let positions = order(entries.map(\.name), in: variables, kind, key: key)
    let values = kind == "modality" ? "outcomes" : "states"
    return zip(variables, positions).map { variable, position in
      guard let position else { return nil }
      let place = TablePlace(
        name: "\(key)[\(variable.name)]\(member)",
        axes: [.init(variable: variable, values: values)])
      let tensor = entries[position].values
      return isValid(&self, tensor, place) ? tensor : nil
    }
  }

  /// Whether a table has one entry a state and can be written out.
  mutating func checkVector(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    checkShape(tensor, place) && takeRoom(for: tensor, place)
  }

  /// Whether a table is `[outcome]` or `[planning step, outcome]`; a fault where not.
  mutating func checkPreferenceShape(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    guard place.shape.allSatisfy({ $0 > 0 }) else { return false }
    let shape = tensor.shape
    let isKnown = (1...2).contains(shape.count) && shape.last == place.shape[0]
    guard isKnown, shape[0] > 0 else {
      let outcomes = place.axes[0].description
      add(place.name, "expected [\(outcomes)] or [planning steps, \(outcomes)], found \(shape)")
      return false
    }
    return checkShape(tensor, place.withSteps(of: tensor)) && takeRoom(for: tensor, place)
  }
}

extension TablePlace {
  /// The axes of a preference: with a tensor of two axes, planning steps come first.
  func withSteps(of tensor: Tensor) -> TablePlace {
    guard tensor.shape.count == 2 else { return self }
    let steps = Variable("step", size: tensor.shape[0])
    return TablePlace(name: name, axes: [Axis(variable: steps, values: "planning steps")] + axes)
  }
}
