import ActiveInference
import TMaze
import Workloads

/// So many agents with pymdp's mathematics, each in a T-maze of its own, for so many steps.
struct ClosedLoop {
  let agents: Int
  let horizon: Int
  let steps: Int
  let threads: Int

  var policies: Int { (0..<horizon).reduce(1) { count, _ in count * 5 } }
  var configuration: AgentConfiguration { Workloads.configuration(.pymdp1, horizon: horizon) }
}

/// A way to run a closed loop: all give the same actions.
struct Way: Sendable {
  let name: String
  /// Does what need not be done again, and answers with what runs every agent once; that says how
  /// many of them came to the reward.
  let prepare: @Sendable (ClosedLoop) throws -> (_ seed: UInt64) throws -> Int
}

/// Every way there is. The first is the one that ratios are formed with.
let ways = [
  Way(name: "side by side") { try simulated($0, .all.subtracting(.rememberedSteps)) },
  Way(name: "one by one") { try simulated($0, .all.subtracting([.rememberedSteps, .lanes])) },
  Way(name: "steps remembered") { try simulated($0, .all) },
  Way(name: "remembered, nothing recorded") { try simulated($0, .all, level: .none) },
]

/// The agents on all threads, with some savings and no others.
func simulated(
  _ loop: ClosedLoop, _ savings: Savings, level: RecordLevel = .choices
) throws -> (UInt64) throws -> Int {
  let maze = try TMaze()
  let blueprint = try CompiledAgent(maze.model, loop.configuration, savings: savings)
  return { seed in
    let simulation = Simulation(maze, steps: loop.steps, seed: seed, level: level)
    var rewarded = 0
    try simulation.run(
      episodes: 0..<UInt64(loop.agents), threads: loop.threads,
      makeAgent: { try ActiveInferenceAgent(blueprint) },
      finish: { episode, _ in episode.reachedGoal == true },
      deliver: {
        if $0 { rewarded += 1 }; return true
      })
    return rewarded
  }
}
