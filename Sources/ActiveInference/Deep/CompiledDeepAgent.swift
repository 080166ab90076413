import GenerativeModel

/// The levels of a deep agent, which fit one another; immutable and shared.
///
/// ```swift
/// let reader = try CompiledDeepAgent(
///   lower: [.init(word, steps: 4, links: [.initialState(of: "word", from: "word")])],
///   highest: sentence)
/// ```
public final class CompiledDeepAgent: Sendable {
  /// The levels that have another above them, the lowest first.
  public let lower: [DeepAgent.Level]
  /// The highest level, which goes on as long as the deep agent does.
  public let highest: CompiledAgent
  /// By lower level, its links as numbers.
  let junctions: [Junction]
  /// The levels as far as models and names go.
  package let outline: LevelOutline

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
    for (index, level) in lower.enumerated() {
      let place = "level \(index)"
      if level.steps < 1 { faults.add("\(place).steps", "is \(level.steps)", remedy: "1 or more") }
      if level.agent.parts.beliefs != nil {
        faults.add(
          place, "parts.beliefs cannot tell how probable observations are",
          remedy: "leave it out below the highest level")
      }
      junctions.append(Junction(level, above: agents[index + 1], place, faults))
    }
    highest.configuration.noteNothingAbove("level \(lower.count).", faults)
    for (index, agent) in agents.enumerated() where !lower.isEmpty {
      CompiledDeepAgent.checkFiltering(agent, "level \(index)", faults)
    }
    try faults.check(source: "deep agent")
    self.junctions = junctions
    outline = LevelOutline(agents.map(\.model), links: lower.map(\.links))
  }

  /// The same levels under other configurations, the lowest first.
  ///
  /// - Precondition: there is one for each level.
  /// - Throws: ``InvalidInput`` where one does not fit its model, naming the level, or cannot be that of a level.
  public func configured(
    _ configurations: [AgentConfiguration]
  ) throws(InvalidInput) -> CompiledDeepAgent {
    let faults = FaultList()
    var agents = levels
    for (index, agent) in levels.enumerated() where agent.configuration != configurations[index] {
      let made = faults.nested("levels.\(outline.names[index])") { () throws(InvalidInput) in
        try CompiledAgent(
          agent.model, configurations[index], parts: agent.parts, savings: agent.savings)
      }
      if let made { agents[index] = made }
    }
    try faults.check(source: "deep agent")
    return try CompiledDeepAgent(
      lower: zip(lower, agents).map { level, agent in
        DeepAgent.Level(agent, steps: level.steps, links: level.links)
      }, highest: agents[agents.count - 1])
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
  public var modalities: [Variable] { outline.interface.modalities }

  /// What the world takes: the controls of the lowest level, then those of each level above with one more
  /// action in front, number 0, which says that the level has not come to the end of its step.
  public var controls: [Variable] { outline.interface.controls }
}
