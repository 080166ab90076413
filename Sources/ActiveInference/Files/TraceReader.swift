/// Reads traces one after the other.
///
/// The episodes of a file mostly have one model and one agent: what is the same document as the last
/// is not checked again.
package struct TraceReader {
  let source: String
  private var lastModel: (document: DocumentValue, model: GenerativeModel)?
  private var lastAgent: (document: DocumentValue, agent: AgentConfiguration)?
  private var lastLevels: (document: DocumentValue, levels: [Trace.Level])?

  /// What the episodes of one agent share, as far as it could be read.
  struct Heading {
    let build: String?
    let model: GenerativeModel?
    let agent: AgentConfiguration?
    /// Nil where one of them could not be read.
    let levels: [Trace.Level]?
    let environment: Trace.EnvironmentReference?
    let seed: UInt64?
  }

  /// The keys of what episodes share, and of what is an episode's own.
  static let headingKeys = ["format", "build", "model", "agent", "levels", "environment", "seed"]
  static let contentKeys = ["episode", "steps", "final"]

  /// A reader of one file.
  ///
  /// - Parameter source: what the faults name: the file.
  package init(source: String) { self.source = source }

  /// The traces that a document of either format holds.
  mutating func traces(_ document: DocumentValue) throws(InvalidInput) -> [Trace] {
    if case .object(let members) = document,
      members.contains(where: { $0.key == "format" && $0.value == .string(Golden.format) })
    {
      return try golden(document)
    }
    return [try trace(document)]
  }

  /// The trace that a document holds.
  ///
  /// - Throws: ``InvalidInput`` with every fault.
  package mutating func trace(_ document: DocumentValue) throws(InvalidInput) -> Trace {
    let faults = FaultList()
    let keys = TraceReader.headingKeys + TraceReader.contentKeys
    let root = ObjectReader(document, keys: keys, faults)
    root.checkFormat(Trace.format)
    let heading = heading(root)
    let trace = trace(root, heading)
    try faults.check(source: source)
    // Whatever is missing has been told; the rest is for the compiler.
    guard let trace else { throw InvalidInput(source: source, [Fault("", "is no trace")]) }
    return trace
  }

  mutating func heading(_ root: ObjectReader) -> Heading {
    Heading(
      build: root.string("build", required: true), model: model(root), agent: agent(root),
      levels: levels(root), environment: environment(root), seed: root.seed("seed"))
  }

  /// An episode under a heading; nil, and faults, where something of either is missing or at fault.
  func trace(_ root: ObjectReader, _ heading: Heading) -> Trace? {
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let list = root.list("steps", required: true)
    let final = root.object(
      "final",
      keys: ["concentration"] + (heading.levels?.isEmpty == true ? [] : ["levels"]),
      required: true)
    guard let model = heading.model, let levels = heading.levels else { return nil }
    let reader = StepReader(model, heading.agent, above: levels)
    let place = root.place(of: "steps")
    var steps: [StepRecord] = []
    root.faults.addBySteps(0..<(list?.count ?? 0), place) { t in
      let faults = FaultList()
      if let step = reader.step(list?[t] ?? .null, t, at: "\(place)[\(t)]", faults) {
        steps.append(step)
      }
      return faults.faults
    }
    let counts = final.flatMap { concentration($0, model) }
    let above = final.flatMap { concentrations($0, levels) }
    guard let build = heading.build, let agent = heading.agent, let seed = heading.seed,
      let episode, let counts, let above
    else { return nil }
    return Trace(
      build: build, model: model, agent: agent, levels: levels, environment: heading.environment,
      seed: seed, episode: episode, steps: steps, final: counts, finalAbove: above)
  }

  private mutating func model(_ root: ObjectReader) -> GenerativeModel? {
    guard let value = root.value("model", required: true) else { return nil }
    if let lastModel, lastModel.document == value { return lastModel.model }
    let model = root.faults.nested("model") { () throws(InvalidInput) in
      try GenerativeModel(document: value, source: source)
    }
    lastModel = model.map { (value, $0) }
    return model
  }

  private mutating func agent(_ root: ObjectReader) -> AgentConfiguration? {
    guard let value = root.value("agent", required: true) else { return nil }
    if let lastAgent, lastAgent.document == value { return lastAgent.agent }
    let agent = root.faults.nested("agent") { () throws(InvalidInput) in
      try AgentConfiguration(document: value, source: source)
    }
    lastAgent = agent.map { (value, $0) }
    return agent
  }

  private mutating func levels(_ root: ObjectReader) -> [Trace.Level]? {
    guard let list = root.list("levels") else { return root.value("levels") == nil ? [] : nil }
    let document = DocumentValue.array(list)
    if let lastLevels, lastLevels.document == document { return lastLevels.levels }
    let levels = list.enumerated().compactMap { index, value in
      Trace.Level.read(value, "levels[\(index)]", root.faults, source: source)
    }
    if levels.count != list.count { return nil }
    lastLevels = (document, levels)
    return levels
  }

  private func environment(_ root: ObjectReader) -> Trace.EnvironmentReference? {
    guard let reader = root.object("environment", keys: ["id", "parameters", "process"]),
      let id = reader.string("id", required: true)
    else { return nil }
    var parameters: [String: ParameterValue] = [:]
    switch reader.value("parameters", required: true) {
    case .object(let members):
      for member in members {
        parameters[member.key] = ParameterValue(member.value)
        if parameters[member.key] == nil {
          reader.faults.expected(
            "a value or a list", "environment.parameters.\(member.key)", member.value)
        }
      }
    case .some(let other): reader.faults.expected("an object", "environment.parameters", other)
    case nil: break
    }
    let process = reader.value("process").flatMap { value in
      reader.faults.nested("environment.process") { () throws(InvalidInput) in
        try GenerativeModel(document: value, source: source)
      }
    }
    return Trace.EnvironmentReference(id: id, parameters: parameters, process: process)
  }

  private func concentration(
    _ final: ObjectReader, _ model: GenerativeModel
  ) -> GenerativeModel.Concentration? {
    final.value("concentration", required: true).flatMap { value in
      final.faults.nested("") { () throws(InvalidInput) in
        try model.concentration(
          document: value, at: final.place(of: "concentration"), source: source)
      }
    }
  }
}

extension TraceReader {
  /// The counts of the levels above the lowest; nil, and faults, where some cannot be read.
  fileprivate func concentrations(
    _ final: ObjectReader, _ levels: [Trace.Level]
  ) -> [GenerativeModel.Concentration]? {
    if levels.isEmpty { return [] }
    guard let list = final.list("levels", required: true) else { return nil }
    let place = final.place(of: "levels")
    guard list.count == levels.count else {
      final.faults.add(place, "has \(list.count) entries for \(levels.count) levels")
      return nil
    }
    let counts = list.enumerated().compactMap { index, value in
      let reader = ObjectReader(
        value, at: "\(place)[\(index)]", keys: ["concentration"], final.faults)
      return concentration(reader, levels[index].model)
    }
    return counts.count == levels.count ? counts : nil
  }
}

extension FaultList {
  /// What `read` reads; its faults are kept, placed inside `place`.
  func nested<Value>(
    _ place: String, _ read: () throws(InvalidInput) -> Value
  ) -> Value? {
    do {
      return try read()
    } catch {
      add(
        error.faults.map { fault in
          let separator = fault.place.isEmpty || place.isEmpty ? "" : "."
          return Fault(place + separator + fault.place, fault.problem, remedy: fault.remedy)
        })
      return nil
    }
  }
}
