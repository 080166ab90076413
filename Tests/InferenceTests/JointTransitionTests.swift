import ActiveInference
import EngineTestSupport
import GenerativeModel
import Testing

@Suite struct `Joint transitions` {
  /// The product of the factors' transitions, read cell by cell from the model's own tensors.
  @Test(arguments: 0..<40)
  func `multiply what each factor does`(seed: Int) throws {
    let model = try RandomModel(seed: UInt64(seed)).model
    let laidOut = try model.laidOut()
    let joint = try JointTransition(laidOut.compiled, laidOut.tables)
    let states = combinations(model.factors.map(\.size))
    #expect(joint.stateCount == states.count)
    for (action, controls) in joint.actions.enumerated() {
      for (index, state) in states.enumerated() {
        var row = [Double](repeating: 0, count: states.count)
        for cell in joint.cells(action: action, state: index) {
          row[Int(joint.nextStates[cell])] += joint.probabilities[cell]
        }
        for (next, nextState) in states.enumerated() {
          var expected = 1.0
          for (factor, transition) in model.transitions.enumerated() {
            let place =
              [nextState[factor]] + transition.given.map { state[$0] }
              + transition.controls.map { controls[$0] }
            var offset = 0
            for (extent, value) in zip(transition.probability.shape, place) {
              offset = offset * extent + value
            }
            expected *= transition.probability.values[offset]
          }
          #expect(abs(row[next] - expected) <= 1e-15)
        }
      }
    }
  }

  @Test func `need every factor that they depend on`() throws {
    let model = try RandomModel(seed: 3).model
    let laidOut = try model.laidOut()
    for factor in model.factors.indices {
      let others = model.transitions[factor].given.filter { $0 != factor }
      if others.isEmpty {
        let alone = try JointTransition(laidOut.compiled, laidOut.tables, factors: [factor])
        #expect(alone.stateCount == model.factors[factor].size)
      } else {
        #expect(throws: InvalidInput.self) {
          try JointTransition(laidOut.compiled, laidOut.tables, factors: [factor])
        }
      }
    }
  }
}
