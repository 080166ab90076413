import ActiveInference
import EngineTestSupport
import Testing

@Suite("Policies") struct PolicySetTests {
  /// A model whose factor every control drives.
  private func model(controls: [Int], policies: [[[Int]]]? = nil) throws -> GenerativeModel {
    var model = ModelDescription()
    model.factors = [Variable("factor", size: 1)]
    model.modalities = [Variable("modality", size: 1)]
    model.controls = controls.enumerated().map { Variable("control \($0)", size: $1) }
    model.likelihoods = [.init("modality", given: [], Tensor(shape: [1], [1]))]
    let shape = [1] + controls
    model.transitions = [
      .init(
        "factor", given: [], controls: model.controls.map(\.name),
        Tensor(shape: shape, [Double](repeating: 1, count: shape.reduce(1, *))))
    ]
    model.policies = policies
    return try GenerativeModel(model)
  }

  private func policies(
    _ model: GenerativeModel, horizon: Int? = nil
  ) throws -> [[[Int]]] {
    let set = try PolicySet(CompiledModel(model), horizon: horizon)
    return (0..<set.count).map(set.policy)
  }

  @Test("all sequences are the product of all steps and controls, the last varying fastest")
  func enumeration() throws {
    let policies = try policies(model(controls: [2, 3]), horizon: 2)
    var expected: [[[Int]]] = []
    for a in 0..<2 {
      for b in 0..<3 {
        for c in 0..<2 {
          for d in 0..<3 { expected.append([[a, b], [c, d]]) }
        }
      }
    }
    #expect(policies == expected)
  }

  @Test("a control of one value is listed too")
  func single() throws {
    #expect(try policies(model(controls: [1, 2])) == [[[0, 0]], [[0, 1]]])
  }

  @Test("there is one empty policy where there are no controls")
  func none() throws {
    let set = try PolicySet(CompiledModel(model(controls: [])), horizon: 3)
    #expect(set.count == 1 && set.horizon == 0)
    #expect(set.policy(0).isEmpty)
  }

  @Test("a list stays in its order, with its own actions")
  func list() throws {
    let list = [[[1, 2], [0, 0]], [[0, 1], [0, 0]], [[1, 2], [1, 1]], [[1, 2], [0, 0]]]
    let model = try model(controls: [2, 3], policies: list)
    #expect(try policies(model) == list)
    #expect(try policies(model, horizon: 2) == list)
    let set = try PolicySet(CompiledModel(model), horizon: nil)
    let first = set.firstActions.array(0..<4).map { set.actions[Int($0)] }
    #expect(first == list.map { $0[0] })
  }

  @Test("a horizon that contradicts the list is refused")
  func contradiction() throws {
    let model = try model(controls: [2], policies: [[[0], [1]]])
    let refused = #expect(throws: InvalidInput.self) { try policies(model, horizon: 3) }
    #expect(
      refused?.description
        == "planning.horizon: 3 contradicts the model's policies of length 2; leave it out")
  }

  @Test("more than 2^24 policies are refused")
  func tooMany() throws {
    let model = try model(controls: [4, 3])
    let refused = #expect(throws: InvalidInput.self) { try policies(model, horizon: 7) }
    #expect(
      refused?.description
        == "planning.horizon: 4 x 3 joint actions over 7 steps are more than 16777216 policies;"
        + " shorten the horizon or give a list of policies")
    let huge = #expect(throws: InvalidInput.self) { try policies(model, horizon: 1000) }
    #expect(huge?.faults.count == 1)
  }
}
