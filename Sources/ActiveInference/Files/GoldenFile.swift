// What a golden looks like in a file. The keys are those of `aif.trace/1`; `episodes` holds what is an
// episode's own, with `concentration` where it began with counts learned before.

extension Golden {
  /// The golden as JSON in a fixed layout, to be kept under version control.
  public var text: String {
    var writer = JSONWriter(isPretty: true)
    writer.object(indent: 0, heading.map { .value($0) } + [.lists("episodes", episodes)])
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  /// The golden as a document.
  var document: DocumentValue {
    .object(heading + [.init("episodes", .array(traces.map { .object(members(of: $0)) }))])
  }

  private var heading: [DocumentValue.Member] { traces[0].heading(Golden.format) }

  /// What is an episode's own.
  private func members(of trace: Trace) -> [DocumentValue.Member] {
    beginning(of: trace) + [
      .init("steps", .array(trace.steps.map(\.document))),
      .init("final", trace.finalDocument),
    ]
  }

  private func beginning(of trace: Trace) -> [DocumentValue.Member] {
    let counts = trace.model.concentrationDocument(trace.model.concentration)
    return [.init("episode", .integer(trace.episode))]
      + (trace.model == traces[0].model ? [] : [.init("concentration", counts)])
  }

  // MARK: - Layout

  /// The episodes with each step taken apart, a quantity a line.
  private var episodes: [[JSONWriter.Part]] {
    traces.map { trace in
      beginning(of: trace).map { .value($0) } + [
        .lists("steps", trace.steps.map { parts(of: $0.document) }),
        .value(.init("final", trace.finalDocument)),
      ]
    }
  }

  private func parts(of step: DocumentValue) -> [JSONWriter.Part] {
    guard case .object(let members) = step else { return [] }
    return members.map { member in
      guard case .object(let inner) = member.value else { return .value(member) }
      return .object(member.key, inner)
    }
  }
}

extension JSONWriter {
  /// A member of an object that has a line of its own.
  fileprivate enum Part {
    /// As the writer lays it out.
    case value(DocumentValue.Member)
    /// An object, each member on lines of its own.
    case object(String, [DocumentValue.Member])
    /// A list of objects.
    case lists(String, [[Part]])
  }

  fileprivate mutating func object(indent: Int, _ parts: [Part]) {
    append("{")
    for (index, part) in parts.enumerated() {
      append((index > 0 ? "," : "") + line(indent + 1))
      switch part {
      case .value(let member):
        key(member.key)
        write(member.value, indent: indent + 1)
      case .object(let name, let members):
        key(name)
        object(indent: indent + 1, members.map { .value($0) })
      case .lists(let name, let objects):
        key(name)
        list(indent: indent + 1, objects)
      }
    }
    append(line(indent) + "}")
  }

  private mutating func list(indent: Int, _ objects: [[Part]]) {
    append("[")
    for (index, parts) in objects.enumerated() {
      append((index > 0 ? "," : "") + line(indent + 1))
      object(indent: indent + 1, parts)
    }
    append(objects.isEmpty ? "]" : line(indent) + "]")
  }

  private mutating func key(_ name: String) {
    write(.string(name))
    append(": ")
  }

  private func line(_ indent: Int) -> String { "\n" + String(repeating: "  ", count: indent) }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

// MARK: - Reading

extension TraceReader {
  /// The traces of a golden.
  mutating func golden(_ document: DocumentValue) throws(InvalidInput) -> [Trace] {
    let faults = FaultList()
    let root = ObjectReader(document, keys: TraceReader.headingKeys + ["episodes"], faults)
    root.checkFormat(Golden.format)
    let heading = heading(root)
    let list = root.list("episodes", required: true)
    if let list, list.isEmpty { faults.add("episodes", "is empty") }
    let traces = (list ?? []).enumerated().map { index, value in
      episode(value, "episodes[\(index)]", heading, faults)
    }
    try faults.check(source: source)
    return traces.compactMap { $0 }
  }

  private func episode(
    _ value: DocumentValue, _ place: String, _ heading: Heading, _ faults: FaultList
  ) -> Trace? {
    let keys = TraceReader.contentKeys + ["concentration"]
    let reader = ObjectReader(value, at: place, keys: keys, faults)
    guard let counts = reader.value("concentration") else { return trace(reader, heading) }
    guard let model = heading.model else { return trace(reader, heading) }
    let first = Trace(
      model: model, agent: AgentConfiguration(), environment: heading.environment, steps: [],
      final: model.concentration)
    let continued = faults.nested("") { () throws(InvalidInput) in
      try first.continued(
        from: model.concentration(
          document: counts, at: reader.place(of: "concentration"), source: source))
    }
    return trace(
      reader,
      Heading(
        build: heading.build, model: continued?.model, agent: heading.agent,
        levels: heading.levels, environment: continued?.environment, seed: heading.seed))
  }
}
