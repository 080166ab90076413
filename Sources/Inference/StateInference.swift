import GenerativeModel
import Kernels

/// Finds the belief about hidden states that a prior and an observation imply, and its free energy.
///
/// One object serves one agent: it owns the memory that inference works in, so that a step allocates
/// nothing. The scheme is in ``MeanFieldInference`` and ``ExactInference``.
public final class StateInference {
  /// What one inference found beside the belief.
  public struct Outcome: Hashable, Sendable {
    /// Variational free energy in nats: `complexity - accuracy`.
    public var freeEnergy = 0.0
    /// KL[q(s) || prior(s)] in nats.
    public var complexity = 0.0
    /// E_q[ln P(o | s)] in nats, over the modalities observed.
    public var accuracy = 0.0
    /// The sweeps that were made; 1 under the exact filter.
    public var sweeps = 0
    /// Whether the last sweep changed nothing that matters: always under the exact filter, under
    /// `cavi` when free energy fell by less than the tolerance, under `fpi` when no bit changed (or,
    /// under pymdp 0.0.7, when free energy changed by less than the tolerance).
    public var converged = false
  }

  /// An observation that has probability zero.
  public struct ImpossibleObservation: Error, Hashable, Sendable {
    /// The modality that delivered it.
    public let modality: Int
  }

  /// How beliefs are held.
  public let space: BeliefSpace
  let settings: InferenceSettings
  let scheme: Scheme

  enum Scheme {
    case meanField(MeanFieldInference)
    case exact(ExactInference)
  }

  /// The modalities whose last observation was impossible and has been ignored.
  public let ignored: FixedBuffer<Bool>
  /// What the last inference found.
  public internal(set) var outcome = Outcome()

  /// Memory for inference in a space.
  public init(_ space: BeliefSpace, _ settings: InferenceSettings) {
    self.space = space
    self.settings = settings
    ignored = FixedBuffer(repeating: false, count: space.compiled.modalities.count)
    scheme =
      space.isJoint
      ? .exact(ExactInference(space, settings))
      : .meanField(MeanFieldInference(space, settings))
  }

  /// Refuses settings that would take too much memory, before any is taken.
  ///
  /// - Throws: ``InvalidInput`` where pymdp 0.0.7's likelihood over all joint states has more than 2^26
  ///   cells.
  public static func check(
    _ settings: InferenceSettings, for compiled: CompiledModel
  ) throws(InvalidInput) {
    guard settings.convention == .pymdp007, compiled.jointStateCount > BeliefSpace.exactLimit else {
      return
    }
    throw BeliefSpace.tooManyJointStates(
      compiled, "preset", "pymdp-0.0.7 takes the likelihood of", remedy: "use default or pymdp-1")
  }

  /// The scheme that `auto` stands for in a model: `exact` up to 4,096 joint states, else `cavi`.
  public static func algorithm(
    _ settings: InferenceSettings, for compiled: CompiledModel
  ) -> InferenceSettings.Algorithm {
    guard settings.algorithm == .automatic else { return settings.algorithm }
    return compiled.jointStateCount <= BeliefSpace.automaticLimit ? .exact : .coordinateAscent
  }

  /// Infers the belief about the states of a step.
  ///
  /// - Parameters:
  ///   - prior: the belief before the observation, in the form of the space.
  ///   - observations: one entry a modality, each in range.
  ///   - posterior: where the belief goes; not the memory of the prior.
  ///   - iterates: takes what each sweep found, where somebody wants to know.
  /// - Throws: ``ImpossibleObservation`` where an observation has probability zero under the prior
  ///   and the settings call that an error.
  public func infer(
    prior: UnsafePointer<Double>, _ observations: [Observation], tables: ModelTables,
    logs: LogLikelihoodTables?, into posterior: UnsafeMutablePointer<Double>,
    iterates: ((_ belief: UnsafePointer<Double>, _ freeEnergy: Double) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    for modality in 0..<ignored.count { ignored.base[modality] = false }
    switch scheme {
    case .exact(let exact):
      outcome = try exact.infer(prior, observations, tables, ignored, into: posterior)
    case .meanField(let meanField):
      guard let logs else {
        preconditionFailure("an agent with a mean-field scheme is compiled with logarithms")
      }
      outcome = try meanField.infer(
        prior, observations, tables, logs, ignored, into: posterior, iterates: iterates)
    }
  }
}
