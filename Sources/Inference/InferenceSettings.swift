/// How beliefs about states are found: the `inference` keys of `aif.agent/1`.
public struct InferenceSettings: Hashable, Sendable {
  /// A scheme that turns a prior and an observation into a belief.
  public enum Algorithm: String, Hashable, Sendable, CaseIterable {
    /// `exact` up to 4,096 joint states, else `cavi`.
    case automatic = "auto"
    /// Fixed-point iteration: every factor at once, a fixed number of sweeps (pymdp).
    case fixedPoint = "fpi"
    /// Coordinate ascent: one factor after the other, until free energy stops falling.
    case coordinateAscent = "cavi"
    /// The joint filter: Bayes' rule on the product of all factors.
    case exact
    /// Variational message passing over a window of past steps (pymdp 1.x).
    case variationalMessagePassing = "vmp"
    /// Marginal message passing over a window of past steps (pymdp 1.x).
    case marginalMessagePassing = "mmp"
    /// Marginal message passing over all steps of the episode under each policy (SPM):
    /// ``PolicyMessagePassing``.
    case policyMessages = "mmp-spm"
    /// Marginal message passing over a window of past steps and the actions of each policy (pymdp 0.0.7):
    /// ``PolicyMessagePassing``.
    case windowedPolicyMessages = "mmp-legacy"

    /// Whether states are inferred under each policy.
    public var isByPolicy: Bool { self == .policyMessages || self == .windowedPolicyMessages }

    /// Whether ``InferenceSettings/horizon`` says how many steps are inferred together.
    public var readsHorizon: Bool { hasWindow || self == .windowedPolicyMessages }

    /// Whether the states of all steps of a window are inferred together, and not by policy.
    public var hasWindow: Bool {
      self == .variationalMessagePassing || self == .marginalMessagePassing
    }

    /// Whether all factors are updated at once, beginning with uniform beliefs.
    var beginsUniform: Bool { self == .fixedPoint || hasWindow }
  }

  /// What is done with an observation of probability zero.
  public enum ImpossibleObservation: String, Hashable, Sendable, CaseIterable {
    /// It is an error that names the step and the modality.
    case error
    /// It is treated as missing and flagged in the trace.
    case ignore
    /// Zero probabilities cost a finite amount, as in pymdp; what the pymdp presets do.
    case floored
  }

  /// The scheme.
  public var algorithm: Algorithm = .automatic
  /// Sweeps: `fpi`, `vmp`, `mmp`, `mmp-spm` and `mmp-legacy` do exactly so many, `cavi` at most; at least 1.
  public var iterations = 16
  /// `cavi` ends when a sweep lowers free energy by less, in nats.
  public var tolerance = 1e-12
  /// The most past steps of a window of `vmp`, `mmp`, `mmp-legacy` and ``smoothing``, 1 to 1,000,000; nil for
  /// all steps so far.
  public var horizon: Int?
  /// The longest window that may be asked for.
  public static let longestHorizon = 1_000_000
  /// What is done with an observation of probability zero.
  public var impossible: ImpossibleObservation = .error
  /// An episode of a level of a deep agent is over as soon as the entropy of the belief about the first states
  /// that came from above, all of them together, is below this many nats; nil for never. SPM's Occam window,
  /// there 1/64. Only for a level that has another above it.
  public var chi: Double?
  /// How all steps of a record are smoothed once it has ended, or with a ``horizon`` at each step the last so
  /// many; nil where they are not.
  public var smoothing: SmoothingSettings?
  /// How messages are passed, for `mmp-spm` and `mmp-legacy`.
  public var policyMessages = PolicyMessageSettings()
  /// What the preset says of logarithms and soft observations; no file key.
  public var convention: InferenceConvention = .standard

  /// The settings of `preset: default`.
  public init() {}
}

/// How a preset takes logarithms and reads soft observations.
public enum InferenceConvention: Hashable, Sendable {
  /// ln max(x, eps) inside mean-field expectations, exact elsewhere; ln of the expected likelihood.
  case standard
  /// pymdp 1.x: ln max(x, eps) everywhere; the expected logarithm of the likelihood.
  case pymdp1
  /// pymdp 0.0.7: ln(x + 1e-16) of the joint likelihood of all modalities; sweeps stop early.
  case pymdp007
  /// SPM: ln(x + 1e-16).
  case spm

  /// Whether 1e-16 is added before every logarithm.
  var addsOffset: Bool { self == .pymdp007 || self == .spm }
}
