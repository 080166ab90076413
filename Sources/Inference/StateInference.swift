import GenerativeModel
import Kernels

/// Finds the belief about hidden states that a prior and an observation imply, and its free energy.
///
/// One object serves one agent, or the agents of all lanes: it owns the memory that inference works in,
/// so that a step allocates nothing. The scheme is in ``MeanFieldInference`` and ``ExactInference``; what is
/// inferred by policy is in ``PolicyMessagePassing``, and nothing of it here.
public final class StateInference<Arithmetic: StepArithmetic> {
  /// What a belief consists of.
  public typealias Number = Arithmetic.Number

  /// How beliefs are held.
  public let space: BeliefSpace
  let settings: InferenceSettings
  private let exact: ExactInference<Arithmetic>?
  private let meanField: MeanFieldInference<Arithmetic>?

  /// The modalities whose last observation was impossible and has been ignored.
  public let ignored: FixedBuffer<Bool>
  /// In memory of its own: what this object holds lies in the same place whatever its numbers are.
  private final class Found {
    @exclusivity(unchecked) var lanes = LaneOutcome<Number>()
  }

  private let found = Found()

  /// What the last inference found in the first lane.
  @exclusivity(unchecked) public private(set) var outcome = InferenceOutcome()

  /// What the last inference found in a lane.
  public func outcome(lane: Int) -> InferenceOutcome { found.lanes.outcome(lane: lane) }

  /// Memory for inference in a space.
  ///
  /// - Parameter endsIterations: whether a sweep of fixed-point iteration that changes no bit is the last,
  ///   which changes no belief.
  public init(
    _ space: BeliefSpace, _ settings: InferenceSettings, _ dynamics: BeliefDynamics<Arithmetic>,
    endsIterations: Bool = true
  ) {
    self.space = space
    self.settings = settings
    ignored = FixedBuffer(repeating: false, count: space.compiled.modalities.count)
    exact = space.isJoint ? ExactInference(space, settings) : nil
    meanField =
      space.isJoint || settings.algorithm.isByPolicy
      ? nil : MeanFieldInference(space, settings, dynamics, endsIterations: endsIterations)
  }

  /// Infers the belief about the states of a step.
  ///
  /// - Parameters:
  ///   - prior: the belief before the observation.
  ///   - evidence: what was observed, each outcome in range.
  ///   - posterior: where the belief goes; not the memory of the prior.
  ///   - iterates: takes what each sweep found, where somebody wants to know.
  /// - Throws: ``ImpossibleObservation`` where an observation has probability zero under the prior
  ///   and the settings call that an error; with several lanes, where it has in some lane, whatever the
  ///   settings say: such agents go on one by one.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == SharedLaneArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func infer(
    prior: Belief<Number>, _ evidence: Evidence, _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>?, into posterior: Belief<Number>,
    iterates: ((_ belief: Belief<Number>, _ freeEnergy: Number) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    try update(prior, evidence, tables, logs, posterior, iterates)
  }

  /// Apart, so that what is specialised above asks nothing about types before it knows them.
  @inline(never)
  private func update(
    _ prior: Belief<Number>, _ evidence: Evidence, _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>?, _ posterior: Belief<Number>,
    _ iterates: ((_ belief: Belief<Number>, _ freeEnergy: Number) -> Void)?
  ) throws(ImpossibleObservation) {
    for modality in 0..<ignored.count { ignored.base[modality] = false }
    if let exact {
      found.lanes = try exact.infer(prior.base, evidence, tables, ignored, into: posterior.base)
    } else if let meanField {
      guard let logs else {
        preconditionFailure("an agent with a mean-field scheme is compiled with logarithms")
      }
      found.lanes = try meanField.infer(
        prior, evidence, tables, logs, ignored, into: posterior, iterates: iterates)
    }
    outcome = found.lanes.outcome(lane: 0)
  }
}

/// What one inference found beside the belief.
public struct InferenceOutcome: Hashable, Sendable {
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

  /// Nothing yet.
  public init() {}
}

/// What one inference found in every lane.
struct LaneOutcome<Number: StepNumber> {
  var freeEnergy = Number.zero
  var complexity = Number.zero
  var accuracy = Number.zero
  var sweeps = Number.zero
  var converged = Number.Mask(broadcast: false)

  func outcome(lane: Int) -> InferenceOutcome {
    var outcome = InferenceOutcome()
    outcome.freeEnergy = freeEnergy[lane: lane]
    outcome.complexity = complexity[lane: lane]
    outcome.accuracy = accuracy[lane: lane]
    outcome.sweeps = Int(sweeps[lane: lane])
    outcome.converged = converged[lane: lane]
    return outcome
  }
}

/// An observation that has probability zero.
public struct ImpossibleObservation: Error, Hashable, Sendable {
  /// The modality that delivered it.
  public let modality: Int
}

extension InferenceSettings {
  /// Refuses settings that would take too much memory, before any is taken.
  ///
  /// - Throws: ``InvalidInput`` where pymdp 0.0.7's likelihood over all joint states has more than 2^26
  ///   cells, or messages cannot be passed by policy.
  public func check(for compiled: CompiledModel) throws(InvalidInput) {
    if algorithm.isByPolicy { try PolicyMessagePassing.check(compiled, self) }
    guard convention == .pymdp007, compiled.jointStateCount > BeliefSpace.exactLimit else { return }
    throw BeliefSpace.tooManyJointStates(
      compiled, "preset", "pymdp-0.0.7 takes the likelihood of", remedy: "use default or pymdp-1")
  }

  /// The settings with the scheme that `auto` stands for in a model: `exact` up to 4,096 joint states,
  /// else `cavi`.
  public func resolved(for compiled: CompiledModel) -> InferenceSettings {
    var settings = self
    if algorithm == .automatic {
      settings.algorithm =
        compiled.jointStateCount <= BeliefSpace.automaticLimit ? .exact : .coordinateAscent
    }
    return settings
  }
}
