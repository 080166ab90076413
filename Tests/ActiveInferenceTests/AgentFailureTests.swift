import ActiveInference
import EngineTestSupport
import Testing

/// Every message, verbatim.
@Suite("Failures of an agent") struct AgentFailureTests {
  private func agent(
    _ model: GenerativeModel? = nil, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> ActiveInferenceAgent {
    var configuration = AgentConfiguration()
    change(&configuration)
    return try ActiveInferenceAgent(model ?? SampleModels.tMaze(), configuration)
  }

  private func refusal(
    _ model: GenerativeModel? = nil, _ change: (inout AgentConfiguration) -> Void
  ) -> String? {
    let refused = #expect(throws: InvalidInput.self) { try agent(model, change) }
    return refused?.description
  }

  // MARK: - Steps

  @Test("an observation that does not fit the model names every modality")
  func observations() throws {
    let agent = try agent()
    agent.begin(seed: 0, episode: 0)
    let few = #expect(throws: AgentFailure.self) { try agent.act(on: [.outcome(0)]) }
    #expect(few?.description == "observation 0: has 1 entries but there are 3 modalities")
    _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
    let wrong = #expect(throws: AgentFailure.self) {
      try agent.act(on: [.outcome(5), .distribution([0.5, 0.5]), .distribution([0.5, 0.6, 0])])
    }
    #expect(
      wrong?.description == """
        observation 1, where: outcome 5 is not in 0...4
        observation 1, reward: has 2 probabilities for 3 outcomes
        observation 1, cue: is not a distribution; probabilities from 0 that sum to 1
        """)
    for weights in [[Double.nan, 0, 1], [-0.5, 0.5, 1], [.infinity, 0, 0]] {
      #expect(throws: AgentFailure.self) {
        try agent.act(on: [.missing, .missing, .distribution(weights)])
      }
    }
    #expect(throws: AgentFailure.self) { try agent.act(on: [.outcome(-1), .missing, .missing]) }
  }

  @Test("an impossible observation names the step, the modality and the way out")
  func impossible() throws {
    for algorithm in [InferenceSettings.Algorithm.exact, .coordinateAscent] {
      let agent = try agent { $0.inference.algorithm = algorithm }
      agent.begin(seed: 0, episode: 0)
      _ = try agent.act(on: [.outcome(0), .outcome(0), .outcome(0)])
      try agent.took([3])
      let failure = #expect(throws: AgentFailure.self) {
        try agent.act(on: [.outcome(3), .outcome(1), .outcome(1)])
      }
      #expect(
        failure?.description == "step 1, reward: reward has probability zero under the model and"
          + " the belief before it; correct the model, or set inference.impossible to ignore")
    }
  }

  @Test("where it is ignored, the step is flagged and nothing is learned of it")
  func ignored() throws {
    let agent = try agent { $0.inference.impossible = .ignore }
    let steps = try agent.replay(
      BehaviourRecord(
        observations: [
          [.outcome(0), .outcome(1), .outcome(0)], [.outcome(3), .outcome(0), .outcome(1)],
        ], actions: [[3]]))
    #expect(steps.map(\.impossible) == [["reward"], []])
    #expect(steps[0].beliefs == [[1, 0, 0, 0, 0], [0.5, 0.5]])
  }

  @Test("pymdp's preset goes on whatever is seen, and nothing becomes NaN")
  func floored() throws {
    for preset in [AgentConfiguration.Preset.pymdp1, .pymdp007] {
      let agent = try ActiveInferenceAgent(
        SampleModels.tMaze(), AgentConfiguration(preset: preset))
      let steps = try agent.replay(
        BehaviourRecord(
          observations: [
            [.outcome(4), .outcome(2), .outcome(1)], [.outcome(0), .outcome(1), .outcome(2)],
          ], actions: [[1]]))
      for step in steps {
        let numbers =
          (step.beliefs ?? []).joined() + (step.policyPosterior ?? [])
          + (step.negativeExpectedFreeEnergy ?? []) + [step.freeEnergy ?? .nan]
        #expect(numbers.allSatisfy { $0.isFinite }, "\(preset), step \(step.t): \(numbers)")
      }
    }
  }

  @Test("more joint states than pymdp 0.0.7 can take are refused before memory is taken")
  func tooManyJointStates() throws {
    var configuration = AgentConfiguration(preset: .pymdp007)
    configuration.planning.informationGain = .perModality
    let model = try GenerativeModel {
      for number in 0..<40 {
        Factor("coin \(number)", ["heads", "tails"])
        Modality("side \(number)", ["heads", "tails"], given: "coin \(number)") { state in
          [state["coin \(number)"]: 1]
        }
        Transition(of: "coin \(number)")
      }
    }
    let failure = #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    #expect(
      failure?.faults == [
        Fault(
          "preset", "pymdp-0.0.7 takes the likelihood of more than 67108864 joint states",
          remedy: "use default or pymdp-1")
      ])
  }

  @Test("a joint information gain that is too large names step and modalities")
  func planning() throws {
    var description = ModelDescription(try SampleModels.sensors(21))
    description.controls = [Variable("wait", size: 1)]
    let agent = try agent(GenerativeModel(description))
    agent.begin(seed: 0, episode: 0)
    let failure = #expect(throws: AgentFailure.self) {
      try agent.act(on: [Observation](repeating: .missing, count: 21))
    }
    let names = (0..<21).map { "sensor \($0)" }.joined(separator: ", ")
    #expect(
      failure?.description == "step 0: the joint information gain of \(names) has 2097152.0 joint"
        + " outcomes, more than 2^20; set planning.informationGain to perModality")
  }

  // MARK: - Configurations

  @Test("a configuration that does not fit the model is refused with its place")
  func configurations() throws {
    var listed = ModelDescription(try SampleModels.tMaze())
    listed.policies = [[[0], [1]], [[3], [1]]]
    #expect(
      refusal(try GenerativeModel(listed)) { $0.planning.horizon = 3 }
        == "planning.horizon: 3 contradicts the model's policies of length 2; leave it out")
    #expect(
      refusal { $0.planning.horizon = 11 }
        == "planning.horizon: 5 joint actions over 11 steps are more than 16777216 policies;"
        + " shorten the horizon or give a list of policies")

    var preferring = ModelDescription(try SampleModels.tMaze())
    preferring.preferences = [.init("cue", Tensor(shape: [1, 3], [0, 1, 2]))]
    #expect(
      refusal(try GenerativeModel(preferring)) { $0.planning.horizon = 2 }
        == "C[cue]: has 1 planning steps but the horizon is 2; give a row a step, or one row for"
        + " all")
    var habitual = ModelDescription(try SampleModels.tMaze())
    habitual.habit = [1]
    #expect(
      refusal(try GenerativeModel(habitual)) { _ in }
        == "E: has 1 entries but there are 5 policies; give one a policy, in policy order")

    #expect(
      refusal { $0.planning.inductive = .init() }
        == "planning.inductive: the model has no goal; add H for some factor")
    #expect(
      refusal { $0.planning.parameterInformationGain = true }
        == "planning.parameterInformationGain: the model has no counts for A or B to learn about;"
        + " add concentration.A or concentration.B")
  }

  @Test("learning of what has no counts, or is not there, is refused")
  func learning() throws {
    #expect(
      refusal {
        $0.learning.likelihood = .init()
        $0.learning.transition = .init(subset: ["location", "weather"])
        $0.learning.preference = .init(subset: ["reward"])
        $0.learning.initialState = .init()
        $0.learning.habit = .init()
      } == """
        learning.A: the model has no counts for A; add concentration.A
        learning.B: the model has no counts for B[location]; add concentration.B for it
        learning.B: 'weather' is not in the model; it has location, context
        learning.C: the model has no counts for C[reward]; add concentration.C for it, one row for \
        all planning steps
        learning.D: the model has no counts for D; add concentration.D
        learning.E: the model has no counts for E; add concentration.E
        """)
  }

  @Test("exact inference over too many joint states is refused and names the way out")
  func exact() throws {
    var description = ModelDescription()
    description.name = "cubes"
    description.factors = (0..<9).map { Variable("cube \($0)", size: 8) }
    description.modalities = [Variable("sum", size: 1)]
    description.likelihoods = [.init("sum", given: [], Tensor(shape: [1], [1]))]
    description.transitions = description.factors.map {
      let uniform = [Double](repeating: 0.125, count: 8)
      return .init($0.name, given: [], controls: [], Tensor(shape: [8], uniform))
    }
    #expect(
      refusal(try GenerativeModel(description)) { $0.inference.algorithm = .exact }
        == "cubes: inference.algorithm: exact needs more than 67108864 joint states; use cavi,"
        + " which needs 72")
  }

  @Test("a variable with more values than can be laid out is refused with its size")
  func largeVariable() throws {
    let size = 1 << 28
    var description = ModelDescription()
    description.name = "large"
    description.factors = [Variable("place", size: size)]
    description.modalities = [Variable("where", size: size)]
    description.likelihoods = [
      .init("where", given: [], Tensor(shape: [size], offsets: [7], values: [1]))
    ]
    description.transitions = [
      .init("place", given: [], controls: [], Tensor(shape: [size], offsets: [7], values: [1]))
    ]
    let model = try GenerativeModel(description)
    let message = """
      large: factors[place]: has 268435456 states, 2 GiB for a number each; at most 134217728 can \
      be laid out; split it into several
      large: modalities[where]: has 268435456 outcomes, 2 GiB for a number each; at most 134217728 \
      can be laid out; split it into several
      """
    #expect(refusal(model) { _ in } == message)
    let world = #expect(throws: InvalidInput.self) { try ModelEnvironment(model) }
    #expect(world?.description == message)
  }

  @Test("policies that would not fit into memory are refused before they are allocated")
  func manyPolicies() throws {
    var description = ModelDescription()
    description.name = "many"
    description.factors = [Variable("place", size: 200_000)]
    description.modalities = [Variable("where", size: 1)]
    description.controls = [Variable("move", size: 4000)]
    description.likelihoods = [.init("where", given: [], Tensor(shape: [1], [1]))]
    description.transitions = [
      .init(
        "place", given: [], controls: [],
        Tensor(shape: [200_000], [Double](repeating: 1 / 200_000, count: 200_000)))
    ]
    let model = try GenerativeModel(description)
    let message = try #require(refusal(model) { $0.planning.horizon = 2 })
    // The root and a candidate of eight lanes each, and two levels of blocks of eight nodes.
    let bytes = 64 * 200_000.0 * (2 * 2_000_000 + 2)
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 2
    let needed = try StepCost(of: model, configuration)
    #expect(Double(needed.agentBytes) > bytes && Double(needed.agentBytes) < 1.01 * bytes)
    #expect(!needed.fits)
    #expect(message.hasPrefix("many: memory: tables of "), "\(message)")
    #expect(
      message.contains(" for an agent of 16004000 prefixes of policies over 200000 states of all")
        && message.contains("GiB of this machine; shorten planning.horizon"), "\(message)")
  }
}
