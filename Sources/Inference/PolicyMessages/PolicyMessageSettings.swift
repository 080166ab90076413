/// How messages are passed by policy: the `inference.policyMessages` keys of `aif.agent/1`, which
/// ``InferenceSettings/Algorithm/policyMessages`` reads, and of which
/// ``InferenceSettings/Algorithm/windowedPolicyMessages`` reads ``tau`` alone.
///
/// The names and the values are those of SPM (`spm_MDP_VB_X.m`).
public struct PolicyMessageSettings: Hashable, Sendable {
  /// The time constant of an update: ln x rises by the gradient of free energy divided by it; 0.001 to 1e6.
  /// What pymdp 0.0.7 calls so is its inverse.
  public var tau = 4.0
  /// At every step each belief is flattened to softmax(ln x / erp) before messages are passed; 0.001 to 1e6.
  public var erp = 4.0
  /// A policy is dropped, for the rest of the episode, when its posterior is below the greatest times
  /// exp(-zeta); 0.001 to 1e6.
  public var zeta = 3.0

  /// The constants of SPM.
  public init() {}
}
