import ActiveInference
import EngineTestSupport
import Testing

/// Windows of messages by policy beside what pymdp's own numbers show (`GoldenTests`).
@Suite("Messages by policy over a window") struct WindowedMessageTests {
  #if DEBUG
    private static let models = 2
  #else
    private static let models = 40
  #endif

  private func configuration(
    _ preset: AgentConfiguration.Preset, horizon: Int?
  ) throws -> AgentConfiguration {
    var configuration = try AgentConfiguration(preset: preset)
      .setting("inference.algorithm", to: .string("mmp-legacy"))
    configuration.inference.horizon = horizon
    configuration.inference.impossible = preset == .default ? .ignore : .floored
    return configuration
  }

  @Test(
    "are their formulas, whatever is seen or missing, under every preset",
    arguments: AgentConfiguration.Preset.allCases)
  func formulas(preset: AgentConfiguration.Preset) throws {
    var differences = Differences(tolerance: 1e-10)
    for number in 0..<WindowedMessageTests.models {
      var options = RandomModel.Options()
      options.goals = true  // for then every factor depends on itself alone
      options.fewestActions = 2
      options.mostPolicies = 9
      options.mostOutcomes = 12
      options.largestJoint = 12
      options.horizon = 1 + number % 3
      options.preferenceRows = number % 2 == 0 ? nil : options.horizon + 1
      let seed = UInt64(9100 + number)
      var description = try RandomModel(seed: seed, options).description
      if number % 4 == 1, let first = description.factors.first {
        let even = [Double](repeating: 1 / Double(first.size), count: first.size)
        description.transitions[0] = .init(
          first.name, given: [], controls: [], Tensor(shape: [first.size], even))
        description.goals.removeFirst()
      }
      var random = try RandomModel(seed: seed, options, replacing: description)
      var configuration = try configuration(preset, horizon: [nil, 1, 2, 3][(number + 2) % 4])
      configuration.inference.iterations = 1 + number % 5
      configuration.inference.policyMessages.tau = 2 + Double(number % 4)
      configuration.planning.horizon = options.horizon
      configuration.planning.gamma = 0.7
      configuration.planning.parameterInformationGain = false
      try compare(
        random.model, configuration, random.record(steps: 5, soften: number % 2 == 1),
        "model \(number)", &differences)
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 100)
  }

  private func compare(
    _ model: GenerativeModel, _ configuration: AgentConfiguration, _ record: BehaviourRecord,
    _ place: String, _ differences: inout Differences
  ) throws {
    let steps = try ActiveInferenceAgent(model, configuration).replay(record, level: .iterates)
    var plain = PlainWindow(model, configuration)
    for step in steps {
      let place = "\(place), step \(step.t)"
      var observation = step.observation
      for (modality, entry) in model.modalities.enumerated()
      where step.impossible.contains(entry.name) { observation[modality] = .missing }
      let found = plain.infer(observation, taken: step.t == 0 ? nil : record.actions[step.t - 1])
      let beliefs = try #require(step.iterates?.policyBeliefs?.last)
      for (policy, times) in found.beliefs.enumerated() {
        differences.compare([beliefs[policy].count], [times.count], "\(place), times")
        for (time, marginals) in times.enumerated() where time < beliefs[policy].count {
          differences.compare(beliefs[policy][time], marginals, "\(place), \(policy), \(time)")
        }
      }
      differences.compare(step.policyFreeEnergy ?? [], found.freeEnergy, "\(place), F")
      let values = step.negativeExpectedFreeEnergy ?? []
      if configuration.preset == .default {
        differences.compare(values, plain.values(found), "\(place), G")
      }
      let posterior = plain.posterior(values, found)
      differences.compare(step.policyPosterior ?? [], posterior, "\(place), posterior")
      differences.compare(step.beliefs ?? [], plain.keep(found, posterior), "\(place), beliefs")
    }
  }

