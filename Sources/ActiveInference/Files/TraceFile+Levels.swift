import GenerativeModel

// The levels of a deep agent above its lowest, as `aif.trace/1` has them in `levels`.

extension Trace.Level {
  private static let keys = ["model", "agent", "below"]

  var document: DocumentValue {
    .object([
      .init("model", model.document), .init("agent", agent.document), .init("below", below),
    ])
  }

  /// How the level below hangs on this one.
  package var below: DocumentValue {
    .object([
      .init("steps", .integer(steps)), .init("links", .array(links.map(\.document))),
    ])
  }

  /// The level that a document describes; nil, and faults, where it describes none.
  static func read(
    _ value: DocumentValue, _ place: String, _ faults: FaultList, source: String
  ) -> Trace.Level? {
    let reader = ObjectReader(value, at: place, keys: keys, faults)
    let model = reader.value("model", required: true).flatMap { value in
      faults.nested(reader.place(of: "model")) { () throws(InvalidInput) in
        try GenerativeModel(document: value, source: source)
      }
    }
    let agent = reader.value("agent", required: true).flatMap { value in
      faults.nested(reader.place(of: "agent")) { () throws(InvalidInput) in
        try AgentConfiguration(document: value, source: source)
      }
    }
    let below = reader.object("below", keys: ["steps", "links"], required: true)
    let steps = below?.integer("steps", in: 1...Int.max, required: true)
    let links = (below?.list("links", required: true) ?? []).enumerated().map { index, value in
      DeepAgent.Link.read(value, "\(place).below.links[\(index)]", model, faults)
    }
    guard let model, let agent, let steps else { return nil }
    return Trace.Level(model: model, agent: agent, steps: steps, links: links.compactMap { $0 })
  }
}

extension DeepAgent.Link {
  private static let keys = ["modality", "initialState", "habit", "preference", "table"]

  var document: DocumentValue {
    let target: DocumentValue.Member =
      switch target {
      case .initialState(let factor): .init("initialState", .string(factor))
      case .habit: .init("habit", .boolean(true))
      case .preference(let modality): .init("preference", .string(modality))
      }
    let rows = table.map { rows in
      DocumentValue.Member("table", .array(rows.map { $0.isEmpty ? .array([]) : .numbers($0) }))
    }
    return .object([.init("modality", .string(modality)), target] + (rows.map { [$0] } ?? []))
  }

  /// The link that a document describes; nil, and faults, where it describes none.
  ///
  /// - Parameter above: the model whose modality is linked, where that is known.
  static func read(
    _ value: DocumentValue, _ place: String, _ above: GenerativeModel?, _ faults: FaultList
  ) -> DeepAgent.Link? {
    let reader = ObjectReader(value, at: place, keys: keys, faults)
    let modality = reader.string("modality", required: true)
    let known = above?.modalities.map(\.name)
    if let modality, let known, !known.contains(modality) {
      faults.add(
        reader.place(of: "modality"), "unknown modality '\(modality)'",
        remedy: suggestion(for: modality, among: known, kind: "modality"))
    }
    let targets: [Target] = [
      reader.string("initialState").map { .initialState(factor: $0) },
      reader.boolean("habit").flatMap { $0 ? .habit : nil },
      reader.string("preference").map { .preference(modality: $0) },
    ].compactMap { $0 }
    if targets.count != 1 {
      faults.add(
        place, "determines \(targets.count) things",
        remedy: "give one of initialState, habit: true and preference")
    }
    var table: [[Double]]?
    for (row, value) in (reader.list("table") ?? []).enumerated() {
      guard let numbers = value.doubles else {
        faults.expected("a list of numbers", "\(reader.place(of: "table"))[\(row)]", value)
        continue
      }
      table = (table ?? []) + [numbers]
    }
    guard let modality, let target = targets.first, targets.count == 1 else { return nil }
    return DeepAgent.Link(modality: modality, target: target, table: table)
  }
}
