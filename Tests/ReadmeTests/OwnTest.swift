import ActiveInference
import BeliefTesting
import Foundation
import Testing

@Test("In my maze the agent believes what it believed when my-maze.jsonl was recorded")
func beliefsAreThoseRecorded() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "my-maze.jsonl")
  for golden in try Trace.read(contentsOf: Array(Data(contentsOf: file)), source: "my-maze.jsonl") {
    let model = try makeMaze()
    var agent = try ActiveInferenceAgent(model, golden.agent)
    let maze = try ModelEnvironment(model)
    let simulation = Simulation(maze, steps: golden.steps.count, seed: golden.seed)
    let episode = try simulation.run(&agent, episode: UInt64(golden.episode))
    let now = Trace(
      model: model, agent: golden.agent, steps: episode.steps, final: agent.concentration)
    let tolerances = try Tolerances(.absolute(1e-12))
    #expect(firstDifference(expected: golden, actual: now, tolerances: tolerances) == nil)
  }
}