  @Test("of one step, with policies of one action and one factor, come to rest at Bayes' rule")
  func closedForm() throws {
    var configuration = try configuration(.default, horizon: 1)
    configuration.inference.iterations = 200
    let agent = try ActiveInferenceAgent(ExtremeModels.switches(), configuration)
    let seen = [0, 1, 1, 0, 0, 1, 0, 1, 1, 1]
    let presses = [0, 1, 1, 0, 1, 0, 0, 0, 1]
    let steps = try agent.replay(
      BehaviourRecord(
        observations: seen.map { [.outcome($0)] }, actions: presses.map { [$0] }))
    // P(light | state), P(next | state, press) and P(first) of the model.
    let a = [[0.9, 0.2], [0.1, 0.8]]
    let b = [[[0.9, 0.2], [0.1, 0.8]], [[0.1, 0.6], [0.9, 0.4]]]
    var belief = [0.5, 0.5]
    for (t, step) in steps.enumerated() {
      if t > 0 {
        let table = b[presses[t - 1]]
        belief = (0..<2).map { table[$0][0] * belief[0] + table[$0][1] * belief[1] }
      }
      let joint = (0..<2).map { belief[$0] * a[seen[t]][$0] }
      belief = joint.map { $0 / (joint[0] + joint[1]) }
      let got = try #require(step.beliefs?[0][0])
      #expect(abs(got - belief[0]) <= 1e-14, "step \(t): expected \(belief[0]), got \(got)")
    }
  }

  @Test("of a chain that nobody steers come to rest at pymdp's numbers (G7)")
  func chain() throws {
    let model = try ExtremeModels.switches {
      $0.controls = [.init("press", size: 1)]
      $0.transitions = [
        .init(
          "state", given: ["state"], controls: ["press"],
          Tensor(shape: [2, 2, 1], [0.8, 0.3, 0.2, 0.7]))
      ]
    }
    var configuration = try configuration(.pymdp007, horizon: nil)
    configuration.inference.iterations = 200
    let agent = try ActiveInferenceAgent(model, configuration)
    let record = BehaviourRecord(
      observations: [0, 0, 1, 1, 0].map { [.outcome($0)] },
      actions: [[0], [0], [0], [0]])
    let last = try #require(agent.replay(record).last)
    let expected = [0.85614009, 0.81973307, 0.10666327, 0.09780472, 0.70686571]
    for (time, value) in expected.enumerated() {
      let got = try #require(last.smoothed?.beliefs[time][0][0])
      #expect(abs(got - value) <= 5e-9, "\(time): \(got)")
    }
  }

