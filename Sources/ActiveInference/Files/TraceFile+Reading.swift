extension Trace {
  /// The traces of a file: JSON Lines, or one object over several lines.
  ///
  /// - Parameter source: what the faults name: the file.
  /// - Throws: ``InvalidInput`` with every fault, those of JSON Lines placed by line:
  ///   `line 3, steps[2].beliefs[context]`. Lines with faults beyond the eighth are only counted.
  public static func read(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) -> [Trace]
  {
    var reader = TraceReader(source: source)
    var lines = nonemptyLines(bytes)[...]
    guard let first = lines.first else {
      throw InvalidInput(source: source, [Fault("", "holds no trace")])
    }
    // A first line that is no object by itself begins one that goes over several.
    if lines.count > 1, (try? JSONReader.read(Array(bytes[first.bytes]), source: source)) == nil {
      return [try reader.trace(JSONReader.read(bytes, source: source))]
    }
    let isAlone = lines.count == 1
    let faults = FaultList()
    var traces: [Trace] = []
    var faulty = 0
    while let line = lines.popFirst() {
      do throws(InvalidInput) {
        traces.append(try reader.trace(JSONReader.read(Array(bytes[line.bytes]), source: source)))
      } catch {
        faulty += 1
        if faulty <= 8 { faults.add(isAlone ? error.faults : error.faults.map(line.placed)) }
      }
    }
    if faulty > 8 { faults.add("", "and \(faulty - 8) more line\(faulty == 9 ? "" : "s")") }
    try faults.check(source: source)
    return traces
  }

  /// The trace that a document holds.
  package init(document: DocumentValue, source: String) throws(InvalidInput) {
    var reader = TraceReader(source: source)
    self = try reader.trace(document)
  }

  /// A line of a file.
  private struct Line {
    /// From 1.
    let number: Int
    let bytes: Range<Int>

    /// A fault of this line read by itself, placed in the file.
    func placed(_ fault: Fault) -> Fault {
      let inside = fault.place.hasPrefix("line 1, ") ? fault.place.dropFirst(8) : fault.place[...]
      return Fault(
        "line \(number)" + (inside.isEmpty ? "" : ", \(inside)"), fault.problem,
        remedy: fault.remedy)
    }
  }

  private static func nonemptyLines(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    var number = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let isBlank = bytes[start..<end].allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
      if !isBlank { lines.append(Line(number: number, bytes: start..<end)) }
      start = end + 1
      number += 1
    }
    return lines
  }
}

/// Reads traces one after the other.
///
/// The episodes of a file mostly have one model and one agent: what is the same document as the last
/// is not checked again.
private struct TraceReader {
  let source: String
  private var lastModel: (document: DocumentValue, model: GenerativeModel)?
  private var lastAgent: (document: DocumentValue, agent: AgentConfiguration)?

  private static let keys = [
    "format", "build", "model", "agent", "environment", "seed", "episode", "steps", "final",
  ]

  init(source: String) { self.source = source }

  mutating func trace(_ document: DocumentValue) throws(InvalidInput) -> Trace {
    let faults = FaultList()
    let root = ObjectReader(document, keys: TraceReader.keys, faults)
    root.checkFormat(Trace.format)
    let build = root.string("build", required: true)
    let model = model(root)
    let agent = agent(root)
    let environment = environment(root)
    let seed = seed(root)
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let list = root.list("steps", required: true)
    let final = root.object("final", keys: ["concentration"], required: true)
    var steps: [StepRecord] = []
    var counts: GenerativeModel.Concentration?
    if let model {
      let reader = StepReader(model, agent)
      faults.addBySteps(0..<(list?.count ?? 0), "steps") { t in
        let step = FaultList()
        if let record = reader.step(list?[t] ?? .null, t, step) { steps.append(record) }
        return step.faults
      }
      counts = final.flatMap { concentration($0, model) }
    }
    try faults.check(source: source)
    guard let build, let model, let agent, let seed, let episode, let counts else {
      // Whatever is missing has been told; this is for the compiler.
      throw InvalidInput(source: source, [Fault("", "is no trace")])
    }
    return Trace(
      build: build, model: model, agent: agent, environment: environment, seed: seed,
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
        try model.concentration(document: value, at: "final.concentration", source: source)
      }
    }
  }
}

extension FaultList {
  /// What `read` reads; its faults are kept, placed inside `place`.
  fileprivate func nested<Value>(
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
