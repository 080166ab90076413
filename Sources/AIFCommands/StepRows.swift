import ActiveInference

/// Episodes as comma-separated values, one row a step: `--format csv`.
struct StepRows {
  private let model: GenerativeModel

  init(_ model: GenerativeModel) { self.model = model }

  /// The names of the columns, a line.
  var heading: String {
    var names = ["episode", "step"]
    names += model.modalities.map { "observation.\($0.name)" }
    names += model.factors.map { "state.\($0.name)" }
    names += model.controls.map { "action.\($0.name)" }
    names += model.controls.map { "choice.\($0.name)" }
    for factor in model.factors {
      names += (0..<factor.size).map { "belief.\(factor.name).\(factor.label($0))" }
    }
    names.append("freeEnergy")
    return line(names)
  }

  /// The rows of an episode; what the record level left out is empty.
  func rows(_ episode: Episode, level: RecordLevel) -> String {
    episode.steps.map { step in
      let step = step.reduced(to: level)
      var cells = ["\(episode.index)", "\(step.t)"]
      cells += zip(model.modalities, step.observation).map { modality, observation in
        switch observation {
        case .outcome(let outcome): modality.label(outcome)
        case .distribution(let weights): weights.map { "\($0)" }.joined(separator: " ")
        case .missing: ""
        }
      }
      cells += labels(model.factors, step.states)
      cells += labels(model.controls, step.action)
      cells += labels(model.controls, step.choice)
      for (index, factor) in model.factors.enumerated() {
        cells += (0..<factor.size).map { state in step.beliefs.map { "\($0[index][state])" } ?? "" }
      }
      cells.append(step.freeEnergy.map { "\($0)" } ?? "")
      return line(cells)
    }.joined()
  }

  private func labels(_ variables: [Variable], _ values: [Int]?) -> [String] {
    variables.indices.map { index in
      guard let values, values.indices.contains(index) else { return "" }
      return variables[index].label(values[index])
    }
  }

  private func line(_ cells: [String]) -> String {
    cells.map(csvCell).joined(separator: ",") + "\n"
  }
}

/// A cell of comma-separated values, quoted where it must be (RFC 4180).
func csvCell(_ text: String) -> String {
  // By scalar: a comma with an accent upon it is one character that is no comma.
  let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
  guard text.unicodeScalars.contains(where: special.contains) else { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    if scalar == "\"" { quoted += "\"" }
    quoted.unicodeScalars.append(scalar)
  }
  return quoted + "\""
}
