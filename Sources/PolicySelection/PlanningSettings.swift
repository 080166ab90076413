/// How policies are scored: the `planning` keys of `aif.agent/1`.
public struct PlanningSettings: Hashable, Sendable {
  /// How policies are searched.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    /// Every policy of the model's list, or all sequences of the horizon's length.
    case enumerate
    /// Each joint action by the values of what follows it under a base policy, without end.
    case successor
    /// Trees of actions and of the outcomes that they lead to: each outcome changes what is believed, and
    /// what is done after it.
    case sophisticated
    /// The best sequence that begins with each joint action, as ``enumerate`` values it, found without
    /// going through all.
    case branchAndBound = "branch-and-bound"
    /// Of the sequences that begin with each joint action the best few of each length.
    case beam
    /// Trees of actions and of outcomes that are drawn: an unbiased estimate of what ``sophisticated`` has
    /// where nothing is left out.
    case treeSearch = "mcts"
    /// A plan of one distribution over actions a step, refined from habit until it stays as it is.
    case hybrid
    /// Control as inference: backward messages over joint states, used on beliefs as if the state became
    /// known after one action (``SoftControlSettings``).
    case softControl = "soft-control"
  }
  /// Over which outcomes the state information gain is taken.
  public enum InformationGain: String, Hashable, Sendable, CaseIterable {
    /// The joint outcome of all modalities: never more than there is to know.
    case joint
    /// Each modality by itself, summed (pymdp 1.x).
    case perModality
  }
  /// How much one count would teach.
  public enum Novelty: String, Hashable, Sendable, CaseIterable {
    /// The expected divergence between Dirichlet posteriors, by digamma.
    case exact
    /// 1/a - 1/a0 (pymdp 0.0.7), about twice the exact value for large counts.
    case heuristic
    /// (1/a - 1/a0) / 2 (SPM), about the exact value for large counts.
    case spm
  }
  /// Preference for states from which the goal can be reached in time.
  public struct Inductive: Hashable, Sendable {
    /// The number of backward steps from the goal that are remembered; at least 1.
    public var depth: Int
    /// A factor's transition more probable than this counts as possible, in 0..<1.
    public var threshold: Double
    /// The cost of a state that does not lead to the goal, or is to be avoided, is ln(epsilon) nats; in 0..<1
    /// and positive.
    public var epsilon: Double

    /// Inductive planning with the given depth, threshold and cost.
    public init(depth: Int = 1, threshold: Double = 0.1, epsilon: Double = 1e-3) {
      self.depth = depth
      self.threshold = threshold
      self.epsilon = epsilon
    }
  }

  /// How policies are searched.
  public var method: Method = .enumerate
  /// What policies are to minimise.
  public var objective: Objective = .expectedFreeEnergy
  /// Which joint of outcomes and states preferences (C) stand for under that objective.
  public var biasedJoint: OutcomeJoint = .exactPosterior
  /// Actions looked ahead, at least 1; nil leaves it to the model's policy list, or 1.
  public var horizon: Int?
  /// Policy precision (gamma), at least 0; not read where it is inferred.
  public var gamma = 16.0
  /// How policy precision is inferred from the free energies of policies; nil where it is not.
  public var precision: PrecisionSettings?
  /// Whether preferred outcomes (C) count.
  public var utility = true
  /// Whether what outcomes would tell about states counts.
  public var stateInformationGain = true
  /// Over which outcomes that is taken.
  public var informationGain: InformationGain = .joint
  /// Whether what would be learned about A and B counts (novelty).
  public var parameterInformationGain = false
  /// How much one count would teach.
  public var novelty: Novelty = .exact
  /// Preference for states that lead to the goal (H); nil for none.
  public var inductive: Inductive?
  /// What the method `successor` reads.
  public var successor = SuccessorSettings()
  /// How values are backed up and branches left out under the method `sophisticated`.
  public var sophisticated = SophisticatedSettings()
  /// How much a search may take.
  public var budget = SearchBudget()
  /// How many prefixes go on under the method `beam`.
  public var beam = BeamSettings()
  /// How much is drawn under the method `mcts`.
  public var treeSearch = TreeSearchSettings()
  /// Steps that an agent goes on with a sequence of actions before it plans again, at least 1 and at most
  /// as many as the sequence has.
  public var replanEvery = 1
  /// How a plan is refined, for the method hybrid.
  public var hybrid = Hybrid()
  /// How control is inferred, where that is the method.
  public var softControl = SoftControlSettings()
  /// What the preset says of preferences and averages; no file key.
  public var convention: PlanningConvention = .standard

  /// The settings of `preset: default`.
  public init() {}
}

/// How a preset reads preferences and averages outcomes with states.
public enum PlanningConvention: Hashable, Sendable {
  /// Preferences as they stand; novelty averaged over outcome and state jointly; exact logarithms.
  case standard
  /// pymdp 1.x: novelty by the product of marginals; ln max(x, eps); C's last row repeats.
  case pymdp1
  /// pymdp 0.0.7: C is log softmax; product of marginals; ln(x + 1e-16).
  case pymdp007
  /// SPM: as pymdp 0.0.7, and novelty of D; a model without counts has no novelty.
  case spm

  /// Whether C is log softmax and information gain that of SPM's `spm_MDP_G`, with the offsets there.
  var followsSPM: Bool { self == .pymdp007 || self == .spm }
}

/// How the next action is chosen from the policy posterior: the `action` keys of `aif.agent/1`.
public struct ActionSettings: Hashable, Sendable {
  /// How one of several is picked.
  public enum Selection: String, Hashable, Sendable, CaseIterable {
    /// The most probable; the lowest index wins a tie.
    case deterministic
    /// Drawn with probability proportional to the posterior to the power alpha.
    case stochastic
  }
  /// What is picked from.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// A policy is chosen and its first action taken.
    case full
    /// Each control's action is chosen from its marginal.
    case marginal
    /// A joint action of all controls is chosen from the marginal over joint actions (SPM).
    case joint
  }
  /// How one of several is picked.
  public var selection: Selection = .deterministic
  /// What is picked from.
  public var mode: Mode = .full
  /// Action precision (alpha), at least 0; unused when deterministic.
  public var alpha = 16.0

  /// The settings of `preset: default`.
  public init() {}
}
