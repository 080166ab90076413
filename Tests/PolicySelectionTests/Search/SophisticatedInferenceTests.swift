import ActiveInference
import EngineTestSupport
import Testing

/// What planning with the beliefs to come is for.
@Suite("Sophisticated inference") struct SophisticatedInferenceTests {
  /// A choice between two boxes, one of which has the prize, after one look at a cue: one that says which,
  /// one that says nothing, or none.
  ///
  /// - Parameter price: what looking costs, in nats.
  private func boxes(price: Double) throws -> GenerativeModel {
    let places = ["start", "cue", "distractor", "left", "right"]
    let model = try GenerativeModel("boxes") {
      Factor("place", places, initially: "start")
      Factor("prize", ["left", "right"])
      Control("go", Array(places.dropFirst()))
      Modality(
        "where", places, given: "place",
        prefer: [
          "cue": -price, "distractor": -price,
        ]
      ) { [$0["place"]: 1] }
      Modality("hint", ["none", "left", "right"], given: "place", "prize") { state in
        switch state["place"] {
        case "cue": [state["prize"]: 1]
        case "distractor": ["left": 0.5, "right": 0.5]
        default: ["none": 1]
        }
      }
      Modality(
        "found", ["nothing", "prize", "loss"], given: "place", "prize",
        prefer: ["prize": 2, "loss": -6]
      ) { state in
        switch state["place"] {
        case "left", "right": [state["place"] == state["prize"] ? "prize" : "loss": 1]
        default: ["nothing": 1]
        }
      }
      Transition(of: "place", controls: "go") { [$0["go"]: 1] }
      Transition(of: "prize")
    }
    return model
  }

  private func first(
    _ method: PlanningSettings.Method, _ model: GenerativeModel
  ) throws -> [Double] {
    var configuration = AgentConfiguration()
    configuration.planning.method = method
    configuration.planning.horizon = 2
    configuration.planning.gamma = 3
    configuration.planning.stateInformationGain = false
    if method == .sophisticated {
      configuration.planning.sophisticated.policyThreshold = 0
      configuration.planning.sophisticated.outcomeThreshold = 0
    }
    let agent = try ActiveInferenceAgent(model, configuration)
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
    var record = StepRecord(t: 0, observation: [])
    agent.describe(&record, level: .full)
    return record.actionMarginals?[0] ?? []
  }

  @Test("pays for a cue that tells, and does not look at one that says nothing")
  func picksCue() throws {
    let marginals = try first(.sophisticated, boxes(price: 1))
    #expect(marginals[0] == marginals.max())
    #expect(marginals[0] > 0.9)
    #expect(marginals[1] < 0.05)
  }

  @Test("what is planned without the beliefs to come cannot tell the two apart")
  func vanilla() throws {
    let marginals = try first(.enumerate, boxes(price: 1))
    #expect(abs(marginals[0] - marginals[1]) < 1e-12)
  }

  @Test("a depth of one is enumeration at a horizon of one, bit for bit")
  func depthOne() throws {
    for seed in 0..<40 as Range<UInt64> {
      var options = RandomModel.Options()
      options.counts = seed % 3 == 0
      var random = try RandomModel(seed: seed, options)
      let model = random.model
      let record = random.record(steps: 4)
      var settings = AgentConfiguration()
      settings.inference.algorithm = [.exact, .coordinateAscent][Int(seed % 2)]
      settings.planning.horizon = 1
      settings.planning.parameterInformationGain = options.counts
      settings.learning.likelihood =
        options.counts && model.concentration.likelihood.contains { $0 != nil } ? .init() : nil
      if model.concentration.likelihood.contains(where: { $0 == nil }) {
        settings.learning.likelihood = nil
      }
      var other = settings
      other.planning.method = .sophisticated
      let agents = [
        try ActiveInferenceAgent(model, settings), try ActiveInferenceAgent(model, other),
      ]
      for agent in agents { agent.begin(seed: 1, episode: 0) }
      for (t, observation) in record.observations.enumerated() {
        var records: [StepRecord] = []
        for agent in agents {
          _ = try agent.act(on: observation)
          var step = StepRecord(t: t, observation: observation)
          agent.describe(&step, level: .full)
          step.search = nil
          records.append(step)
          if t < record.actions.count { try agent.took(record.actions[t]) }
        }
        #expect(records[0] == records[1], "seed \(seed), step \(t)")
      }
    }
  }

  @Test("an action that makes too many outcomes says so, and what to do")
  func tooMany() throws {
    let model = try GenerativeModel("many") {
      Factor("state", ["a", "b"])
      Control("move", ["stay"])
      for index in 0..<17 {
        Modality("sign \(index)", ["x", "y"], given: "state") { state in
          state["state"] == "a" ? ["x": 0.4, "y": 0.6] : ["x": 0.6, "y": 0.4]
        }
      }
      Transition(of: "state")
    }
    var configuration = AgentConfiguration()
    configuration.planning.method = .sophisticated
    configuration.planning.horizon = 2
    configuration.planning.informationGain = .perModality
    configuration.planning.sophisticated.outcomeThreshold = 0
    let agent = try ActiveInferenceAgent(model, configuration)
    agent.begin(seed: 0, episode: 0)
    let observation = [Observation](repeating: .outcome(0), count: 17)
    let failure = #expect(throws: AgentFailure.self) { try agent.act(on: observation) }
    #expect("\(failure.map { "\($0)" } ?? "")".contains("planning.outcomeThreshold"))
    configuration.planning.sophisticated.outcomeThreshold = 0.001
    let other = try ActiveInferenceAgent(model, configuration)
    other.begin(seed: 0, episode: 0)
    let action = try other.act(on: observation)
    #expect(action == [0])
    #expect(other.searchReport?.prunedMass ?? 0 > 0.9)
  }
}
