import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Levels that infer exactly") struct DeepExactnessTests {
  #if DEBUG
    static let models = 12
  #else
    static let models = 200
  #endif

  /// Has an agent live in a world of its own kind, and compares all it believes with the joint filter.
  private func compare(_ compiled: CompiledDeepAgent, seed: UInt64, ticks: Int) throws {
    let agent = try DeepAgent(compiled)
    var world = DeepWorld(compiled, seed: seed)
    var filter = JointFilter(compiled.levels.map(\.model), compiled.lower.map(\.links))
    var freeEnergy = 0.0
    agent.begin(seed: seed, episode: 0)
    world.begin()
    filter.begin()
    for tick in 0..<ticks {
      if tick > 0 {
        let level = agent.steppedLevels - 1
        world.move(level, agent.levels[level].lastChoice)
        filter.move(level, agent.levels[level].lastChoice)
      }
      let entries = compiled.levels.indices.map { world.observation(of: $0) }
      _ = try agent.act(on: world.given(entries))
      for level in 0..<agent.steppedLevels {
        filter.observe(level, entries[level])
        freeEnergy += agent.levels[level].outcome.freeEnergy
        let expected = filter.marginals(of: level)
        let gap =
          zip(expected.joined(), agent.levels[level].beliefs.joined())
          .map { abs($0 - $1) }.max() ?? 0
        #expect(gap < 1e-12, "seed \(seed), tick \(tick), level \(level)")
      }
      let scale = max(1, abs(filter.logEvidence))
      #expect(
        abs(freeEnergy + filter.logEvidence) < 1e-11 * scale, "seed \(seed), tick \(tick)")
    }
  }

  @Test("believe what enumeration of all levels' joint states gives, and share its log evidence")
  func twoLevels() throws {
    for seed in 0..<UInt64(Self.models) {
      let levels = try RandomLevels(seed: seed, links: seed % 2 == 0 ? 1 : 2)
      try compare(levels.agent, seed: seed, ticks: 9)
    }
  }

  @Test("do so when there are three of them")
  func threeLevels() throws {
    for seed in 0..<UInt64(Self.models / 2) {
      let levels = try RandomLevels(seed: 1000 + seed, levels: 3)
      try compare(levels.agent, seed: seed, ticks: 13)
    }
  }

  @Test("do so when an episode ends as soon as its first states are clear")
  func earlyEnd() throws {
    for seed in 0..<UInt64(Self.models) {
      let levels = try RandomLevels(seed: 2000 + seed)
      var lower = levels.agent.lower
      lower[0].steps = 6
      var configuration = lower[0].agent.configuration
      configuration.inference.chi = 0.3
      lower[0].agent = try CompiledAgent(lower[0].agent.model, configuration)
      let agent = try CompiledDeepAgent(lower: lower, highest: levels.agent.highest)
      try compare(agent, seed: seed, ticks: 10)
    }
  }
}
