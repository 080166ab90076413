import ActiveInference

extension AgentConfiguration {
  /// An `aif.agent/1` as the fixture scripts write it.
  init(json: JSONValue) throws {
    self.init(preset: try json.get("preset").name(of: Preset.self))
    if preset == .spm {
      try readSPM(json)
      return
    }
    if let json = json.find("inference") { try inference.read(json) }
    if let json = json.find("planning") { try planning.read(json) }
    if let json = json.find("action") {
      action.selection = try json.get("selection").name(of: ActionSettings.Selection.self)
      action.mode = try json.get("mode").name(of: ActionSettings.Mode.self)
      action.alpha = try json.get("alpha").number
    }
    guard let json = json.find("learning") else { return }
    learning.likelihood = try LearningSettings.Rule(json.find("A"), "modalities")
    learning.transition = try LearningSettings.Rule(json.find("B"), "factors")
    learning.initialState = try LearningSettings.Rule(json.find("D"), "factors")
  }
}

extension AgentConfiguration {
  /// What `make_spm.py` writes: the preset, and constants that differ from it.
  fileprivate mutating func readSPM(_ json: JSONValue) throws {
    let inference = try json.get("inference")
    if let learning = json.find("learning") {
      self.learning.likelihood = try .init(learning.find("A"), "modalities")
      self.learning.transition = try .init(learning.find("B"), "factors")
      self.learning.initialState = try .init(learning.find("D"), "factors")
      self.learning.habit = try .init(learning.find("E"), "")
    }
    if let sweeps = try inference.find("iterations")?.integer { self.inference.iterations = sweeps }
    if let constants = inference.find("policyMessages") {
      self.inference.policyMessages.tau = try constants.get("tau").number
      self.inference.policyMessages.erp = try constants.get("erp").number
      self.inference.policyMessages.zeta = try constants.get("zeta").number
    }
    guard let planning = json.find("planning") else { return }
    if let precision = planning.find("precision") {
      self.planning.precision?.beta = try precision.get("beta").number
      self.planning.precision?.updates = try precision.get("updates").integer
    } else {
      self.planning.precision = nil
      self.planning.gamma = try planning.get("gamma").number
    }
  }
}

extension InferenceSettings {
  fileprivate mutating func read(_ json: JSONValue) throws {
    algorithm = try json.get("algorithm").name(of: Algorithm.self)
    if let value = try json.find("iterations")?.integer { iterations = value }
    if let value = try json.find("tolerance")?.number { tolerance = value }
    horizon = try json.find("horizon")?.integer
    if let constants = json.find("policyMessages") {
      policyMessages.tau = try constants.get("tau").number
    }
  }
}

extension PlanningSettings {
  fileprivate mutating func read(_ json: JSONValue) throws {
    method = try json.get("method").name(of: Method.self)
    horizon = try json.find("horizon")?.integer
    gamma = try json.get("gamma").number
    utility = try json.get("utility").flag
    stateInformationGain = try json.get("stateInformationGain").flag
    parameterInformationGain = try json.get("parameterInformationGain").flag
    informationGain = try json.get("informationGain").name(of: InformationGain.self)
    novelty = try json.get("novelty").name(of: Novelty.self)
    inductive = try json.find("inductive").map {
      Inductive(
        depth: try $0.get("depth").integer, threshold: try $0.get("threshold").number,
        epsilon: try $0.get("epsilon").number)
    }
  }
}

extension LearningSettings.Rule {
  fileprivate init?(_ json: JSONValue?, _ subset: String) throws {
    guard let json else { return nil }
    self.init(
      rate: try json.find("rate")?.number ?? 1,
      forgetting: try json.find("forgetting")?.number ?? 0,
      subset: try json.find(subset)?.texts)
  }
}

extension JSONValue {
  /// One of the names of a setting.
  fileprivate func name<T: RawRepresentable>(of type: T.Type) throws -> T
  where T.RawValue == String {
    guard let result = T(rawValue: try text) else {
      throw Unexpected(description: "\(path) is \(try text), which \(type) does not know")
    }
    return result
  }
}
