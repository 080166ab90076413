import ActiveInference
import EngineTestSupport

/// Small random models one above the other, with random links.
struct RandomLevels {
  let agent: CompiledDeepAgent

  /// - Parameters:
  ///   - count: how many levels.
  ///   - links: how many factors of each level are linked, at most.
  init(
    seed: UInt64, levels count: Int = 2, links most: Int = 2, steps: Int = 3,
    configuration: AgentConfiguration = AgentConfiguration()
  ) throws {
    var options = RandomModel.Options()
    options.largestJoint = count == 2 ? 12 : 6
    options.mostOutcomes = 12
    var random = try (0..<count).map { try RandomModel(seed: seed * 10 + UInt64($0), options) }
    let agents = try random.map { try CompiledAgent($0.model, configuration) }
    var lower: [DeepAgent.Level] = []
    for level in 0..<count - 1 {
      let (model, above) = (random[level].model, random[level + 1].model)
      let factors = random[level].shuffled(Array(model.factors.indices)).prefix(most)
      let links = factors.map { factor in
        let modality = above.modalities[random[level].integer(0..<above.modalities.count)]
        let columns = (0..<modality.size).map { _ in
          random[level].distribution(model.factors[factor].size)
        }
        return DeepAgent.Link.initialState(
          of: model.factors[factor].name, from: modality.name,
          probability: (0..<model.factors[factor].size).map { state in columns.map { $0[state] } })
      }
      lower.append(DeepAgent.Level(agents[level], steps: steps - level % 2, links: links))
    }
    agent = try CompiledDeepAgent(lower: lower, highest: agents[count - 1])
  }
}
