import ActiveInference
import ReferenceSolvers
import Testing

@Suite struct `Control as inference at low temperature` {
  /// Eight cells in a ring, on which a move may fail; one of them is good, one bad.
  private var model: GenerativeModel {
    get throws {
      let cells = (0..<8).map(String.init)
      return try GenerativeModel("ring") {
        Factor("cell", cells)
        Control("move", ["back", "stay", "on"])
        Modality("where", cells, given: "cell", prefer: ["5": 1, "3": -2]) { [$0["cell"]: 1] }
        Transition(of: "cell", controls: "move") { state in
          let cell = state.index(of: "cell")
          let next = (cell + state.index(of: "move") + 7) % 8
          var column = [String(next): 0.75]
          column[String(cell), default: 0] += 0.25
          return Column(column)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 7])
  func `is value iteration`(horizon: Int) throws {
    let optimum = ValueIteration(try DecisionProcess(model, discount: 1), horizon: horizon)
    let control = try SoftControl(model, horizon: horizon, temperature: 1e-9)
    for state in 0..<8 {
      #expect(abs(control.scaledValues[0][state] - optimum.values[state]) <= 1e-7)
      let values = (0..<3).map { optimum.actionValues[$0 * 8 + state] }
      let soft = control.scaledActionValues(step: 0, state: state)
      for (one, other) in zip(soft, values) { #expect(abs(one - other) <= 1e-7) }
      // All the probability is on what is best.
      let best = values.max() ?? 0
      let policy = control.policy(step: 0, state: state)
      for action in 0..<3 where values[action] < best - 1e-6 { #expect(policy[action] == 0) }
      let greatest = policy.max() ?? 0
      let chosen = policy.firstIndex { $0 > greatest - 1e-3 } ?? 0
      #expect(values[chosen] >= best - 1e-6)
    }
  }

  @Test func `is what any temperature can gain at most`() throws {
    let model = try model
    let optimum = ValueIteration(try DecisionProcess(model, discount: 1), horizon: 5)
    for temperature in [1e-6, 0.1, 1, 10, 1e6] {
      let control = try SoftControl(model, horizon: 5, temperature: temperature)
      for state in 0..<8 { #expect(control.scaledValues[0][state] <= optimum.values[state] + 1e-9) }
    }
  }
}
