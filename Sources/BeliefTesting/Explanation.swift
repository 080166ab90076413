import ActiveInference

/// Why two traces differ: the first difference, the energies around it, and the likely cause.
///
/// ```swift
/// if let explanation = explanation(expected: golden, actual: trace) {
///   print(explanation)
/// }
/// ```
public struct Explanation: Hashable, Sendable, CustomStringConvertible {
  /// The number of the expected episode.
  public let episode: Int
  /// The first difference.
  public let difference: Difference
  /// The free energy at the step of the difference and the one before, and the terms of the policies
  /// in question, as far as both traces recorded them.
  public let energies: [Energy]
  /// What most likely made the difference.
  public let cause: Cause
  /// What has changed as well: of model, agent, seed, episode and environment those that the cause
  /// does not name.
  public let alsoChanged: [Cause]

  /// What makes trajectories differ.
  public enum Cause: Hashable, Sendable {
    /// The models differ.
    case model(Changes)
    /// The agent's configurations differ.
    case agent(Changes)
    /// The seeds differ.
    case seed(Change)
    /// The episodes are of different number, and so of different chance.
    case episode(Change)
    /// The environments or their parameters differ, and so the data.
    case environment(Changes)
    /// The world answered otherwise, or other actions were taken than chosen, while model, agent and
    /// seed are equal.
    case data(Difference)
    /// From the same model, agent and data the engine computed something else, by more than rounding.
    case algorithm(Stage, Difference)
    /// All that differs is rounding: how many numbers, and the one that differs most.
    case arithmetic(count: Int, largest: Difference)
  }

  /// A stage of a step, by the first quantity of it that a trace records.
  public enum Stage: String, Hashable, Sendable {
    /// Beliefs and free energy.
    case inference
    /// Expected free energies and the posterior of policies.
    case planning
    /// The choice of an action.
    case selection
    /// The counts after the last step.
    case learning
  }

  /// One energy in both traces, in nats.
  public struct Energy: Hashable, Sendable {
    /// The step.
    public let step: Int
    /// The level by its name; nil where the agent has one.
    public let level: String?
    /// The policy, with its actions: `7 (left, then cue)`; nil for the free energy of the belief.
    public let policy: String?
    /// Its key in the trace: `freeEnergy`, `utility`, `stateInformationGain`.
    public let quantity: String
    /// What the expected trace says.
    public let expected: Double
    /// What the actual trace says.
    public let actual: Double
  }

  /// How far apart two numbers may be and still differ by rounding alone: 1e-12 of the larger, or
  /// 1e-12 where both are smaller than 1.
  ///
  /// Sums of a model's size, exponentials at a precision of 16 and a hundred steps of learning stay
  /// within it; what a different formula makes of a model lies far outside.
  public static func isRounding(_ expected: Double, _ actual: Double) -> Bool {
    guard expected.isFinite && actual.isFinite else { return false }
    return abs(actual - expected) <= 1e-12 * max(1, expected.magnitude, actual.magnitude)
  }
}

/// Why two traces differ; nil where there is no difference (``firstDifference(expected:actual:tolerances:)``).
///
/// Of several things that changed the first counts as the cause, in the order model, agent, seed,
/// episode, environment; where all of these are equal it is data, arithmetic or algorithm. Traces
/// that agree in everything recorded have no explanation, even where models differ.
///
/// - Complexity: O(numbers in both traces and models).
public func explanation(
  expected: Trace, actual: Trace, tolerances: Tolerances = .exact
) -> Explanation? {
  firstDifference(expected: expected, actual: actual, tolerances: tolerances).map { difference in
    let causes = CauseSearch(expected: expected, actual: actual, difference).causes
    return Explanation(
      episode: expected.episode, difference: difference,
      energies: EnergiesAround(expected: expected, actual: actual, difference).energies,
      cause: causes[0], alsoChanged: Array(causes.dropFirst()))
  }
}
