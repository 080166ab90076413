import ActiveInference

extension ModelDescription {
  /// A dense `aif.model/1`.
  init(json: JSONValue) throws {
    self.init()
    name = try json.get("name").text
    factors = try ModelDescription.variables(json.find("factors"))
    modalities = try ModelDescription.variables(json.find("modalities"))
    controls = try ModelDescription.variables(json.find("controls"))
    likelihoods = try json.get("A").array.map {
      Likelihood(
        try $0.get("modality").text, given: try $0.get("given").texts,
        try $0.get("probability").tensor)
    }
    transitions = try json.get("B").array.map {
      Transition(
        try $0.get("factor").text, given: try $0.get("given").texts,
        controls: try $0.get("controls").texts, try $0.get("probability").tensor)
    }
    preferences = try ModelDescription.tables(json.find("C"), "modality", "logPreference")
    initialStates = try ModelDescription.tables(json.find("D"), "factor", "probability")
    goals = try ModelDescription.tables(json.find("H"), "factor", "goal")
    habit = try json.find("E")?.get("probability").numbers
    policies = try json.find("policies")?.get("list").array.map { policy in
      try policy.array.map { try $0.integers }
    }
    guard let counts = json.find("concentration") else { return }
    likelihoodCounts = try ModelDescription.tables(counts.find("A"), "modality", "counts")
    transitionCounts = try ModelDescription.tables(counts.find("B"), "factor", "counts")
    preferenceCounts = try ModelDescription.tables(counts.find("C"), "modality", "counts")
    initialStateCounts = try ModelDescription.tables(counts.find("D"), "factor", "counts")
    habitCounts = try counts.find("E")?.get("counts").numbers
  }

  private static func variables(_ json: JSONValue?) throws -> [Variable] {
    try json?.array.map { entry in
      let name = try entry.get("name").text
      if let labels = entry.find("labels") { return Variable(name, try labels.texts) }
      return Variable(name, size: try entry.get("size").integer)
    } ?? []
  }

  private static func tables(
    _ json: JSONValue?, _ key: String, _ values: String
  ) throws -> [Table] {
    try json?.array.map { Table(try $0.get(key).text, try $0.get(values).tensor) } ?? []
  }
}

extension BehaviourRecord {
  /// An `aif.data/1`.
  init(json: JSONValue) throws {
    self.init(
      observations: try json.get("observations").array.map { step in
        try step.array.map { entry in
          if entry.isNull { return .missing }
          return entry.isArray ? .distribution(try entry.numbers) : .outcome(try entry.integer)
        }
      },
      actions: try json.get("actions").array.map { try $0.integers })
  }
}
