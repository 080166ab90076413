/// One value a policy for each part of the negative expected free energy, in nats.
public struct PolicyTerms: Hashable, Sendable {
  /// What the policy promises of preferred outcomes.
  public var utility: [Double]
  /// What it would tell about hidden states.
  public var stateInformationGain: [Double]
  /// What it would tell about the parameters.
  public var parameterInformationGain: [Double]
  /// What it would do to come nearer to the goal.
  public var inductive: [Double]

  /// The parts, each with one value a policy.
  public init(
    utility: [Double], stateInformationGain: [Double], parameterInformationGain: [Double],
    inductive: [Double]
  ) {
    self.utility = utility
    self.stateInformationGain = stateInformationGain
    self.parameterInformationGain = parameterInformationGain
    self.inductive = inductive
  }
}

/// What each sweep of an iterative scheme found.
public struct Iterates: Hashable, Sendable {
  /// Free energy after each sweep, in nats.
  public var freeEnergy: [Double]
  /// `[sweep][factor][state]`.
  public var beliefs: [[[Double]]]
  /// Whether the last sweep changed nothing that matters (``StateInference/Outcome/converged``).
  public var converged: Bool

  /// The sweeps in their order.
  public init(freeEnergy: [Double], beliefs: [[[Double]]], converged: Bool) {
    self.freeEnergy = freeEnergy
    self.beliefs = beliefs
    self.converged = converged
  }
}

/// One step of a trace: `aif.trace/1`, `steps[t]`. What the record level left out is nil.
public struct StepRecord: Hashable, Sendable {
  /// The step, from 0.
  public var t: Int
  /// One entry a modality.
  public var observation: [Observation]
  /// The true hidden states, in a simulation.
  public var states: [Int]?
  /// The names of the modalities whose outcome had probability zero and was ignored.
  public var impossible: [String] = []
  /// `[factor][state]`.
  public var beliefs: [[Double]]?
  /// In nats.
  public var freeEnergy: Double?
  /// One value a policy in nats, larger is better.
  public var negativeExpectedFreeEnergy: [Double]?
  /// Its parts.
  public var terms: PolicyTerms?
  /// One probability a policy.
  public var policyPosterior: [Double]?
  /// `[control][action]`.
  public var actionMarginals: [[Double]]?
  /// What was done, one action a control.
  public var action: [Int]?
  /// What the agent selects, one action a control.
  public var choice: [Int]?
  /// What each sweep found, at record level `iterates`.
  public var iterates: Iterates?

  /// A step of which nothing is recorded yet but what was observed and done.
  public init(t: Int, observation: [Observation], action: [Int]? = nil) {
    self.t = t
    self.observation = observation
    self.action = action
  }
}

extension StepRecord {
  /// The step without what a record level leaves out.
  public func reduced(to level: RecordLevel) -> StepRecord {
    var step = self
    if level < .iterates { step.iterates = nil }
    if level < .full {
      step.negativeExpectedFreeEnergy = nil
      step.terms = nil
      step.policyPosterior = nil
      step.actionMarginals = nil
    }
    if level < .beliefs {
      step.beliefs = nil
      step.freeEnergy = nil
    }
    return step
  }
}
