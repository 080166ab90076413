import GenerativeModel
import Inference

// What a trace says of the agent that left it, of one level or of several.

extension Trace {
  /// The deep agent that left it; nil where the agent has one level.
  ///
  /// - Throws: ``InvalidInput`` where a configuration does not fit its model, or levels do not fit one another.
  public func deepAgent() throws(InvalidInput) -> CompiledDeepAgent? {
    guard let highest = levels.last else { return nil }
    var lower: [DeepAgent.Level] = []
    var below = try CompiledAgent(model, agent)
    for level in levels {
      lower.append(DeepAgent.Level(below, steps: level.steps, links: level.links))
      if lower.count < levels.count { below = try CompiledAgent(level.model, level.agent) }
    }
    return try CompiledDeepAgent(
      lower: lower, highest: CompiledAgent(highest.model, highest.agent))
  }

  /// The levels as far as models and names go.
  package var outline: LevelOutline {
    LevelOutline([model] + levels.map(\.model), links: levels.map(\.links))
  }

  /// What an agent leaves before its first step.
  package init(
    of agent: CompiledAgent, in environment: EnvironmentReference?, seed: UInt64
  ) {
    self.init(
      model: agent.model, agent: agent.configuration, environment: environment, seed: seed,
      steps: [], final: agent.model.concentration)
  }

  /// What a deep agent leaves before its first step.
  package init(
    of agent: CompiledDeepAgent, in environment: EnvironmentReference?, seed: UInt64
  ) {
    self.init(of: agent.levels[0], in: environment, seed: seed)
    levels = zip(agent.lower, agent.levels.dropFirst()).map { below, level in
      Level(
        model: level.model, agent: level.configuration, steps: below.steps, links: below.links)
    }
    finalAbove = levels.map(\.model.concentration)
  }

  /// The same agent's trace of an episode.
  package func of(
    _ episode: Int, _ steps: [StepRecord], _ concentrations: [GenerativeModel.Concentration]
  ) -> Trace {
    var trace = self
    trace.episode = episode
    trace.steps = steps
    trace.final = concentrations[0]
    trace.finalAbove = Array(concentrations.dropFirst())
    return trace
  }
}
