import GenerativeModel

/// Agents between two steps in files: `aif.state/1`.
extension ActiveInferenceAgent {
  private static let format = "aif.state/1"
  private static let keys = [
    "format", "step", "seed", "episode", "belief", "action", "concentration", "plan", "window",
    "history", "record",
  ]

  /// The agent's state as JSON; read back, the agent goes on with the same bits.
  public var stateText: String {
    let state = state
    let plan = state.plan.map { DocumentValue.list($0.map { .integer($0) }) }
    return JSONWriter.text(
      .object(
        [
          .init("format", .string(ActiveInferenceAgent.format)),
          .init("step", .integer(state.step)),
          .init("seed", .integer(Int(clamping: state.seed))),
          .init("episode", .integer(Int(clamping: state.episode))),
          .init("belief", .list(state.belief.map { .number($0) })),
          .init("action", .list(state.action.map { .integer($0) })),
          .init("concentration", blueprint.model.concentrationDocument(state.concentration)),
        ] + (plan.isEmpty ? [] : [.init("plan", .list(plan))])
          + (state.window.map { [.init("window", $0.document(blueprint.model))] } ?? [])
          + (state.history.isEmpty
            ? []
            : [.init("history", .array(state.history.map { .array($0.map(\.document)) }))])
          + (state.record.map { [.init("record", $0.document(blueprint.model))] } ?? [])),
      isPretty: true) + "\n"
  }

  /// Goes on from a state that ``stateText`` wrote for an agent of the same model and configuration.
  ///
  /// - Throws: ``InvalidInput`` where the text is no such state.
  public func resume(from bytes: [UInt8], source: String) throws(InvalidInput) {
    let faults = FaultList()
    let root = ObjectReader(
      try Document.read(bytes, source: source), keys: ActiveInferenceAgent.keys, faults)
    root.checkFormat(ActiveInferenceAgent.format)
    let step = root.integer("step", in: 0...Int.max, required: true)
    let seed = root.integer("seed", in: 0...Int.max, required: true)
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let belief = root.numbers("belief", required: true)
    let action = root.integers("action", required: true)
    let counts = root.value("concentration", required: true)
    var plan: [[Int]] = []
    for (index, entry) in (root.list("plan") ?? []).enumerated() {
      if let action = entry.wholeNumbers {
        plan.append(action)
      } else {
        faults.expected("a list of whole numbers", "plan[\(index)]", entry)
      }
    }
    let window = try State.Window.read(root, "window", blueprint.model, source: source)
    let history = (root.list("history") ?? []).enumerated().map {
      BehaviourRecord.observation($1, "history[\($0)]", faults)
    }
    let record = try State.Record.read(root, "record", blueprint.model, source: source)
    try faults.check(source: source)
    guard let step, let seed, let episode, let belief, let action, let counts else { return }
    let concentration = try blueprint.model.concentration(document: counts, source: source)
    try resume(
      State(
        step: step, seed: UInt64(seed), episode: UInt64(episode), belief: belief, action: action,
        concentration: concentration, plan: plan, window: window, history: history,
        record: record))
  }
}
