extension GenerativeModel {
  /// One model of what several believe: shared factors once, everything else under its owner's name.
  ///
  /// The members' own factors, modalities and controls become `member.factor` and so on, member by member
  /// in their order; shared factors stand first. An agent with this model plans for all members at once,
  /// with the joint outcome of all that they would see; a ``ModelEnvironment`` of it is a world they share.
  /// Habits, policy lists and habit counts are over the policies of one member and are left out, and so are counts
  /// of shared factors.
  ///
  /// - Parameters:
  ///   - members: the models by the name of their owner.
  ///   - shared: the factors that are the same in every model that has them.
  ///   - without: by member, modalities that are left out: what it hears from others and not from the world.
  /// - Throws: ``InvalidInput`` where a shared factor is not the same everywhere or depends on what is not
  ///   shared, is in no model, or the joined model has faults.
  public init(
    joining members: [(name: String, model: GenerativeModel)], sharing shared: [String],
    without: [String: Set<String>] = [:], name: String = ""
  ) throws(InvalidInput) {
    var joined = ModelDescription()
    joined.name = name
    let faults = FaultList()
    for factor in shared {
      let owners = members.filter { $0.model.factors.contains { $0.name == factor } }
      guard let first = owners.first else {
        faults.add("factor \(factor)", "is in no model", remedy: "share factors that models have")
        continue
      }
      let part = SharedFactor(factor, of: first.model)
      for owner in owners.dropFirst() where SharedFactor(factor, of: owner.model) != part {
        faults.add(
          "factor \(factor)", "differs between \(first.name) and \(owner.name)",
          remedy: "give it the same states, first states and transition")
      }
      if !part.controls.isEmpty || !part.given.allSatisfy(shared.contains) {
        faults.add(
          "factor \(factor)", "depends on what is not shared",
          remedy: "share what it depends on, and leave it to no member's control")
      }
      joined.add(part)
    }
    try faults.check(source: name)
    for member in members {
      joined.add(member.model, of: member.name, shared, without: without[member.name] ?? [])
    }
    try self.init(joined)
  }
}

/// All that a model says of one factor by itself.
private struct SharedFactor: Equatable {
  let variable: Variable
  let given: [String]
  let controls: [String]
  let transition: Tensor
  let first: [Double]?
  let goal: [Double]?

  init(_ name: String, of model: GenerativeModel) {
    let index = model.factors.firstIndex { $0.name == name } ?? 0
    variable = model.factors[index]
    given = model.transitions[index].given.map { model.factors[$0].name }
    controls = model.transitions[index].controls.map { model.controls[$0].name }
    transition = model.transitions[index].probability
    first = model.initialStates[index]
    goal = model.goals[index]
  }
}

extension ModelDescription {
  fileprivate mutating func add(_ factor: SharedFactor) {
    let name = factor.variable.name
    factors.append(factor.variable)
    transitions.append(
      .init(name, given: factor.given, controls: factor.controls, factor.transition))
    if let first = factor.first {
      initialStates.append(.init(name, Tensor(shape: [first.count], first)))
    }
    if let goal = factor.goal { goals.append(.init(name, Tensor(shape: [goal.count], goal))) }
  }

  /// Adds what is a member's own.
  fileprivate mutating func add(
    _ model: GenerativeModel, of member: String, _ shared: [String], without: Set<String>
  ) {
    let part = ModelDescription(model)
    func own(_ name: String) -> String { "\(member).\(name)" }
    func factor(_ name: String) -> String { shared.contains(name) ? name : own(name) }
    func renamed(_ variable: Variable) -> Variable {
      variable.labels.map { Variable(own(variable.name), $0) }
        ?? Variable(own(variable.name), size: variable.size)
    }
    func tables(_ tables: [Table], where isOwn: (String) -> Bool) -> [Table] {
      tables.filter { isOwn($0.name) }.map { Table(own($0.name), $0.values) }
    }
    let isSeen = { (name: String) in !without.contains(name) }
    let isOwn = { (name: String) in !shared.contains(name) }
    factors += part.factors.filter { isOwn($0.name) }.map(renamed)
    modalities += part.modalities.filter { isSeen($0.name) }.map(renamed)
    controls += part.controls.map(renamed)
    likelihoods += part.likelihoods.filter { isSeen($0.modality) }
      .map { Likelihood(own($0.modality), given: $0.given.map(factor), $0.probability) }
    transitions += part.transitions.filter { isOwn($0.factor) }
      .map {
        Transition(
          own($0.factor), given: $0.given.map(factor), controls: $0.controls.map(own),
          $0.probability)
      }
    preferences += tables(part.preferences, where: isSeen)
    initialStates += tables(part.initialStates, where: isOwn)
    goals += tables(part.goals, where: isOwn)
    likelihoodCounts += tables(part.likelihoodCounts, where: isSeen)
    transitionCounts += tables(part.transitionCounts, where: isOwn)
    preferenceCounts += tables(part.preferenceCounts, where: isSeen)
    initialStateCounts += tables(part.initialStateCounts, where: isOwn)
  }
}
