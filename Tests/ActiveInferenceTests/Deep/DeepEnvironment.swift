import ActiveInference

/// A world for the levels of an agent, in which they act and which shows them all their modalities.
struct DeepEnvironment: Environment {
  let agent: CompiledDeepAgent

  func reset(using random: inout RandomStream) -> (state: DeepWorld, observation: [Observation]) {
    var world = DeepWorld(agent, seed: random.next())
    world.begin()
    return (world, observe(&world))
  }

  func step(
    _ state: inout DeepWorld, action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    var rest = action[...]
    var moved = (level: 0, action: [Int]())
    for (level, compiled) in agent.levels.enumerated() {
      let count = compiled.model.controls.count
      let own = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      if level == 0 { moved = (0, own) }
      // A level without controls does not say that it moves.
      if level > 0 && own.contains(where: { $0 > 0 }) { moved = (level, own.map { $0 - 1 }) }
    }
    state.move(moved.level, moved.action)
    return observe(&state)
  }

  private func observe(_ world: inout DeepWorld) -> [Observation] {
    world.given(agent.levels.indices.map { world.observation(of: $0) })
  }

  var actionCounts: [Int]? { agent.controls.map(\.size) }
}
