import ActiveInference
import BeliefTesting
import Foundation
import Testing

@Suite("A trace of an early build")
struct EarlyTraceTests {
  /// What `aif simulate my-maze.yaml --output my-maze.jsonl` wrote for README's model.
  private func early() throws -> [Trace] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "my-maze.jsonl")
    return try Trace.read(contentsOf: Array(Data(contentsOf: file)), source: "my-maze.jsonl")
  }

  @Test("is read, and its agent believes in README's maze what it believed then")
  func agrees() throws {
    for trace in try early() {
      let now = try Trace.recorded(
        of: makeMaze(), trace.agent, steps: trace.steps.count, seed: trace.seed)
      let tolerances = try Tolerances(.absolute(1e-12))
      #expect(explanation(expected: trace, actual: now[0], tolerances: tolerances) == nil)
    }
  }

  @Test("says the same as README's golden")
  func isGolden() throws {
    try checkGolden(
      "my-maze", early(), tolerances: Tolerances(.absolute(1e-12)), recording: .never)
  }
}
