import GenerativeModel

extension DeepAgent {
  /// Says that other actions were taken than the levels chose, as when behaviour is replayed.
  ///
  /// - Parameter action: one entry a control of ``CompiledDeepAgent/controls``: above the lowest level 0 where the
  ///   level went on, else its action plus 1.
  /// - Throws: ``InvalidInput`` where an entry is out of range, a level acts that did not step at the last tick, or
  ///   one does not that did; nothing is then taken.
  public func took(_ action: [Int]) throws(InvalidInput) {
    var faults = interface.faults(of: action, at: "action")
    if faults.isEmpty { faults = clockFaults(action) }
    if !faults.isEmpty { throw InvalidInput(faults) }
    for (level, part) in parts(of: action).enumerated().prefix(max(steppedLevels, 1)) {
      try levels[level].took(level == 0 ? part : part.map { $0 - 1 })
    }
  }

  /// An action by level.
  private func parts(of action: [Int]) -> [[Int]] {
    var rest = action[...]
    return blueprint.outline.models.map { model in
      defer { rest = rest.dropFirst(model.controls.count) }
      return Array(rest.prefix(model.controls.count))
    }
  }

  /// What is wrong with who acts.
  private func clockFaults(_ action: [Int]) -> [Fault] {
    zip(blueprint.outline.names, parts(of: action)).enumerated().dropFirst().compactMap {
      level, named in
      let (name, part) = named
      let stepped = level < steppedLevels
      guard part.contains(where: { ($0 > 0) != stepped }) else { return nil }
      return Fault(
        "action",
        stepped
          ? "level \(name) has come to the end of its step, and does nothing"
          : "level \(name) acts, and has not come to the end of its step",
        remedy: stepped ? "give its action plus 1" : "give 0")
    }
  }
}
