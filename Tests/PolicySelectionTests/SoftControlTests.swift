import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite struct `Control as inference` {
  /// Three states, two actions, three outcomes; every number drawn from the seed.
  private struct World {
    let states = 3
    let actions = 2
    var transition: [[[Double]]] = []
    var likelihood: [[Double]] = []
    var preference: [Double] = []

    init(seed: UInt64, deterministic: Bool) {
      var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
      func distribution() -> [Double] {
        let weights = (0..<3).map { _ in random.nextUnit() }
        return weights.map { $0 / weights.reduce(0, +) }
      }
      transition = (0..<actions).map { _ in
        (0..<states).map { _ in
          if !deterministic { return distribution() }
          let next = Int(random.nextUnit() * 3)
          return (0..<3).map { $0 == next ? 1 : 0 }
        }
      }
      likelihood = (0..<states).map { _ in distribution() }
      preference = (0..<3).map { _ in 4 * random.nextUnit() - 2 }
    }

    /// r(s) = E[C(o) | s].
    var reward: [Double] {
      likelihood.map { zip($0, preference).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    var model: GenerativeModel {
      get throws {
        try GenerativeModel("world") {
          Factor("state", ["0", "1", "2"])
          Control("action", ["0", "1"])
          Modality(
            "outcome", ["0", "1", "2"], given: "state", prefer: .always(Column(preference))
          ) {
            Column(likelihood[$0.index(of: "state")])
          }
          Transition(of: "state", controls: "action") {
            Column(transition[$0.index(of: "action")][$0.index(of: "state")])
          }
        }
      }
    }

    /// Every way things may go in so many steps: its first action, the product of p(u), its probability
    /// given the actions, its return.
    func courses(
      from state: Int, steps: Int, prior: [Double]
    ) -> [(first: Int, weight: Double, gain: Double)] {
      if steps == 0 { return [(-1, 1, 0)] }
      return (0..<actions).flatMap { action in
        (0..<states).flatMap { next in
          courses(from: next, steps: steps - 1, prior: prior).map {
            (
              action, prior[action] * transition[action][state][next] * $0.weight,
              reward[next] + $0.gain
            )
          }
        }
      }
    }
  }

  @Test(arguments: 0..<20)
  func `is the posterior over all courses of events, given that all goes well`(seed: Int) throws {
    let world = World(seed: UInt64(seed), deterministic: seed % 2 == 0)
    let prior = [0.3, 0.7]
    let temperature = [0.5, 1, 3][seed % 3]
    let modes: [SoftControlSettings.Mode] =
      seed % 2 == 0 ? [.exactConditioning, .klRegularised] : [.exactConditioning]
    for mode in modes {
      let control = try SoftControl(
        world.model, horizon: 4, temperature: temperature, mode: mode, actionPrior: prior)
      for state in 0..<world.states {
        var evidence = 0.0
        var first = [0.0, 0]
        for course in world.courses(from: state, steps: 4, prior: prior) {
          let weight = course.weight * exp(course.gain / temperature)
          evidence += weight
          first[course.first] += weight
        }
        let value = control.scaledValues[0][state] / temperature
        #expect(abs(value - log(evidence)) <= 1e-12)
        for (got, expected) in zip(control.policy(step: 0, state: state), first) {
          #expect(abs(got - expected / evidence) <= 1e-12)
        }
      }
    }
  }

  @Test func `is worth the logarithm of the mean over all sequences where nothing is chance`()
    throws
  {
    let world = World(seed: 4, deterministic: true)
    let control = try SoftControl(world.model, horizon: 6, temperature: 0.7)
    for start in 0..<world.states {
      var sum = 0.0
      for sequence in 0..<64 {
        var state = start
        var gain = 0.0
        for step in 0..<6 {
          state = world.transition[sequence >> step & 1][state].firstIndex(of: 1) ?? 0
          gain += world.reward[state]
        }
        sum += exp(gain / 0.7)
      }
      #expect(abs(control.scaledValues[0][start] / 0.7 - log(sum / 64)) <= 1e-12)
    }
  }

  @Test(arguments: 0..<20)
  func `hopes for more when it conditions than when it pays for its choices`(seed: Int) throws {
    let world = World(seed: UInt64(seed), deterministic: false)
    for temperature in [0.2, 1, 5] {
      let honest = try SoftControl(world.model, horizon: 5, temperature: temperature)
      let hopeful = try SoftControl(
        world.model, horizon: 5, temperature: temperature, mode: .exactConditioning)
      for state in 0..<world.states {
        #expect(honest.scaledValues[0][state] < hopeful.scaledValues[0][state])
      }
    }
  }

  @Test func `acts by its prior where nothing matters, and values what that brings`() throws {
    let world = World(seed: 9, deterministic: false)
    let prior = [0.25, 0.75]
    for temperature in [Double.infinity, 1e300, 1e14] {
      for mode in SoftControlSettings.Mode.allCases {
        let control = try SoftControl(
          world.model, horizon: 3, temperature: temperature, mode: mode, actionPrior: prior)
        for state in 0..<world.states {
          let mean = world.courses(from: state, steps: 3, prior: prior).reduce(0) {
            $0 + $1.weight * $1.gain
          }
          #expect(abs(control.scaledValues[0][state] - mean) <= 1e-12)
          for (got, expected) in zip(control.policy(step: 0, state: state), prior) {
            #expect(abs(got - expected) <= 1e-12)
          }
        }
      }
    }
  }

  /// alpha ln E[e^(x / alpha)] is smooth in alpha, however it is computed.
  @Test func `changes smoothly with the temperature`() throws {
    let world = World(seed: 11, deterministic: false)
    let model = try world.model
    var last = -Double.infinity
    for exponent in stride(from: 18.0, through: -18, by: -0.25) {
      let control = try SoftControl(model, horizon: 2, temperature: pow(10, exponent))
      // The soft maximum grows as it becomes harder.
      #expect(control.scaledValues[0][0] >= last - 1e-14)
      last = control.scaledValues[0][0]
    }
    let hard = try SoftControl(model, horizon: 2, temperature: 1e-300)
    #expect(abs(last - hard.scaledValues[0][0]) <= 1e-12)
  }

  @Test func `an agent that is certain of the state acts by the policy`() throws {
    let world = World(seed: 2, deterministic: false)
    var described = try ModelDescription(world.model)
    described.initialStates = [.init("state", Tensor(shape: [3], [0, 1, 0]))]
    let model = try GenerativeModel(described)
    var configuration = AgentConfiguration()
    configuration.planning.method = .softControl
    configuration.planning.horizon = 3
    configuration.planning.gamma = 2
    let agent = try ActiveInferenceAgent(model, configuration)
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0)])
    var record = StepRecord(t: 0, observation: [.outcome(0)])
    agent.describe(&record, level: .full)
    let control = try SoftControl(model, horizon: 3, temperature: 0.5)
    let policy = control.policy(step: 0, state: 1)
    for (got, expected) in zip(record.policyPosterior ?? [], policy) {
      #expect(abs(got - expected) <= 1e-12)
    }
    #expect(record.policyPosterior?.count == 2)
  }

  @Test func `refuses what it would ignore`() throws {
    let model = try World(seed: 1, deterministic: false).model
    for change in [
      { (planning: inout PlanningSettings) in planning.parameterInformationGain = true },
      { $0.inductive = .init() },
    ] {
      var configuration = AgentConfiguration()
      configuration.planning.method = .softControl
      change(&configuration.planning)
      #expect(throws: InvalidInput.self) { try CompiledAgent(model, configuration) }
    }
    #expect(throws: InvalidInput.self) { try SoftControl(model, horizon: 0, temperature: 1) }
    #expect(throws: InvalidInput.self) { try SoftControl(model, horizon: 1, temperature: 0) }
    #expect(throws: InvalidInput.self) {
      try SoftControl(model, horizon: 1, temperature: 1, actionPrior: [1])
    }
  }
}
