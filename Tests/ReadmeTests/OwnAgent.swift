import ActiveInference
import TMaze

/// Looks at the cue, then walks to the arm that it names: no model, no beliefs.
struct CueFollower: Agent {
  private var arm: Int?

  mutating func begin(seed: UInt64, episode: UInt64) { arm = nil }

  mutating func act(on observation: [Observation]) -> [Int] {
    let (centre, cue, middle) = (0, 3, 4)
    if case .outcome(let side) = observation[2], side > 0 { arm = side }
    guard let arm else { return [cue] }
    switch observation[0] {
    case .outcome(cue): return [centre]
    case .outcome(centre): return [middle]
    default: return [arm]
    }
  }
}

/// In how many of 1,000 mazes each of two agents finds the reward; both meet the same mazes.
func compareAgents() throws -> (follower: Int, activeInference: Int) {
  let maze = try TMaze()
  let simulation = Simulation(maze, steps: maze.steps, seed: 1, level: .none)
  func rewards(_ agent: some Agent) throws -> Int {
    var agent = agent
    return try (0..<1000).count { try simulation.run(&agent, episode: $0).reachedGoal == true }
  }
  return try (rewards(CueFollower()), rewards(ActiveInferenceAgent(maze.model, maze.agent)))
}
