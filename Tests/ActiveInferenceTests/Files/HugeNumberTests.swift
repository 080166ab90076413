import ActiveInference
import Testing

private func message(_ text: String, of model: GenerativeModel? = nil) -> String {
  do throws(InvalidInput) {
    let agent = try AgentConfiguration(contentsOf: Array(text.utf8), source: "a.yaml")
    if let model { _ = try StepCost(of: model, agent) }
    return "read"
  } catch {
    return error.description
  }
}

private func makeModel(control: Int, policies: [[[Int]]]? = nil) throws -> GenerativeModel {
  let list = policies.map { "policies: {list: \($0)}" } ?? ""
  let text = """
    format: aif.model/1
    factors: [{name: s, size: 3}]
    modalities: [{name: o, size: 2}]
    controls: [{name: u, size: \(control)}, {name: v, size: \(control)}]
    A: [{modality: o, given: [s], probability: [[0.5, 1, 0], [0.5, 0, 1]]}]
    B: [{factor: s, given: [], controls: [], probability: [1, 0, 0]}]
    H: [{factor: s, goal: [0, 1, 0]}]
    \(list)
    """
  return try GenerativeModel(contentsOf: Array(text.utf8), source: "m")
}

@Suite struct `Numbers too large to be meant` {
  @Test(arguments: [
    (
      "inference: {iterations: 1000000000000000000}", "inference.iterations: is 1000000000000000000"
    ),
    ("planning: {horizon: 1000000}", "planning.horizon: is 1000000; give at most 65536"),
    ("planning: {inductive: {depth: 1000000000000}}", "planning.inductive.depth: is 1000000000000"),
  ])
  func `a count has a most`(_ line: String, _ expected: String) {
    #expect(message("format: aif.agent/1\n\(line)").contains(expected))
  }

  @Test func `what sweeps cost does not overflow`() throws {
    let model = try makeModel(control: 1)
    var agent = AgentConfiguration()
    agent.inference.algorithm = .coordinateAscent
    agent.inference.iterations = .max
    #expect(try StepCost(of: model, agent).operations == .max)
  }

  @Test func `the table of inductive planning is in the cost before memory is taken`() throws {
    let model = try makeModel(control: 1)
    var agent = AgentConfiguration()
    let without = try StepCost(of: model, agent).tableBytes
    agent.planning.inductive = .init()
    agent.planning.inductive?.depth = 1 << 16
    #expect(try StepCost(of: model, agent).tableBytes >= without + 8 * 3 << 16)
  }

  @Test func `a single joint action over any number of steps is bounded too`() throws {
    let model = try makeModel(control: 1)
    #expect(message("format: aif.agent/1\nplanning: {horizon: 65536}", of: model) == "read")
    #expect(throws: InvalidInput.self) {
      var agent = AgentConfiguration()
      agent.planning.horizon = .max
      _ = try StepCost(of: model, agent)
    }
  }

  @Test func `the actions of all controls together may be more than an integer counts`() throws {
    let model = try makeModel(control: 1 << 24, policies: [[[0, 0]], [[1, 1]]])
    #expect(try StepCost(of: model).policies == 2)
  }

  @Test func `an agent does not go on from a step that has no next`() throws {
    let agent = try ActiveInferenceAgent(try makeModel(control: 2))
    var state = agent.state
    state.step = .max
    #expect(
      throws: InvalidInput(
        source: "state",
        [
          Fault("step", "is 9223372036854775807", remedy: "give at most 2^53")
        ])
    ) { try agent.resume(state) }
  }
}