  @Test("10 observations add 10 counts to a modality, 9 to a factor", arguments: [nil, 1, 3, 20])
  func learning(horizon: Int?) throws {
    let model = try ExtremeModels.counted { Double(1 + $0 % 3) }
    var configuration = try configuration(.pymdp007, horizon: horizon)
    configuration.learning.likelihood = .init()
    configuration.learning.transition = .init()
    var agent = try ActiveInferenceAgent(model, configuration)
    let world = try ModelEnvironment(model)
    _ = try Simulation(world, steps: 10, seed: 3).run(&agent, episode: 0)
    func sum(_ tensors: [Tensor?]) -> Double {
      tensors.reduce(0) { $0 + ($1?.values.reduce(0, +) ?? 0) }
    }
    let (before, after) = (model.concentration, agent.concentration)
    let modalities = Double(before.likelihood.count { $0 != nil })
    let factors = Double(before.transition.count { $0 != nil })
    #expect(modalities > 0 && factors > 0)
    #expect(
      abs(sum(after.likelihood) - sum(before.likelihood) - 10 * modalities) <= 1e-10)
    #expect(abs(sum(after.transition) - sum(before.transition) - 9 * factors) <= 1e-10)
  }

  @Test("grow where all steps are inferred together, and slide where a few are")
  func windows() throws {
    let model = try ExtremeModels.switches()
    for (horizon, starts) in [
      (nil, Array(repeating: 0, count: 40)), (3, (0..<40).map { max(0, $0 - 2) }),
    ] as [(Int?, [Int])] {
      let agent = try ActiveInferenceAgent(model, configuration(.default, horizon: horizon))
      let record = BehaviourRecord(
        observations: (0..<40).map { [.outcome($0 % 2)] },
        actions: (0..<39).map { [$0 / 2 % 2] })
      let steps = try agent.replay(record)
      #expect(steps.map { $0.smoothed?.windowStart ?? -1 } == starts)
      #expect(steps.allSatisfy { $0.smoothed?.beliefs.count == $0.t - starts[$0.t] + 1 })
      #expect(agent.beliefsOverTime?.count == (horizon ?? 40) + 1)
    }
  }

  @Test("go on with the same bits where they were saved, from a file", arguments: [nil, 1, 2])
  func resumed(horizon: Int?) throws {
    let model = try ExtremeModels.switches()
    for preset in [AgentConfiguration.Preset.default, .pymdp007] {
      let seen: [Observation] = [
        .outcome(1), .missing, .distribution([0.3, 0.7]), .outcome(0), .outcome(1),
      ]
      let whole = try ActiveInferenceAgent(model, configuration(preset, horizon: horizon))
      whole.begin(seed: 4, episode: 2)
      for observation in seen.prefix(3) { _ = try whole.act(on: [observation]) }
      let other = try ActiveInferenceAgent(model, configuration(preset, horizon: horizon))
      _ = try other.act(on: [.outcome(0)])
      try other.resume(from: Array(whole.stateText.utf8), source: "state")
      for observation in seen.suffix(2) {
        #expect(try whole.act(on: [observation]) == other.act(on: [observation]))
        #expect(whole.policyPosterior == other.policyPosterior)
        #expect(whole.beliefsOverTime == other.beliefsOverTime)
      }
    }
  }

  @Test("a step that fails leaves the agent as it was")
  func failure() throws {
    let model = try ExtremeModels.switches {
      $0.likelihoods = [
        .init("light", given: ["state"], Tensor(shape: [3, 2], [0.9, 0.2, 0.1, 0.8, 0, 0]))
      ]
      $0.modalities = [.init("light", size: 3)]
      $0.preferences = []
    }
    var configuration = try configuration(.default, horizon: 2)
    configuration.inference.impossible = .error
    let agents = try (0..<2).map { _ in try ActiveInferenceAgent(model, configuration) }
    for (index, agent) in agents.enumerated() {
      agent.begin(seed: 0, episode: 0)
      for _ in 0..<3 { _ = try agent.act(on: [.outcome(1)]) }
      if index == 0 {
        #expect(throws: AgentFailure.impossible(step: 3, modality: "light", outcome: "light 2")) {
          try agent.act(on: [.outcome(2)])
        }
      }
    }
    #expect(try agents[0].act(on: [.outcome(0)]) == agents[1].act(on: [.outcome(0)]))
    #expect(agents[0].beliefsOverTime == agents[1].beliefsOverTime)
  }

  @Test("have no constants of SPM's but tau, and no physiology")
  func refused() throws {
    func message(_ text: String) -> String {
      do {
        _ = try AgentConfiguration(
          contentsOf: Array("format: aif.agent/1\n\(text)".utf8), source: "a")
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message("inference: {algorithm: mmp-legacy, policyMessages: {tau: 2, erp: 2, zeta: 1}}")
        == """
        a: inference.policyMessages.erp: is not for the algorithm mmp-legacy; leave it out, or use mmp-spm
        a: inference.policyMessages.zeta: is not for the algorithm mmp-legacy; leave it out, or use mmp-spm
        """)
    #expect(
      message("inference: {algorithm: mmp-legacy, horizon: 3, policyMessages: {tau: 2}}") == "")
    #expect(
      message("inference: {algorithm: mmp-legacy}\nplanning: {precision: {beta: 2}}")
        .contains("is inferred over a whole episode, but mmp-legacy knows a window"))
    let model = try ExtremeModels.switches()
    let configuration = try configuration(.default, horizon: 2)
    let agent = try ActiveInferenceAgent(model, configuration)
    let record = BehaviourRecord(observations: [[.outcome(0)], [.outcome(1)]], actions: [[1]])
    let trace = Trace(
      model: model, agent: configuration, steps: try agent.replay(record, level: .iterates),
      final: agent.concentration)
    let refusal = #expect(throws: InvalidInput.self) { try SimulatedPhysiology(trace) }
    #expect(refusal?.description.contains("of the whole episode") == true)
  }

  @Test("C by time begins with the time just observed")
  func preferences() throws {
    func preferring(_ rows: Int) throws -> GenerativeModel {
      try ExtremeModels.switches {
        $0.preferences = [
          .init(
            "light",
            Tensor(shape: [rows, 2], (0..<2 * rows).map(Double.init)))
        ]
      }
    }
    var configuration = try configuration(.default, horizon: nil)
    configuration.planning.horizon = 2
    let refusal = #expect(throws: InvalidInput.self) {
      try CompiledAgent(preferring(2), configuration)
    }
    #expect(
      refusal?.description.contains("is scored over 3 times, the first of them now") == true)
    _ = try CompiledAgent(preferring(3), configuration)
  }
}
