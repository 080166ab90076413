import ActiveInference
import TMaze

/// A random walk through pymdp's T-maze: what an agent sees there, and what it is said to have done.
struct Walk {
  let model: GenerativeModel
  let record: BehaviourRecord

  init(steps: Int) throws {
    model = try TMaze().model
    let world = try ModelEnvironment(model)
    var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
    var (state, observation) = world.reset(using: &random)
    var record = BehaviourRecord(observations: [], actions: [])
    for _ in 0..<steps {
      let action = [Int(random.next() % 5)]
      record.observations.append(observation)
      record.actions.append(action)
      observation = world.step(&state, action: action, using: &random)
    }
    self.record = record
  }

  /// Takes every step of the walk once.
  func follow(_ agent: ActiveInferenceAgent) throws {
    agent.begin(seed: 0, episode: 0)
    for step in record.observations.indices {
      _ = try agent.act(on: record.observations[step])
      try agent.took(record.actions[step])
    }
  }
}
