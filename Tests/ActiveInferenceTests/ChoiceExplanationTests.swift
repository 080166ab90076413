import ActiveInference
import Conformance
import EngineTestSupport
import Foundation
import TMaze
import Testing

/// What is said of why an agent chooses, held against the agent itself and against sums written out here.
@Suite("An explanation of a choice") struct ChoiceExplanationTests {
  // MARK: - Parts

  /// Ways to plan that take different roads through the arithmetic.
  enum Manner: String, CaseIterable {
    case joint, perModality, coordinateAscent, novelty, inductive, pymdp1, pymdp1Joint, pymdp007
    case pymdp007PerModality, pymdp007Exact, noUtility, noInformation

    var configuration: AgentConfiguration {
      let preset: AgentConfiguration.Preset =
        rawValue.hasPrefix("pymdp007")
        ? .pymdp007 : rawValue.hasPrefix("pymdp1") ? .pymdp1 : .default
      var agent = AgentConfiguration(preset: preset)
      agent.planning.horizon = 2
      switch self {
      case .joint: break
      case .perModality, .pymdp007PerModality: agent.planning.informationGain = .perModality
      case .coordinateAscent: agent.inference.algorithm = .coordinateAscent
      case .novelty, .pymdp1, .pymdp007: agent.planning.parameterInformationGain = true
      case .inductive: agent.planning.inductive = .init(depth: 3, threshold: 0.1, epsilon: 1e-3)
      case .pymdp1Joint: agent.planning.informationGain = .joint
      case .pymdp007Exact: agent.inference.algorithm = .exact
      case .noUtility: agent.planning.utility = false
      case .noInformation: agent.planning.stateInformationGain = false
      }
      return agent
    }
  }

  /// Random models that an agent of a manner can live in, with an observation of the first step.
  static func forEachCase(
    _ manner: Manner, count: UInt64 = 24,
    _ body: (_ place: String, ActiveInferenceAgent, BehaviourRecord) throws -> Void
  ) throws {
    for seed in 0..<count {
      var options = RandomModel.Options()
      options.horizon = 2
      options.counts = manner.configuration.planning.parameterInformationGain
      options.goals = manner == .inductive
      if seed % 3 == 0, !options.counts { options.preferenceRows = 2 }
      var random = try RandomModel(seed: 9100 + seed, options)
      let agent = try ActiveInferenceAgent(random.model, manner.configuration)
      agent.begin(seed: 0, episode: 0)
      try body("\(manner), model \(seed)", agent, random.record(steps: 3))
    }
  }

  @Test("its parts sum to the negative expected free energy", arguments: Manner.allCases)
  func sums(manner: Manner) throws {
    var checked = 0
    try ChoiceExplanationTests.forEachCase(manner) { place, agent, record in
      for (step, observation) in record.observations.enumerated() {
        let why = try agent.explain(observation, limits: .valuesAlone)
        #expect(try agent.act(on: observation) == why.choice, "\(place)")
        if step < record.actions.count { try agent.took(record.actions[step]) }
        let values = agent.negativeExpectedFreeEnergy
        for option in why.options.prefix(10) {
          let steps = option.steps.map(\.terms)
          let scale = option.steps.reduce(1e-6) { $0 + magnitude($1) }
          let sum = steps.reduce(0) { $0 + $1.total }
          #expect(abs(sum - values[option.policy]) <= 1e-12 * scale, "\(place), \(option.plan)")
          #expect(option.value == values[option.policy])
          for term in [
            \ExpectedFreeEnergyTerms.utility, \.stateInformationGain, \.parameterInformationGain,
            \.inductive,
          ] {
            let sum = steps.reduce(0) { $0 + $1[keyPath: term] }
            #expect(abs(sum - option.terms[keyPath: term]) <= 1e-12 * scale, "\(place), \(term)")
          }
          checked += 1
        }
      }
    }
    #expect(checked > 100)
  }

  private func magnitude(_ step: StepBreakdown) -> Double {
    let gains = step.stateInformationGain.byModality ?? [step.stateInformationGain.total]
    return [step.utility, gains, step.likelihoodNovelty, step.transitionNovelty, step.inductive]
      .joined().reduce(0) { $0 + abs($1) }
  }

