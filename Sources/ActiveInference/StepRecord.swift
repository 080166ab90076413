import PolicySelection

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
  /// Whether the last sweep changed nothing that matters (``InferenceOutcome/converged``).
  public var converged: Bool
  /// `[sweep][policy][time][factor][state]`, where states are inferred by policy; of a policy
  /// that has been dropped nothing. `beliefs` and `freeEnergy` are then averages over the policies.
  public var policyBeliefs: [[[[[Double]]]]]?

  /// The sweeps in their order.
  public init(freeEnergy: [Double], beliefs: [[[Double]]], converged: Bool) {
    self.freeEnergy = freeEnergy
    self.beliefs = beliefs
    self.converged = converged
  }
}

/// One step of a trace: `aif.trace/1`, `steps[t]`. What the record level left out is nil.
public struct StepRecord: Sendable {
  /// The step, from 0.
  public var t: Int
  private var recordedObservation: RecordedObservation
  private var recordedStates: RecordedStates?
  /// What was done, one action a control.
  public var action: [Int]?
  /// What the agent selects, one action a control.
  public var choice: [Int]?
  /// Apart, and only where there is something in it: a record of what was seen and done stays small.
  private var thoughts: Thoughts?

  /// A step of which nothing is recorded yet but what was observed and done.
  public init(t: Int, observation: [Observation], action: [Int]? = nil) {
    self.init(t: t, RecordedObservation(observation), nil, action: action)
  }

  init(
    t: Int, _ observation: RecordedObservation, _ states: RecordedStates?, action: [Int]?
  ) {
    self.t = t
    recordedObservation = observation
    recordedStates = states
    self.action = action
  }
}

extension StepRecord {
  /// One entry a modality.
  public var observation: [Observation] {
    get { recordedObservation.observation }
    set { recordedObservation = RecordedObservation(newValue) }
  }

  /// The true hidden states, in a simulation.
  public var states: [Int]? {
    get { recordedStates?.states }
    set { recordedStates = newValue.map { RecordedStates($0) } }
  }

  /// The names of the modalities whose outcome had probability zero and was ignored.
  public var impossible: [String] {
    get { thoughts?.contents.impossible ?? [] }
    set { if thoughts != nil || !newValue.isEmpty { own().contents.impossible = newValue } }
  }

  /// `[factor][state]`.
  public var beliefs: [[Double]]? {
    get { thoughts?.contents.beliefs }
    set { if thoughts != nil || newValue != nil { own().contents.beliefs = newValue } }
  }

  /// What is believed about other steps, where the scheme of inference says.
  public var smoothed: SmoothedBeliefs? {
    get { thoughts?.contents.smoothed }
    set { if thoughts != nil || newValue != nil { own().contents.smoothed = newValue } }
  }

  /// In nats.
  public var freeEnergy: Double? {
    get { thoughts?.contents.freeEnergy }
    set { if thoughts != nil || newValue != nil { own().contents.freeEnergy = newValue } }
  }

  /// One value a policy in nats, larger is better.
  public var negativeExpectedFreeEnergy: [Double]? {
    get { thoughts?.contents.negativeExpectedFreeEnergy }
    set {
      if thoughts != nil || newValue != nil { own().contents.negativeExpectedFreeEnergy = newValue }
    }
  }

  /// Its parts.
  public var terms: PolicyTerms? {
    get { thoughts?.contents.terms }
    set { if thoughts != nil || newValue != nil { own().contents.terms = newValue } }
  }

  /// One probability a policy.
  public var policyPosterior: [Double]? {
    get { thoughts?.contents.policyPosterior }
    set { if thoughts != nil || newValue != nil { own().contents.policyPosterior = newValue } }
  }

  /// Free energy by policy in nats, less is better, where states are inferred by policy; 0 where
  /// the policy has been dropped.
  public var policyFreeEnergy: [Double]? {
    get { thoughts?.contents.policyFreeEnergy }
    set { if thoughts != nil || newValue != nil { own().contents.policyFreeEnergy = newValue } }
  }

