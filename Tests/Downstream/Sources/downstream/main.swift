import AIFCommands
import ActiveInference
import TMaze

// With arguments: the command line with one environment more, `swift run downstream simulate levers`.
// Without: what README.md shows, run from outside of the package.
if CommandLine.arguments.count > 1 {
  AIFCommand.main(environments: AIFCommand.environments + [Levers.self])
}

let inMaze = try runInMaze()
print("own model: reward \(inMaze.reachedGoal == true ? "found" : "missed")")

let rewards = try compareAgents()
print(
  "own agent: reward in \(rewards.follower) of 1000 mazes,"
    + " by active inference in \(rewards.activeInference)")

let levers = try Levers()
var agent = try ActiveInferenceAgent(levers.model, levers.agent)
let episode = try Simulation(levers, steps: levers.steps, seed: 1).run(&agent, episode: 0)
let wins = episode.steps.count { $0.observation == [.outcome(1)] }
print("own environment: \(wins) wins in \(levers.steps - 1) pulls")