  @Test("divides the joint gain by the chain rule, of which no part is negative")
  func chainRule() throws {
    // Two sensors of one state: the second tells only what the first left open.
    let model = try SampleModels.sensors(2)
    var description = ModelDescription(model)
    description.controls = [Variable("wait", size: 1)]
    let agent = try ActiveInferenceAgent(GenerativeModel(description))
    agent.begin(seed: 0, episode: 0)
    let why = try agent.explain([.missing, .missing], limits: .valuesAlone)
    let step = try #require(why.chosen?.steps.first)
    func h(_ p: Double...) -> Double { p.reduce(0) { $0 - $1 * log($1) } }
    let noise = h(0.9, 0.1)
    guard case .chain(let gains) = step.stateInformationGain else {
      Issue.record("not divided by the chain rule")
      return
    }
    #expect(abs(gains[0] - (log(2) - noise)) < 1e-14)
    // H(o_2 | o_1): they agree with probability 0.82.
    #expect(abs(gains[1] - (h(0.82, 0.18) - noise)) < 1e-14)
    try ChoiceExplanationTests.forEachCase(.joint) { place, agent, record in
      let why = try agent.explain(record.observations[0], limits: .valuesAlone)
      for gains in why.options.flatMap(\.steps).compactMap(\.stateInformationGain.byModality) {
        #expect(gains.allSatisfy { $0 > -1e-14 }, "\(place)")
      }
    }
  }

  @Test("shows a gain undivided whose convention cannot be divided")
  func undivided() throws {
    let maze = try TMaze()
    let agent = try ActiveInferenceAgent(maze.model, AgentConfiguration(preset: .pymdp007))
    agent.begin(seed: 0, episode: 0)
    let why = try agent.explain([.outcome(0), .outcome(0), .outcome(0)])
    let step = try #require(why.chosen?.steps.first)
    #expect(step.stateInformationGain == .undivided(step.terms.stateInformationGain))
    #expect(step.stateInformationGain.byModality == nil)
  }

  // MARK: - The agent

  @Test("leaves the agent as it was, and says what a learning agent does in any step")
  func learning() throws {
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 3
    configuration.planning.parameterInformationGain = true
    configuration.learning.likelihood = .init()
    configuration.learning.transition = .init()
    let model = try SampleModels.tMaze(counts: true)
    let (one, other) = (
      try ActiveInferenceAgent(model, configuration), try ActiveInferenceAgent(model, configuration)
    )
    let world = try TMaze()
    var random = RandomStream(seed: 5, episode: 0, step: 0, purpose: .user)
    one.begin(seed: 1, episode: 0)
    other.begin(seed: 1, episode: 0)
    var (state, observation) = world.reset(using: &random)
    for _ in 0..<6 {
      let why = try one.explain(
        observation, limits: ExplanationLimits(counterfactuals: 20, outcomes: 20, actions: 3))
      #expect(one.state == other.state)
      let action = try one.act(on: observation)
      #expect(try other.act(on: observation) == action)
      #expect(why.choice == action)
      #expect(why.beliefs == one.beliefs)
      let chosen = try #require(why.chosen)
      #expect(chosen.value == one.negativeExpectedFreeEnergy[chosen.policy])
      observation = world.step(&state, action: action, using: &random)
    }
  }

  @Test("orders actions by what the agent is for, and sums posteriors by first action")
  func order() throws {
    for manner in Manner.allCases {
      try ChoiceExplanationTests.forEachCase(manner, count: 8) { place, agent, record in
        let why = try agent.explain(record.observations[0], limits: .valuesAlone)
        #expect(try agent.act(on: record.observations[0]) == why.choice)
        if agent.blueprint.model.controls.isEmpty {
          #expect(why.options.isEmpty && why.choice.isEmpty, "\(place)")
          return
        }
        #expect(abs(why.options.reduce(0) { $0 + $1.probability } - 1) < 1e-12, "\(place)")
        #expect(why.options.first?.action == why.choice, "\(place)")
        let posterior = agent.policyPosterior
        for option in why.options {
          let mine = posterior.indices.filter {
            agent.blueprint.policies.policy($0)[0] == option.action
          }
          #expect(option.policyPosterior == mine.map { posterior[$0] }.max(), "\(place)")
          #expect(option.plan == agent.blueprint.policies.policy(option.policy))
          #expect(option.plan[0] == option.action)
        }
      }
    }
  }

  @Test("refuses an agent with parts that are not the library's")
  func parts() throws {
    struct First: ActionChoosing {
      func action(
        policyPosterior: [Double], policies: PolicySet, using random: inout RandomStream
      ) -> [Int] { [0] }
    }
    let agent = try ActiveInferenceAgent(
      SampleModels.tMaze(), parts: AgentParts(actions: First()))
    agent.begin(seed: 0, episode: 0)
    #expect(throws: InvalidInput.self) {
      try agent.explain([.outcome(0), .outcome(0), .outcome(0)])
    }
  }
}
