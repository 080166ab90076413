/// Whatever turns observations into actions.
///
/// The library's own is ``ActiveInferenceAgent``; a type of one's own needs the first two functions.
public protocol Agent: SendableMetatype {
  /// Forgets the last episode, but not what was learned in it, and begins another; chance in it is
  /// drawn from streams of `(seed, episode)`.
  mutating func begin(seed: UInt64, episode: UInt64)

  /// Takes in one observation, one entry a modality, and answers with an action, one entry a control.
  mutating func act(on observation: [Observation]) throws -> [Int]

  /// Forgets what was learned, so that the next episode does not depend on those before.
  mutating func forget()

  /// Says what it thought in the last step.
  func describe(_ record: inout StepRecord, level: RecordLevel)
}

extension Agent {
  /// Does nothing: nothing was learned.
  public mutating func forget() {}
  /// Does nothing: the observation and the action are all there is to say.
  public func describe(_ record: inout StepRecord, level: RecordLevel) {}
}
