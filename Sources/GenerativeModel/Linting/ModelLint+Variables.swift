extension ModelLint {
  /// Variables that say nothing, and names that are easily taken for one another.
  func checkVariables() {
    let kinds = [
      ("factors", model.factors, "state"), ("modalities", model.modalities, "outcome"),
      ("controls", model.controls, "action"),
    ]
    for (key, variables, noun) in kinds {
      for variable in variables {
        let place = "\(key)[\(variable.name)]"
        if variable.size == 1 {
          add(
            .singleValue, at: place, "has one \(noun)", proof: "its size is 1",
            remedy: "leave it out, unless it is there for its shape")
        }
        checkNames(variable.labels ?? [], "label", place)
      }
      checkNames(variables.map(\.name), "name", key)
    }
  }

  private func checkNames(_ names: [String], _ noun: String, _ place: String) {
    var known: [String: String] = [:]
    for name in names {
      let plain = name.lowercased().split { $0.isWhitespace || $0 == "_" }.joined(separator: " ")
      guard !plain.isEmpty, let other = known.updateValue(name, forKey: plain) else { continue }
      add(
        .similarLabels, at: place, "\(noun)s '\(other)' and '\(name)' are easily confused",
        proof: "they differ in case, spaces or underscores alone",
        remedy: "rename one of them; if both mean one thing, keep one")
    }
  }
}
