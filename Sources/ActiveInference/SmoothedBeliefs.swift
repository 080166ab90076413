/// What is believed at one step about other steps: the states of a window of time, given all that was
/// observed until now.
///
/// In a trace these are keys of the step: `windowStart`, `smoothedBeliefs` and, where it was computed,
/// `logEvidence` or `logEvidenceBound`.
public struct SmoothedBeliefs: Hashable, Sendable {
  /// The step that the first of ``beliefs`` is about, 0 to the step of the record.
  public var windowStart: Int
  /// `[time from windowStart][factor][state]`, at least one time. What lies beyond the record's own
  /// step is a prediction.
  public var beliefs: [[[Double]]]
  /// ln P(observations of the window | actions), in nats; nil where it was not computed.
  public var logEvidence: Double?
  /// A lower bound of ``logEvidence`` in nats, where smoothing was an approximation.
  public var logEvidenceBound: Double?

  /// Beliefs about a window of time.
  public init(
    windowStart: Int, beliefs: [[[Double]]], logEvidence: Double? = nil,
    logEvidenceBound: Double? = nil
  ) {
    self.windowStart = windowStart
    self.beliefs = beliefs
    self.logEvidence = logEvidence
    self.logEvidenceBound = logEvidenceBound
  }
}
