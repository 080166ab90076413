import ActiveInference
import EngineTestSupport
import Testing

@Suite("A plan that is gone on with") struct PlanTests {
  private typealias Method = PlanningSettings.Method
  private static let methods: [Method] = [.enumerate, .branchAndBound, .beam]

  private func model(_ seed: UInt64) throws -> RandomModel {
    var options = RandomModel.Options()
    options.horizon = 3
    options.mostPolicies = 64
    options.fewestActions = 2
    options.sparsity = 0
    options.tiny = 0
    let random = try RandomModel(seed: 8_000 + seed, options)
    var description = random.description
    description.habit = nil
    return try RandomModel(seed: 8_000 + seed, options, replacing: description)
  }

  private func configuration(_ method: Method, every steps: Int) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.planning.method = method
    configuration.planning.horizon = 3
    configuration.planning.replanEvery = steps
    if method == .enumerate {
      configuration.action.selection = .stochastic
      configuration.action.alpha = 0.1
    }
    return configuration
  }

  @Test("has the steps of the policy that was chosen, and says nothing of policies meanwhile")
  func followed() throws {
    for method in PlanTests.methods {
      for seed in 0..<10 as Range<UInt64> {
        var random = try model(seed)
        let record = random.record(steps: 9)
        let agent = try ActiveInferenceAgent(random.model, configuration(method, every: 3))
        agent.begin(seed: seed, episode: 0)
        var plan: [[Int]] = []
        for (t, observation) in record.observations.enumerated() {
          let choice = try agent.act(on: observation)
          var step = StepRecord(t: t, observation: observation, action: choice)
          agent.describe(&step, level: .full)
          #expect(step.choice == choice && step.beliefs != nil)
          if t % 3 == 0 {
            #expect(step.policyPosterior != nil && step.negativeExpectedFreeEnergy != nil)
            plan = [choice] + agent.state.plan
            #expect(plan.count == 3)
            // What was chosen is worth the most of what begins so, or was drawn.
            if method == .enumerate {
              let policies = agent.blueprint.policies
              #expect((0..<policies.count).contains { policies.policy($0) == plan })
            }
          } else {
            #expect(step.policyPosterior == nil && step.negativeExpectedFreeEnergy == nil)
            #expect(step.terms == nil && step.actionMarginals == nil && step.search == nil)
          }
          #expect(choice == plan[t % 3], "\(method), model \(seed), step \(t)")
        }
      }
    }
  }

  @Test("ends where something else is done, and where an episode begins")
  func left() throws {
    var random = try model(1)
    let record = random.record(steps: 3)
    let agent = try ActiveInferenceAgent(
      random.model, configuration(.branchAndBound, every: 3))
    agent.begin(seed: 0, episode: 0)
    let choice = try agent.act(on: record.observations[0])
    try agent.took(choice)
    #expect(agent.state.plan.count == 2)
    let other = agent.blueprint.policies.actions.first { $0 != choice }
    try agent.took(try #require(other))
    #expect(agent.state.plan.isEmpty)
    _ = try agent.act(on: record.observations[1])
    #expect(agent.state.plan.count == 2)
    agent.begin(seed: 0, episode: 1)
    #expect(agent.state.plan.isEmpty)
  }

  @Test("is part of the state: an agent goes on with the same bits in the middle of it")
  func resumed() throws {
    for (number, method) in PlanTests.methods.enumerated() {
      var random = try model(UInt64(20 + number))
      let record = random.record(steps: 8)
      let agent = try ActiveInferenceAgent(random.model, configuration(method, every: 3))
      agent.begin(seed: 3, episode: 1)
      for t in 0..<4 { _ = try agent.act(on: record.observations[t]) }
      let other = try ActiveInferenceAgent(random.model, configuration(method, every: 3))
      let text = agent.stateText
      #expect(text.contains("\"plan\""))
      try other.resume(from: Array(text.utf8), source: "state")
      #expect(other.state == agent.state)
      for t in 4..<8 {
        let expected = try agent.act(on: record.observations[t])
        let action = try other.act(on: record.observations[t])
        #expect(action == expected)
        #expect(other.state == agent.state)
      }
      // A step at a time there is nothing to go on with, and a state says nothing of it.
      let single = try ActiveInferenceAgent(random.model, configuration(method, every: 1))
      single.begin(seed: 0, episode: 0)
      _ = try single.act(on: record.observations[0])
      #expect(!single.stateText.contains("\"plan\""))
      let fault = #expect(throws: InvalidInput.self) {
        try single.resume(from: Array(text.utf8), source: "state")
      }
      #expect(fault?.description.contains("plan") == true)
    }
  }

  @Test(
    "is refused where there is none so long, where controls are chosen apart, or by another method")
  func refused() throws {
    let model = try model(2).model
    func message(_ change: (inout AgentConfiguration) -> Void) -> String {
      var configuration = configuration(.branchAndBound, every: 2)
      change(&configuration)
      let fault = #expect(throws: InvalidInput.self) {
        try ActiveInferenceAgent(model, configuration)
      }
      return fault?.description ?? ""
    }
    let long = message { $0.planning.replanEvery = 4 }
    #expect(long.contains("planning.replanEvery") && long.contains("3 steps"))
    #expect(message { $0.action.mode = .marginal }.contains("action.mode"))
    #expect(message { $0.planning.method = .sophisticated }.contains("planning.replanEvery"))
  }
}
