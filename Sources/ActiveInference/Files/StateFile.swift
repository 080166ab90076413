import GenerativeModel

/// Agents between two steps in files: `aif.state/1`.
extension ActiveInferenceAgent {
  static let stateFormat = "aif.state/1"

  /// The agent's state as JSON; read back, the agent goes on with the same bits.
  public var stateText: String {
    let format = DocumentValue.Member("format", .string(ActiveInferenceAgent.stateFormat))
    return JSONWriter.text(.object([format] + state.members(blueprint.model)), isPretty: true)
      + "\n"
  }

  /// Goes on from a state that ``stateText`` wrote for an agent of the same model and configuration.
  ///
  /// - Throws: ``InvalidInput`` where the text is no such state.
  public func resume(from bytes: [UInt8], source: String) throws(InvalidInput) {
    let faults = FaultList()
    let root = ObjectReader(
      try Document.read(bytes, source: source), keys: ["format"] + State.keys, faults)
    root.checkFormat(ActiveInferenceAgent.stateFormat)
    let state = try State.read(root, blueprint.model, source: source)
    try faults.check(source: source)
    if let state { try resume(state) }
  }
}

extension ActiveInferenceAgent.State {
  static let keys = [
    "step", "seed", "episode", "belief", "action", "concentration", "plan", "window", "history",
    "record",
  ]

  /// What a document says of it.
  func members(_ model: GenerativeModel) -> [DocumentValue.Member] {
    let plan = plan.map { DocumentValue.list($0.map { .integer($0) }) }
    return [
      .init("step", .integer(step)),
      .init("seed", seed.document),
      .init("episode", .integer(Int(clamping: episode))),
      .init("belief", .list(belief.map { .number($0) })),
      .init("action", .list(action.map { .integer($0) })),
      .init("concentration", model.concentrationDocument(concentration)),
    ] + (plan.isEmpty ? [] : [.init("plan", .list(plan))])
      + (window.map { [.init("window", $0.document(model))] } ?? [])
      + (history.isEmpty
        ? []
        : [.init("history", .array(history.map { .array($0.map(\.document)) }))])
      + (record.map { [.init("record", $0.document(model))] } ?? [])
  }

  /// What an object says; nil, and faults, where it says nothing of the kind.
  static func read(
    _ root: ObjectReader, _ model: GenerativeModel, source: String
  ) throws(InvalidInput) -> Self? {
    let faults = root.faults
    let step = root.integer("step", in: 0...Int.max, required: true)
    let seed = root.seed("seed")
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let belief = root.numbers("belief", required: true)
    let action = root.integers("action", required: true)
    let counts = root.value("concentration", required: true)
    var plan: [[Int]] = []
    for (index, entry) in (root.list("plan") ?? []).enumerated() {
      if let action = entry.wholeNumbers {
        plan.append(action)
      } else {
        faults.expected(
          "a list of whole numbers", "\(root.place(of: "plan"))[\(index)]", entry)
      }
    }
    let window = try ActiveInferenceAgent.State.Window.read(root, "window", model, source: source)
    let history = (root.list("history") ?? []).enumerated().map {
      BehaviourRecord.observation($1, "\(root.place(of: "history"))[\($0)]", faults)
    }
    let record = try ActiveInferenceAgent.State.Record.read(root, "record", model, source: source)
    guard faults.isEmpty, let step, let seed, let episode, let belief, let action, let counts
    else { return nil }
    let concentration = try model.concentration(document: counts, source: source)
    return ActiveInferenceAgent.State(
      step: step, seed: seed, episode: UInt64(episode), belief: belief, action: action,
      concentration: concentration, plan: plan, window: window, history: history,
      record: record)
  }
}

extension ObjectReader {
  /// A required member that is a seed: a number, or its digits as text where it is above 2^63 - 1.
  func seed(_ key: String) -> UInt64? {
    guard let value = value(key, required: true) else { return nil }
    if case .string(let digits) = value, let seed = UInt64(digits), seed.description == digits {
      return seed
    }
    if let seed = value.wholeNumber.flatMap({ UInt64(exactly: $0) }) { return seed }
    faults.expected("a whole number, 0 to 2^64 - 1", place(of: key), value)
    return nil
  }
}
