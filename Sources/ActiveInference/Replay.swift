import Inference

extension ActiveInferenceAgent {
  /// What the agent believes and would do on a given record, step by step.
  ///
  /// The recorded action is taken at each step, whatever the agent chooses; at a last step without
  /// one, its choice.
  ///
  /// - Throws: ``InvalidInput`` where the record does not fit the model; ``AgentFailure`` where a step cannot be taken; `CancellationError` once `isCancelled`
  ///   says so.
  public func replay(
    _ record: BehaviourRecord, seed: UInt64 = 0, episode: UInt64 = 0, level: RecordLevel = .full,
    isCancelled: () -> Bool = { false }
  ) throws -> [StepRecord] {
    try follow(record, seed: seed, episode: episode, level: level, isCancelled: isCancelled)
  }
}

extension DeepAgent {
  /// What the agent believes and would do on a given record, step by step, as
  /// ``ActiveInferenceAgent/replay(_:seed:episode:level:isCancelled:)`` says.
  ///
  /// The record has what the world shows to all levels and what all of them did (``CompiledDeepAgent/controls``).
  ///
  /// - Throws: ``InvalidInput`` where the record does not fit the levels, or has a level act that has not come to the
  ///   end of its step; ``AgentFailure`` where a step cannot be taken; `CancellationError` once `isCancelled` says so.
  public func replay(
    _ record: BehaviourRecord, seed: UInt64 = 0, episode: UInt64 = 0, level: RecordLevel = .full,
    isCancelled: () -> Bool = { false }
  ) throws -> [StepRecord] {
    try follow(record, seed: seed, episode: episode, level: level, isCancelled: isCancelled)
  }
}

/// The library's own agents, as far as records of them go: of one level or of several.
package protocol RecordedAgent: Agent, AnyObject {
  /// Whether ``describe(_:level:)`` tells what every sweep of inference found.
  var recordsIterates: Bool { get set }
  /// What has been learned, by level, the lowest first.
  var concentrations: [GenerativeModel.Concentration] { get }
  /// What passes between it and its world.
  var interface: WorldInterface { get }
  /// Says that another action was taken than the agent chose.
  func took(_ action: [Int]) throws(InvalidInput)
}

extension RecordedAgent {
  /// What the agent believes and would do on a given record.
  package func follow(
    _ record: BehaviourRecord, seed: UInt64, episode: UInt64, level: RecordLevel,
    isCancelled: () -> Bool = { false }
  ) throws -> [StepRecord] {
    try record.check(against: interface)
    recordsIterates = level >= .iterates
    var agent = self
    agent.begin(seed: seed, episode: episode)
    var steps: [StepRecord] = []
    for (t, observation) in record.observations.enumerated() {
      if isCancelled() { throw CancellationError() }
      var action = try agent.act(on: observation)
      if t < record.actions.count {
        action = record.actions[t]
        try took(action)
      }
      if level == .none { continue }
      var step = StepRecord(t: t, observation: observation, action: action)
      describe(&step, level: level)
      steps.append(step)
    }
    try conclude(&steps, level: level)
    return steps
  }
}

extension ActiveInferenceAgent: RecordedAgent {
  package var concentrations: [GenerativeModel.Concentration] { [concentration] }
  package var interface: WorldInterface { blueprint.model.interface }
}

extension DeepAgent: RecordedAgent {
  package var concentrations: [GenerativeModel.Concentration] { levels.map(\.concentration) }
  package var interface: WorldInterface { blueprint.outline.interface }
}
