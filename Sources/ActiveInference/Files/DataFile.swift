/// Behaviour as files: `aif.data/1`.
extension BehaviourRecord {
  static let format = "aif.data/1"

  // MARK: - Reading

  /// The record that a file holds, JSON or YAML; whether it fits a model is another question
  /// (``check(against:source:)``).
  ///
  /// - Parameter source: what the faults name: the file.
  /// - Throws: ``InvalidInput`` with every fault of the file.
  public init(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) {
    try self.init(document: Document.read(bytes, source: source), source: source)
  }

  /// The record that a document holds.
  package init(document: DocumentValue, source: String) throws(InvalidInput) {
    let faults = FaultList()
    let reader = ObjectReader(document, keys: ["format", "observations", "actions"], faults)
    reader.checkFormat(BehaviourRecord.format)
    let rows = reader.list("observations", required: true)
    let actionRows = reader.list("actions", required: true)
    if rows?.isEmpty == true {
      faults.add("observations", "is empty", remedy: "give at least one step")
    }
    var observations: [[Observation]] = []
    faults.addBySteps(0..<(rows?.count ?? 0), "observations") { step in
      let row = FaultList()
      observations.append(
        BehaviourRecord.observation(rows?[step] ?? .null, "observations[\(step)]", row))
      return row.faults
    }
    var actions: [[Int]] = []
    faults.addBySteps(0..<(actionRows?.count ?? 0), "actions") { step in
      let value = actionRows?[step] ?? .null
      if let action = value.wholeNumbers {
        actions.append(action)
        return []
      }
      let row = FaultList()
      row.expected("a list with one action a control", "actions[\(step)]", value)
      return row.faults
    }
    try faults.check(source: source)
    self.init(observations: observations, actions: actions)
  }

  /// One step's observation; what cannot be read is left out, with a fault.
  static func observation(
    _ value: DocumentValue, _ place: String, _ faults: FaultList
  ) -> [Observation] {
    guard let entries = value.items else {
      faults.expected("a list with one entry a modality", place, value)
      return []
    }
    return entries.enumerated().compactMap { modality, entry in
      Observation(entry, at: "\(place)[\(modality)]", faults)
    }
  }

  // MARK: - Writing

  /// The record as a document.
  package var document: DocumentValue {
    .object([
      .init("format", .string(BehaviourRecord.format)),
      .init("observations", .array(observations.map { .array($0.map(\.document)) })),
      .init("actions", .array(actions.map { .array($0.map { .integer($0) }) })),
    ])
  }

  /// The record as JSON.
  public var jsonText: String { JSONWriter.text(document, isPretty: true) + "\n" }

  /// The record as YAML.
  public var yamlText: String { YAMLWriter.text(document) }
}
