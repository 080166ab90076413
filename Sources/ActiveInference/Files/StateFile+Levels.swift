import GenerativeModel

/// Deep agents between two ticks in files: `aif.state/1` with `levels`.
extension DeepAgent {
  private static let keys = ["format", "seed", "episode", "beginning", "levels"]
  private static let levelKeys = ["episodes", "firstStates"]

  /// The agent's state as JSON; read back, the agent goes on with the same bits.
  public var stateText: String {
    let state = state
    let levels = zip(state.levels, blueprint.outline.models).map { level, model in
      DocumentValue.object(
        level.agent.members(model)
          + [.init("episodes", .integer(level.episodes))]
          + (level.firstStates.isEmpty
            ? [] : [.init("firstStates", .array(level.firstStates.map(\.document)))]))
    }
    return JSONWriter.text(
      .object([
        .init("format", .string(ActiveInferenceAgent.stateFormat)),
        .init("seed", state.seed.document),
        .init("episode", .integer(Int(clamping: state.episode))),
        .init("beginning", .integer(state.beginning)),
        .init("levels", .array(levels)),
      ]), isPretty: true) + "\n"
  }

  /// Goes on from a state that ``stateText`` wrote for an agent of the same levels.
  ///
  /// - Throws: ``InvalidInput`` where the text is no such state.
  public func resume(from bytes: [UInt8], source: String) throws(InvalidInput) {
    let faults = FaultList()
    let root = ObjectReader(
      try Document.read(bytes, source: source), keys: DeepAgent.keys, faults)
    root.checkFormat(ActiveInferenceAgent.stateFormat)
    let seed = root.seed("seed")
    let episode = root.integer("episode", in: 0...Int.max, required: true)
    let beginning = root.integer(
      "beginning", in: 0...blueprint.lower.count, required: true)
    let list = root.list("levels", required: true) ?? []
    if list.count != living.count {
      faults.add("levels", "has \(list.count) entries for \(living.count) levels")
    }
    var levels: [State.Level] = []
    for (index, (value, model)) in zip(list, blueprint.outline.models).enumerated() {
      let reader = ObjectReader(
        value, at: "levels[\(index)]",
        keys: ActiveInferenceAgent.State.keys + DeepAgent.levelKeys, faults)
      let episodes = reader.integer("episodes", in: 0...Int.max, required: true)
      let firstStates = (reader.list("firstStates") ?? []).enumerated().map {
        State.FirstState.read($1, "\(reader.place(of: "firstStates"))[\($0)]", faults)
      }
      let agent = try ActiveInferenceAgent.State.read(reader, model, source: source)
      guard let agent, let episodes else { continue }
      levels.append(State.Level(agent: agent, episodes: episodes, firstStates: firstStates))
    }
    try faults.check(source: source)
    guard let seed, let episode, let beginning else { return }
    try resume(
      State(seed: seed, episode: UInt64(episode), beginning: beginning, levels: levels))
  }
}

extension DeepAgent.State.FirstState {
  fileprivate var document: DocumentValue {
    guard let logEvidence else { return .null }
    return .object([
      .init("logEvidence", .number(logEvidence)), .init("belief", .numbers(belief)),
    ])
  }

  fileprivate static func read(_ value: DocumentValue, _ place: String, _ faults: FaultList) -> Self
  {
    if value == .null { return Self(logEvidence: nil, belief: []) }
    let reader = ObjectReader(value, at: place, keys: ["logEvidence", "belief"], faults)
    return Self(
      logEvidence: reader.double("logEvidence", required: true),
      belief: reader.numbers("belief", required: true) ?? [])
  }
}
