extension ModelCheck {
  /// Checks the factors, modalities and controls.
  mutating func checkVariables() {
    check(description.factors, "factors", "factor", isRequired: true)
    check(description.modalities, "modalities", "modality", isRequired: true)
    check(description.controls, "controls", "control", isRequired: false)
  }

  private mutating func check(
    _ variables: [Variable], _ key: String, _ kind: String, isRequired: Bool
  ) {
    if variables.isEmpty && isRequired && !isUnreadable(key) {
      add(key, "is empty", remedy: "give at least one \(kind)")
    }
    var names: Set<String> = []
    for (index, variable) in variables.enumerated() {
      if isUnreadable("\(key)[\(index)]") && variable.name.isEmpty { continue }
      if variable.name.isEmpty {
        add("\(key)[\(index)]", "has an empty name", remedy: "name the \(kind)")
      } else if !names.insert(variable.name).inserted {
        add(key, "'\(variable.name)' is there twice", remedy: "rename one of them")
      }
      if !isUnreadable("\(key)[\(index)]") { checkValues(variable, key) }
    }
  }

  private mutating func checkValues(_ variable: Variable, _ key: String) {
    let place = "\(key)[\(variable.name)]"
    if let labels = variable.labels {
      if labels.isEmpty { add(place, "has no labels", remedy: "give one for each value") }
      // A likelihood may have a variable's labels on both sides; large ones are checked once.
      if labels == distinctLabels { return }
      var known = Set<String>(minimumCapacity: labels.count)
      var isDistinct = true
      for (index, label) in labels.enumerated() {
        if label.isEmpty {
          isDistinct = false
          add(place, "label \(index) is empty", remedy: "name every value or give a size alone")
        } else if !known.insert(label).inserted {
          isDistinct = false
          add(place, "label '\(label)' is there twice", remedy: "rename one of them")
        }
      }
      if isDistinct { distinctLabels = labels }
    } else if variable.size < 1 {
      add(place, "has size \(variable.size)", remedy: "a size is at least 1")
    }
  }

  /// Whether an earlier fault has left this place without content.
  func isUnreadable(_ place: String) -> Bool { description.unreadable.contains(place) }

  /// The position of a variable in its list; a fault where it is not there.
  mutating func index(
    of name: String, in variables: [Variable], _ kind: String, at place: String
  ) -> Int? {
    if let index = position(of: name, kind) { return index }
    let key = kind == "modality" ? "modalities" : kind + "s"
    if isUnreadable(key) { return nil }
    add(
      place, "unknown \(kind) '\(name)'",
      remedy: suggestion(for: name, among: variables.map(\.name), kind: kind))
    return nil
  }

  /// The positions of variables in their list; nil, with faults, where one is unknown or twice
  /// there.
  mutating func indices(
    of names: [String], in variables: [Variable], _ kind: String, at place: String
  ) -> [Int]? {
    var indices: [Int] = []
    var known: Set<Int> = []
    var isWhole = true
    for name in names {
      guard let index = index(of: name, in: variables, kind, at: place) else {
        isWhole = false
        continue
      }
      if !known.insert(index).inserted {
        add(place, "\(kind) '\(name)' is there twice", remedy: "name each dependency once")
        isWhole = false
      }
      indices.append(index)
    }
    return isWhole ? indices : nil
  }

  /// The positions of the tables of a key, by variable; unknown and repeated names are faults.
  mutating func order(
    _ names: [String], in variables: [Variable], _ kind: String, key: String
  ) -> [Int?] {
    var positions = [Int?](repeating: nil, count: variables.count)
    for (position, name) in names.enumerated() {
      guard let index = index(of: name, in: variables, kind, at: "\(key)[\(position)]") else {
        continue
      }
      if positions[index] != nil {
        add(key, "\(kind) '\(name)' is there twice", remedy: "remove one of them")
      } else {
        positions[index] = position
      }
    }
    return positions
  }
}