  /// Policy precision (gamma) as it was weighed with last, there.
  public var precision: Double? {
    get { thoughts?.contents.precision }
    set { if thoughts != nil || newValue != nil { own().contents.precision = newValue } }
  }

  /// Policy precision after each update of the step, at record level `iterates`.
  public var precisionUpdates: [Double]? {
    get { thoughts?.contents.precisionUpdates }
    set { if thoughts != nil || newValue != nil { own().contents.precisionUpdates = newValue } }
  }

  /// `[control][action]`.
  public var actionMarginals: [[Double]]? {
    get { thoughts?.contents.actionMarginals }
    set { if thoughts != nil || newValue != nil { own().contents.actionMarginals = newValue } }
  }

  /// What the search for a plan says of itself, where there is one.
  public var search: SearchReport? {
    get { thoughts?.contents.search }
    set { if thoughts != nil || newValue != nil { own().contents.search = newValue } }
  }

  /// What each sweep found, at record level `iterates`.
  public var iterates: Iterates? {
    get { thoughts?.contents.iterates }
    set { if thoughts != nil || newValue != nil { own().contents.iterates = newValue } }
  }

  /// Of a deep agent, the steps that higher levels took at this tick, from the second level up; nil where
  /// none did.
  public var levels: [StepRecord]? {
    get { thoughts?.contents.levels }
    set { if thoughts != nil || newValue != nil { own().contents.levels = newValue } }
  }

  /// What the agent thought, in memory of its own; a copy of the record shares it until it is changed.
  private final class Thoughts: @unchecked Sendable {
    // Unchecked: it is changed only where there is no other reference to it.

    struct Contents: Hashable, Sendable {
      var impossible: [String] = []
      var beliefs: [[Double]]?
      var smoothed: SmoothedBeliefs?
      var freeEnergy: Double?
      var negativeExpectedFreeEnergy: [Double]?
      var terms: PolicyTerms?
      var policyPosterior: [Double]?
      var actionMarginals: [[Double]]?
      var search: SearchReport?
      var iterates: Iterates?
      var policyFreeEnergy: [Double]?
      var precision: Double?
      var precisionUpdates: [Double]?
      var levels: [StepRecord]?
    }

    var contents: Contents

    init(_ contents: Contents) { self.contents = contents }
  }

  /// The thoughts of this record alone.
  private mutating func own() -> Thoughts {
    if isKnownUniquelyReferenced(&thoughts), let thoughts { return thoughts }
    let own = Thoughts(contents)
    thoughts = own
    return own
  }

  private var contents: Thoughts.Contents { thoughts?.contents ?? Thoughts.Contents() }
}

extension StepRecord: Hashable {
  /// Whether two records say the same.
  public static func == (a: StepRecord, b: StepRecord) -> Bool {
    a.t == b.t && a.recordedObservation == b.recordedObservation
      && a.recordedStates == b.recordedStates && a.action == b.action && a.choice == b.choice
      && (a.thoughts === b.thoughts || a.contents == b.contents)
  }

  /// Feeds in everything that is recorded.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(t)
    hasher.combine(recordedObservation)
    hasher.combine(recordedStates)
    hasher.combine(action)
    hasher.combine(choice)
    hasher.combine(contents)
  }
}

extension StepRecord {
  /// The step without what a record level leaves out.
  public func reduced(to level: RecordLevel) -> StepRecord {
    if thoughts == nil { return self }
    var step = self
    if let levels { step.levels = levels.map { $0.reduced(to: level) } }
    if level < .iterates {
      step.iterates = nil
      step.precisionUpdates = nil
    }
    if level < .full {
      step.negativeExpectedFreeEnergy = nil
      step.terms = nil
      step.policyPosterior = nil
      step.actionMarginals = nil
      step.search = nil
      step.policyFreeEnergy = nil
      step.precision = nil
    }
    if level < .beliefs {
      step.beliefs = nil
      step.smoothed = nil
      step.freeEnergy = nil
    }
    return step
  }
}
