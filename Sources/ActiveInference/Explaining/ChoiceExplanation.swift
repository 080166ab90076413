import PolicySelection

/// Why an agent chooses what it does in one step: ``ActiveInferenceAgent/explain(_:limits:)``.
public struct ChoiceExplanation: Hashable, Sendable {
  /// The step, from 0.
  public var step: Int
  /// One entry a modality.
  public var observation: [Observation]
  /// The probability of the observation before it was made; nil where too many joint states are possible to
  /// be gone through (joint states times modalities beyond 2^22).
  public var observationProbability: Double?
  /// The belief before the observation, `[factor][state]`.
  public var prior: [[Double]]
  /// The belief after it, `[factor][state]`.
  public var beliefs: [[Double]]
  /// What the agent chooses, one action a control.
  public var choice: [Int]
  /// Policy precision: the posterior is softmax(gamma x value + ln E).
  public var gamma: Double
  /// Every joint action that some policy begins with, the one that the agent is most for first; empty in a
  /// model without controls.
  public var options: [ExplainedAction]
  /// What else could have been observed and would have changed the choice; nil where nothing was tried.
  public var counterfactuals: CounterfactualSearch?
  /// What may be observed next after some of the actions, and what it is worth; empty where nothing was
  /// followed.
  public var prospects: [ActionProspect]

  /// What was chosen; nil where no policy begins with it, as when each control is chosen by itself.
  public var chosen: ExplainedAction? { options.first { $0.action == choice } }

  /// The first of the other actions.
  public var rival: ExplainedAction? { options.first { $0.action != choice } }

  /// What speaks most for the choice and against its rival, and by how much in the logarithm of their odds:
  /// parts of the value count gamma times, the habit once. Nil where nothing speaks for it.
  public var decisivePart: (part: ValuePart, logOdds: Double)? {
    guard let chosen, let rival else { return nil }
    let isDivided = !chosen.steps.isEmpty && !rival.steps.isEmpty
    var best: (part: ValuePart, logOdds: Double)?
    for (mine, theirs) in zip(chosen.parts(isDivided), rival.parts(isDivided)) {
      let weight = mine.part.kind == .habit ? 1 : gamma
      let logOdds = weight * (mine.nats - theirs.nats)
      if logOdds > max(best?.logOdds ?? 0, 1e-12) { best = (mine.part, logOdds) }
    }
    return best
  }
}

/// What speaks for one joint action: the best policy that begins with it.
public struct ExplainedAction: Hashable, Sendable {
  /// One action a control.
  public var action: [Int]
  /// The most probable policy that begins with the action, by its number.
  public var policy: Int
  /// Its joint actions; the action alone where policies are not enumerated.
  public var plan: [[Int]]
  /// Its negative expected free energy in nats, larger is better.
  public var value: Double
  /// The parts of the value, which sum to it.
  public var terms: ExpectedFreeEnergyTerms
  /// ln E of the policy: how habitual it is; -infinity where it has no prior probability.
  public var logHabit: Double
  /// The posterior probability of the policy.
  public var policyPosterior: Double
  /// The posterior probability of all policies that begin with the action.
  public var probability: Double
  /// The steps of the policy, which sum to the value; empty for what is told in brief, and where policies
  /// are not enumerated.
  public var steps: [StepBreakdown]

  /// The value by part, summed over the steps, and the habit.
  public var parts: [(part: ValuePart, nats: Double)] { parts(!steps.isEmpty) }

  func parts(_ isDivided: Bool) -> [(part: ValuePart, nats: Double)] {
    var parts: [(part: ValuePart, nats: Double)] = []
    func add(_ kind: ValuePart.Kind, _ values: (StepBreakdown) -> [Double]) {
      for index in steps.first.map({ values($0).indices }) ?? 0..<0 {
        parts.append((ValuePart(kind, index), steps.reduce(0) { $0 + values($1)[index] }))
      }
    }
    if isDivided {
      add(.utility, \.utility)
      if steps.allSatisfy({ $0.stateInformationGain.byModality != nil }) {
        add(.stateInformationGain) { $0.stateInformationGain.byModality ?? [] }
      } else {
        parts.append((ValuePart(.stateInformationGain), terms.stateInformationGain))
      }
      add(.likelihoodNovelty, \.likelihoodNovelty)
      add(.transitionNovelty, \.transitionNovelty)
      add(.inductive, \.inductive)
    } else {
      parts = [
        (ValuePart(.utility), terms.utility),
        (ValuePart(.stateInformationGain), terms.stateInformationGain),
        (ValuePart(.parameterInformationGain), terms.parameterInformationGain),
        (ValuePart(.inductive), terms.inductive),
      ]
    }
    return parts + [(ValuePart(.habit), logHabit)]
  }
}

/// A part of what speaks for a policy.
public struct ValuePart: Hashable, Sendable {
  /// What kind of part.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Preferred outcomes, of a modality.
    case utility
    /// What is learned about hidden states, by a modality.
    case stateInformationGain
    /// What is learned about the likelihood of a modality.
    case likelihoodNovelty
    /// What is learned about the transition of a factor.
    case transitionNovelty
    /// What is learned about any parameter, where it is not told apart.
    case parameterInformationGain
    /// What is gained on the way to the goal of a factor.
    case inductive
    /// How habitual the policy is.
    case habit
  }

  /// What kind of part it is.
  public var kind: Kind
  /// The modality or the factor, by the kind; nil where it is of all.
  public var index: Int?

  /// A part.
  public init(_ kind: Kind, _ index: Int? = nil) {
    self.kind = kind
    self.index = index
  }
}

/// How much is tried for an explanation.
public struct ExplanationLimits: Hashable, Sendable {
  /// Observations in place of the one that was made, at most; 0 tries none.
  public var counterfactuals: Int
  /// Next observations after each action, at most; 0 follows none.
  public var outcomes: Int
  /// Actions whose policies are told step by step and whose outcomes are followed: the first so many, and
  /// the choice.
  public var actions: Int

  /// Limits, each at least 0.
  public init(counterfactuals: Int = 1024, outcomes: Int = 256, actions: Int = 10) {
    self.counterfactuals = counterfactuals
    self.outcomes = outcomes
    self.actions = actions
  }

  /// What was chosen and why, and no other observation.
  public static let valuesAlone = ExplanationLimits(counterfactuals: 0, outcomes: 0)
}
