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

  /// Says at the end of an episode what it thinks of all of its steps.
  func conclude(_ steps: inout [StepRecord], level: RecordLevel) throws

  // MARK: - Side by side

  /// How many episodes it can live through side by side at present; 1 unless it has a way to save by it.
  var laneCount: Int { get }

  /// Begins an episode in each lane, at most ``laneCount``, with nothing learned from others.
  mutating func begin(seed: UInt64, lanes episodes: Range<UInt64>)

  /// Takes in an observation in each lane and answers in each.
  ///
  /// Where it throws, the episodes are begun again and lived one by one.
  mutating func act(onLanes observations: [[Observation]], actions: inout [[Int]]) throws

  /// Says what it thought in the last step of a lane.
  func describe(_ record: inout StepRecord, lane: Int, level: RecordLevel)

  /// Becomes the agent of a lane, as far as what it has learned goes, until an episode begins.
  mutating func present(lane: Int)
}

extension Agent {
  /// Does nothing: nothing was learned.
  public mutating func forget() {}
  /// Does nothing: the observation and the action are all there is to say.
  public func describe(_ record: inout StepRecord, level: RecordLevel) {}
  /// Does nothing: everything has been said at its time.
  public func conclude(_ steps: inout [StepRecord], level: RecordLevel) throws {}

  /// One: an episode after the other.
  public var laneCount: Int { 1 }
  /// Begins the first of them.
  public mutating func begin(seed: UInt64, lanes episodes: Range<UInt64>) {
    forget()
    begin(seed: seed, episode: episodes.lowerBound)
  }
  /// Takes one step of the only lane.
  public mutating func act(onLanes observations: [[Observation]], actions: inout [[Int]]) throws {
    for lane in observations.indices { actions[lane] = try act(on: observations[lane]) }
  }
  /// Tells of the only lane.
  public func describe(_ record: inout StepRecord, lane: Int, level: RecordLevel) {
    describe(&record, level: level)
  }
  /// Is that of the only lane.
  public mutating func present(lane: Int) {}
}
