import GenerativeModel

/// The levels of a deep agent, which fit one another; immutable and shared.
///
/// ```swift
/// let reader = try CompiledDeepAgent(
///   lower: [.init(word, steps: 4, endsBelow: 1 / 64, links: [.initialState(of: "word", from: "word")])],
///   highest: sentence)
/// ```
public final class CompiledDeepAgent: Sendable {
  /// The levels that have another above them, the lowest first.
  public let lower: [DeepAgent.Level]
  /// The highest level, which goes on as long as the deep agent does.
  public let highest: CompiledAgent
  /// By lower level, its links as numbers.
  let junctions: [Junction]
  /// By level, the numbers of the modalities that are the world's.
  let ownModalities: [[Int]]

  /// Checks that the levels fit one another.
  ///
  /// - Parameters:
  ///   - lower: the levels that have another above them, the lowest first; none makes an agent of one level.
  ///   - highest: the highest level.
  /// - Throws: ``InvalidInput`` with every name that is unknown, every table that has the wrong shape or is
  ///   no distribution, and what a level cannot do that is linked.
  public init(lower: [DeepAgent.Level], highest: CompiledAgent) throws(InvalidInput) {
    self.lower = lower
    self.highest = highest
    let faults = FaultList()
    let agents = lower.map(\.agent) + [highest]
    var junctions: [Junction] = []
    var own: [[Int]] = agents.first.map { [Array($0.model.modalities.indices)] } ?? []
    for (index, level) in lower.enumerated() {
      let place = "level \(index)"
      if level.steps < 1 { faults.add("\(place).steps", "is \(level.steps)", remedy: "1 or more") }
      if let bound = level.endsBelow, !(bound > 0 && bound.isFinite) {
        faults.add("\(place).endsBelow", "is \(bound)", remedy: "a number of nats above 0, or nil")
      }
      if level.agent.parts.beliefs != nil {
        faults.add(
          place, "parts.beliefs cannot tell how probable observations are",
          remedy: "leave it out below the highest level")
      }
      let junction = Junction(level, above: agents[index + 1], place, faults)
      junctions.append(junction)
      own.append(
        agents[index + 1].model.modalities.indices.filter { !junction.modalities.contains($0) })
    }
    for (index, agent) in agents.enumerated() where !lower.isEmpty {
      CompiledDeepAgent.checkFiltering(agent, "level \(index)", faults)
    }
    try faults.check(source: "deep agent")
    self.junctions = junctions
    ownModalities = own
  }

  /// Refuses what is not there in a level: to infer or learn from several steps together.
  private static func checkFiltering(_ agent: CompiledAgent, _ place: String, _ faults: FaultList) {
    if agent.hasWindow || agent.infersByPolicy {
      faults.add(
        "\(place).inference.algorithm",
        "'\(agent.inference.algorithm.rawValue)' infers several steps together",
        remedy: "use one that takes them one by one, such as exact")
    }
    if agent.configuration.inference.smoothing != nil {
      faults.add(
        "\(place).inference.smoothing", "a level is not smoothed", remedy: "leave it out")
    }
    if agent.configuration.learning.smoothing {
      faults.add(
        "\(place).learning.smoothing", "a level learns from each step as it comes",
        remedy: "set it to false")
    }
  }

  /// The agents of all levels, the lowest first.
  public var levels: [CompiledAgent] { lower.map(\.agent) + [highest] }

  /// What the world shows: the modalities of the lowest level, then of each level above those that are not
  /// linked.
  public var modalities: [Variable] {
    zip(levels, ownModalities).flatMap { agent, own in own.map { agent.model.modalities[$0] } }
  }

  /// What the world takes: the controls of the lowest level, then those of each level above with one more
  /// action in front, number 0, which says that the level has not come to the end of its step.
  public var controls: [Variable] {
    let above = levels.dropFirst().flatMap(\.model.controls).map { control in
      Variable(control.name, [DeepAgent.goesOn] + (0..<control.size).map(control.label))
    }
    return (levels.first?.model.controls ?? []) + above
  }
}
