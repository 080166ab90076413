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
    try record.check(against: blueprint.model)
    recordsIterates = level >= .iterates
    begin(seed: seed, episode: episode)
    var steps: [StepRecord] = []
    for (t, observation) in record.observations.enumerated() {
      if isCancelled() { throw CancellationError() }
      var action = try act(on: observation)
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
