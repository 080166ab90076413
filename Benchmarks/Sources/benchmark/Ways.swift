import ActiveInference
import BenchmarkWorkloads
import Synchronization
import TMaze

/// So many agents with pymdp's mathematics, each in a T-maze of its own, for so many steps.
struct ClosedLoop {
  let agents: Int
  let horizon: Int
  let steps: Int
  let threads: Int

  var policies: Int { (0..<horizon).reduce(1) { count, _ in count * 5 } }
  var configuration: AgentConfiguration {
    BenchmarkWorkloads.configuration(.pymdp1, horizon: horizon)
  }
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
  let agents = AgentPool(blueprint)
  return { seed in
    agents.begin()
    let simulation = Simulation(maze, steps: loop.steps, seed: seed, level: level)
    var rewarded = 0
    try simulation.run(
      episodes: 0..<UInt64(loop.agents), threads: loop.threads,
      makeAgent: { try agents.take() },
      finish: { episode, _ in episode.reachedGoal == true },
      deliver: {
        if $0 { rewarded += 1 }; return true
      })
    return rewarded
  }
}

/// The agents of all threads, kept from one repetition to the next, as pymdp keeps what it has compiled.
private final class AgentPool: Sendable {
  /// An agent belongs to one thread at a time: it is taken once a repetition.
  private struct Agents: @unchecked Sendable {
    var made: [ActiveInferenceAgent] = []
    var taken = 0
  }

  private let blueprint: CompiledAgent
  private let agents = Mutex(Agents())

  init(_ blueprint: CompiledAgent) { self.blueprint = blueprint }

  /// Begins a repetition: every agent can be taken again.
  func begin() { agents.withLock { $0.taken = 0 } }

  func take() throws -> ActiveInferenceAgent {
    try agents.withLock { agents in
      if agents.taken == agents.made.count {
        agents.made.append(try ActiveInferenceAgent(blueprint))
      }
      agents.taken += 1
      return agents.made[agents.taken - 1]
    }
  }
}
