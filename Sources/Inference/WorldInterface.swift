import GenerativeModel

/// What passes between an agent and its world: what is seen of it and what is done in it.
package struct WorldInterface: Hashable, Sendable {
  /// What each entry of an observation is of.
  package var modalities: [Variable]
  /// What each entry of an action is of.
  package var controls: [Variable]

  /// An interface of so many modalities and controls.
  package init(modalities: [Variable], controls: [Variable]) {
    self.modalities = modalities
    self.controls = controls
  }

  /// What is wrong with an observation.
  package func faults(of observation: [Observation], at place: String) -> [Fault] {
    guard observation.count == modalities.count else {
      return [Fault(place, mismatch(observation.count, modalities, "modality", "modalities"))]
    }
    return zip(modalities, observation).compactMap { modality, entry in
      entry.fault(in: modality, at: "\(place)[\(modality.name)]")
    }
  }

  /// What is wrong with an action.
  package func faults(of action: [Int], at place: String) -> [Fault] {
    guard action.count == controls.count else {
      return [Fault(place, mismatch(action.count, controls, "control", "controls"))]
    }
    return zip(controls, action).compactMap { control, value in
      (0..<control.size).contains(value)
        ? nil
        : Fault("\(place)[\(control.name)]", "action \(value) is not in 0...\(control.size - 1)")
    }
  }

  private func mismatch(
    _ count: Int, _ variables: [Variable], _ one: String, _ many: String
  ) -> String {
    let entries = count == 1 ? "1 entry" : "\(count) entries"
    return "has \(entries) for \(variables.count) \(variables.count == 1 ? one : many)"
  }
}

extension GenerativeModel {
  /// What passes between the world and an agent that holds this model alone.
  package var interface: WorldInterface {
    WorldInterface(modalities: modalities, controls: controls)
  }

  /// What is wrong with an observation of this model's.
  package func faults(of observation: [Observation], at place: String) -> [Fault] {
    interface.faults(of: observation, at: place)
  }

  /// What is wrong with an action on this model's controls.
  package func faults(of action: [Int], at place: String) -> [Fault] {
    interface.faults(of: action, at: place)
  }
}
