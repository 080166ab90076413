import ActiveInference
import BeliefTesting
import Foundation
import Testing

@Test("In my maze the agent believes what it believed when my-maze.jsonl was recorded")
func beliefsAreThoseRecorded() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "my-maze.jsonl")
  for golden in try Trace.read(contentsOf: Array(Data(contentsOf: file)), source: "my-maze.jsonl") {
    let behaviour = BehaviourRecord(
      observations: golden.steps.map(\.observation), actions: golden.steps.compactMap(\.action))
    let agent = try ActiveInferenceAgent(makeMaze(), golden.agent)
    let steps = try agent.replay(behaviour, seed: golden.seed)
    let now = Trace(
      model: try makeMaze(), agent: golden.agent, steps: steps, final: agent.concentration)
    #expect(firstDifference(expected: golden, actual: now, tolerance: 1e-12) == nil)
  }
}
