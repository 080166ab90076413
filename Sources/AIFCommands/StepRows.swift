import ActiveInference

/// Episodes as comma-separated values, one row a step: `--format csv`.
///
/// Of a deep agent a row has the step of its lowest level, then for each level above, under its name, the step that it
/// took at the same time, if it took one.
struct StepRows {
  private let model: GenerativeModel
  private let interface: WorldInterface
  /// The levels above, each with its name.
  private let above: [(name: String, model: GenerativeModel)]

  init(_ model: GenerativeModel) { self.init(LevelOutline([model], links: [])) }

  init(_ outline: LevelOutline) {
    model = outline.models[0]
    interface = outline.interface
    above = zip(outline.names, outline.models).dropFirst().map { (name: $0, model: $1) }
  }

  // MARK: - Headings

  /// The names of the columns, a line.
  var heading: String {
    var names = ["episode", "step"]
    names += interface.modalities.map { "observation.\($0.name)" }
    names += model.factors.map { "state.\($0.name)" }
    names += interface.controls.map { "action.\($0.name)" }
    names += thoughtNames(model)
    for level in above {
      names +=
        (["step"] + level.model.modalities.map { "observation.\($0.name)" }
        + thoughtNames(level.model)).map { "\(level.name).\($0)" }
    }
    return line(names)
  }

  private func thoughtNames(_ model: GenerativeModel) -> [String] {
    var names = model.controls.map { "choice.\($0.name)" }
    for factor in model.factors {
      names += (0..<factor.size).map { "belief.\(factor.name).\(factor.label($0))" }
    }
    return names + ["freeEnergy"]
  }

  // MARK: - Rows

  /// The rows of an episode; what the record level left out is empty.
  func rows(_ episode: Episode, level: RecordLevel) -> String {
    episode.steps.map { step in
      let step = step.reduced(to: level)
      var cells = ["\(episode.index)", "\(step.t)"] + observed(step, interface.modalities)
      cells += labels(model.factors, step.states)
      cells += labels(interface.controls, step.action)
      cells += thoughts(step, model)
      for (index, level) in above.enumerated() {
        let levels = step.levels ?? []
        // Where it went on, as many empty cells.
        let own = index < levels.count ? levels[index] : StepRecord(t: step.t, observation: [])
        cells += [index < levels.count ? "\(own.t)" : ""]
        cells += observed(own, level.model.modalities) + thoughts(own, level.model)
      }
      return line(cells)
    }.joined()
  }

  private func observed(_ step: StepRecord, _ modalities: [Variable]) -> [String] {
    let observation = step.observation
    return modalities.enumerated().map { index, modality in
      guard index < observation.count else { return "" }
      return switch observation[index] {
      case .outcome(let outcome): modality.label(outcome)
      case .distribution(let weights): weights.map { "\($0)" }.joined(separator: " ")
      case .missing: ""
      }
    }
  }

  /// What was chosen and believed.
  private func thoughts(_ step: StepRecord, _ model: GenerativeModel) -> [String] {
    var cells = labels(model.controls, step.choice)
    for (index, factor) in model.factors.enumerated() {
      cells += (0..<factor.size).map { state in step.beliefs.map { "\($0[index][state])" } ?? "" }
    }
    return cells + [step.freeEnergy.map { "\($0)" } ?? ""]
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
