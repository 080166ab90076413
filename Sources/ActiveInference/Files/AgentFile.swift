/// Agents as files: `aif.agent/1`.
///
/// A file names what it wants to be different; the rest is the preset's. What is written is always
/// complete, so that a trace says everything, and reads back as the same value.
extension AgentConfiguration {
  static let format = "aif.agent/1"

  // MARK: - Reading

  /// The agent that a file describes, JSON or YAML.
  ///
  /// - Parameter source: what the faults name: the file.
  /// - Throws: ``InvalidInput`` with every fault: an unknown key and the nearest known one, a value of
  ///   the wrong kind or out of range, and whatever the format has and this build has not.
  public init(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) {
    try self.init(document: Document.read(bytes, source: source), source: source)
  }

  /// The agent that a document describes.
  package init(document: DocumentValue, source: String) throws(InvalidInput) {
    self = try AgentConfiguration().applying(document, source: source)
  }

  /// This agent with what a file says laid over it.
  ///
  /// A file that names a preset begins from that preset afresh; another changes what it names and
  /// leaves the rest. In `learning` the empty object is to learn nothing.
  ///
  /// - Throws: ``InvalidInput`` with every fault.
  public func applying(
    contentsOf bytes: [UInt8], source: String
  ) throws(InvalidInput) -> AgentConfiguration {
    try applying(Document.read(bytes, source: source), source: source)
  }

  /// This agent with what a document says laid over it.
  package func applying(
    _ document: DocumentValue, source: String
  ) throws(InvalidInput) -> AgentConfiguration {
    let faults = FaultList()
    // Only for the format and unknown keys; the sections are read below.
    let reader = ObjectReader(
      document, keys: ["format", "preset"] + AgentConfiguration.keys.map(\.name), faults)
    reader.checkFormat(AgentConfiguration.format)
    let result = overlaying(document, "", faults)
    try faults.check(source: source)
    return result
  }

  /// This agent with one setting changed, as `--set agent.planning.horizon=3` does.
  ///
  /// - Parameters:
  ///   - path: the keys from the outside in, joined by dots: `planning.horizon`, or a whole section such as
  ///     `learning`.
  ///   - place: what faults call the agent.
  /// - Throws: ``InvalidInput`` where there is no such setting, naming the nearest, or the value is
  ///   not one it takes.
  package func setting(
    _ path: String, to value: DocumentValue, in place: String = "agent"
  ) throws(InvalidInput) -> AgentConfiguration {
    let faults = FaultList()
    guard AgentConfiguration.settingPaths.contains(path) else {
      faults.add(
        "\(place).\(path)", "there is no such setting",
        remedy: AgentConfiguration.settingMeant(by: path, in: place))
      throw InvalidInput(source: "--set", faults.faults)
    }
    let document = path.split(separator: ".").reversed().reduce(value) { value, key in
      .object([.init(String(key), value)])
    }
    let result = overlaying(document, place, faults)
    try faults.check(source: "--set")
    return result
  }

  /// What ``setting(_:to:)`` takes: `preset`, `inference`, `inference.algorithm`, ...
  package static let settingPaths = settings.map(\.path)

  /// Every setting of the format, those included that this build has not.
  package static let settings =
    [
      DocumentSetting(
        path: "preset", values: Preset.allCases.map(\.rawValue), valuesElsewhere: presetsElsewhere)
    ] + keys.settings()

  /// The setting that was meant: with the same last key, or else the nearest path.
  private static func settingMeant(by path: String, in place: String) -> String {
    let last = path.split(separator: ".").last
    let same = settingPaths.filter { $0.split(separator: ".").last == last }
    if same.count == 1 { return "did you mean '\(place).\(same[0])'?" }
    return suggestion(
      for: "\(place).\(path)", among: settingPaths.map { "\(place).\($0)" }, kind: "setting")
  }

  /// Lays the preset and the sections of an object over this agent.
  private func overlaying(
    _ document: DocumentValue, _ place: String, _ faults: FaultList
  ) -> AgentConfiguration {
    guard case .object(let members) = document else { return self }
    func inside(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
    var result = self
    var isPresetKnown = true
    if let preset = members.first(where: { $0.key == "preset" }) {
      let named: Preset? = preset.value.choice(
        inside("preset"), elsewhere: AgentConfiguration.presetsElsewhere, faults)
      isPresetKnown = named != nil
      result = AgentConfiguration(preset: named ?? .default)
    }
    for member in members {
      guard let key = AgentConfiguration.keys.first(where: { $0.name == member.key }) else {
        continue
      }
      key.read(member.value, inside(member.key), &result, faults)
    }
    result.settlePrecision(
      members.first { $0.key == "planning" }?.value, inside("planning"), faults)
    if isPresetKnown && result.preset == .default && result.inference.impossible == .floored {
      faults.add(
        inside("inference.impossible"), "'floored' is of the presets pymdp-1, pymdp-0.0.7 and spm",
        remedy: "give error or ignore, or one of these presets")
    }
    if result.planning.replanEvery > 1 && result.action.mode != .full {
      faults.add(
        inside("planning.replanEvery"),
        "needs a policy to go on with, but action.mode is \(result.action.mode.rawValue)",
        remedy: "give action.mode full")
    }
    return result
  }

  // MARK: - Checking

  /// Checks what was set in code as a file's values are checked.
  ///
  /// - Throws: ``InvalidInput`` with every fault, each named as a file would name it.
  public func check(source: String = "agent") throws(InvalidInput) {
    let read = try AgentConfiguration(document: document, source: source)
    let faults = FaultList()
    for key in PlanningSettings.methodKeys { key.check(planning, "planning", faults) }
    if inference.horizon != nil && !inference.algorithm.readsHorizon && inference.smoothing == nil {
      faults.add(
        "inference.horizon",
        "is the window of vmp, mmp, mmp-legacy and smoothing, but inference.algorithm is"
          + " \(inference.algorithm.rawValue), and nothing is smoothed",
        remedy: "leave it out, or give one of them")
    }
    // No key says what differs now: these come with the preset.
    if read.inference.convention != inference.convention {
      faults.add("inference.convention", "is not that of the preset \(preset.rawValue)")
    }
    if read.planning.convention != planning.convention {
      faults.add("planning.convention", "is not that of the preset \(preset.rawValue)")
    }
    try faults.check(source: source)
  }

  // MARK: - Writing

  /// Every key that this build knows with its value.
  package var document: DocumentValue {
    guard case .object(let sections) = AgentConfiguration.keys.write(self) else { return .null }
    return .object(
      [
        .init("format", .string(AgentConfiguration.format)),
        .init("preset", .string(preset.rawValue)),
      ] + sections)
  }

  /// The whole agent as JSON, a key a line.
  ///
  /// - Precondition: every number is finite (``check(source:)``).
  public var jsonText: String { JSONWriter.text(document, isPretty: true) + "\n" }

  /// The whole agent as YAML.
  ///
  /// - Precondition: every number is finite (``check(source:)``).
  public var yamlText: String { YAMLWriter.text(document) }
}
