import ActiveInference

// `--set levels.sentence.planning.horizon=2`: the levels of a deep agent.

extension WorldOptions {
  /// The agent by level, the lowest first: one configuration where it has one level.
  ///
  /// - Parameter levels: those of the environment's agent; nil where it has one.
  func configurations(
    of agent: AgentConfiguration, _ levels: CompiledDeepAgent?
  ) throws -> [AgentConfiguration] {
    var faults = FaultGatherer()
    faults.gather { try checkLevels(levels?.outline.names ?? []) }
    guard let levels else {
      let configuration = faults.gather { try self.configuration(in: agent) }
      try faults.check()
      return [configuration ?? agent]
    }
    var configurations: [AgentConfiguration] = []
    for (level, compiled) in levels.levels.enumerated() {
      let made = faults.gather {
        try configuration(of: level, compiled.configuration, levels.outline.names)
      }
      if let made { configurations.append(made) }
    }
    try faults.check()
    return configurations
  }

  /// The configuration of a level of a deep agent.
  private func configuration(
    of level: Int, _ environment: AgentConfiguration, _ names: [String]
  ) throws -> AgentConfiguration {
    try checkOnce(level, names)
    var configuration = environment
    if level == 0 { configuration = try self.configuration(in: configuration) }
    let own = assignments.filter { self.level(of: $0, names) == level }
    for place in places(of: level, names) {
      let layers = AgentLayers(
        environment: configuration, file: nil, assignments: own, place: place)
      configuration = try layers.configuration()
    }
    return configuration
  }

  /// What assignments may call a level.
  private func places(of level: Int, _ names: [String]) -> [String] {
    let places = ["levels.\(names[level])", "levels.\(level)"]
    return places[0] == places[1] ? [places[0]] : places
  }

  /// The number of the level that an assignment is about; nil where it names none.
  private func level(of assignment: Assignment, _ names: [String]) -> Int? {
    var found: (level: Int, length: Int)?
    for level in names.indices {
      for place in places(of: level, names) where assignment.path(in: place) != nil {
        // Of two names that it begins with, the longer is meant.
        if place.count > found?.length ?? 0 { found = (level, place.count) }
      }
    }
    return found?.level
  }

  /// Refuses what is about a level that is not there.
  private func checkLevels(_ names: [String]) throws {
    for assignment in assignments where assignment.isAboutLevels {
      if level(of: assignment, names) != nil { continue }
      throw CommandFailure.input(
        names.isEmpty
          ? "--set \(assignment.key): the agent has one level; agent.* sets it"
          : "--set \(assignment.key): there is no such level; they are "
            + names.indices.map { "levels.\(names[$0])" }.joined(separator: ", ")
            + ", or levels.0 to levels.\(names.count - 1)")
    }
  }

  /// Refuses a setting that is given under two names of a level.
  private func checkOnce(_ level: Int, _ names: [String]) throws {
    var known: [String: String] = [:]
    for assignment in assignments {
      let all = (level == 0 ? ["agent"] : []) + places(of: level, names)
      guard let path = all.compactMap(assignment.path).first else { continue }
      if let other = known.updateValue(assignment.key, forKey: path) {
        throw CommandFailure.input("--set \(assignment.key): given twice, as \(other) too")
      }
    }
  }
}
