import PolicySelection

/// Turns a prior and an observation into a belief, in place of the library's schemes.
public protocol BeliefUpdating: Sendable {
  /// The belief about the states of a step, `[factor][state]`, each summing to one.
  ///
  /// - Parameters:
  ///   - prior: the belief before the observation, `[factor][state]`.
  ///   - observation: one entry a modality.
  func belief(prior: [[Double]], observation: [Observation]) throws -> [[Double]]
}

/// Scores policies, in place of the library's expected free energy.
public protocol PolicyScoring: Sendable {
  /// One value a policy in nats, larger is better.
  ///
  /// - Parameters:
  ///   - policies: what is to be scored; `policies.policy(k)` lists the actions of policy k.
  ///   - belief: `[factor][state]`.
  func scores(of policies: PolicySet, belief: [[Double]]) throws -> [Double]
}

/// Chooses an action, in place of the library's selection.
public protocol ActionChoosing: Sendable {
  /// One action a control.
  ///
  /// - Parameters:
  ///   - policyPosterior: one probability a policy.
  ///   - random: a stream of this step's own.
  func action(
    policyPosterior: [Double], policies: PolicySet, using random: inout RandomStream
  ) throws -> [Int]
}

/// What replaces parts of the library's agent; what is nil is the library's.
public struct AgentParts: Sendable {
  /// In place of state inference; learning and planning then go on from its marginals.
  public var beliefs: (any BeliefUpdating)?
  /// In place of the expected free energy; gamma and E still apply.
  public var scores: (any PolicyScoring)?
  /// In place of action selection.
  public var actions: (any ActionChoosing)?

  /// Replaces what is given.
  public init(
    beliefs: (any BeliefUpdating)? = nil, scores: (any PolicyScoring)? = nil,
    actions: (any ActionChoosing)? = nil
  ) {
    self.beliefs = beliefs
    self.scores = scores
    self.actions = actions
  }
}
