/// Reads traces one after the other.
///
/// The episodes of a file mostly have one model and one agent: what is the same document as the last
/// is not checked again.
package struct TraceReader {
  let source: String
  private var lastModel: (document: DocumentValue, model: GenerativeModel)?
  private var lastAgent: (document: DocumentValue, agent: AgentConfiguration)?

  /// What the episodes of one agent share, as far as it could be read.
  struct Heading {
    let build: String?
    let model: GenerativeModel?
    let agent: AgentConfiguration?
    let environment: Trace.EnvironmentReference?
    let seed: UInt64?
  }

  /// The keys of what episodes share, and of what is an episode's own.
  static let headingKeys = ["format", "build", "model", "agent", "environment", "seed"]
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
      environment: environment(root), seed: seed(root))
  }

  /// An episode under a heading; nil, and faults, where something of either is missing or at fault.
  func trace(_ root: ObjectReader, _ heading: Heading) -> Trace? {
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let list = root.list("steps", required: true)
    let final = root.object("final", keys: ["concentration"], required: true)
    guard let model = heading.model else { return nil }
    let reader = StepReader(model, heading.agent)
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
    guard let build = heading.build, let agent = heading.agent, let seed = heading.seed,
      let episode, let counts
    else { return nil }
    return Trace(
      build: build, model: model, agent: agent, environment: heading.environment, seed: seed,
      episode: episode, steps: steps, final: counts)
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

  private func seed(_ root: ObjectReader) -> UInt64? {
    guard let value = root.value("seed", required: true) else { return nil }
    if case .string(let digits) = value, let seed = UInt64(digits), seed.description == digits {
      return seed
    }
    if let seed = value.wholeNumber.flatMap({ UInt64(exactly: $0) }) { return seed }
    root.faults.expected("a whole number, 0 to 2^64 - 1", "seed", value)
    return nil
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
