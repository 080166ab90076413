import GenerativeModel
import Inference

/// Scores joint actions by looking ahead in another way than going through policies one by one.
///
/// Under such a method a policy is one joint action, in the order of all sequences at horizon 1; E is over
/// them, and so is everything that a trace says of policies.
package protocol ActionPlanner: AnyObject {
  /// Whether what it finds depends on the belief alone, so that a plan may be remembered.
  var isFunctionOfBelief: Bool { get }
  /// What the last search has to say of itself; nil where it searches nothing.
  var report: SearchReport? { get }
  /// Scores every joint action from a belief, larger is better, in nats.
  ///
  /// - Parameter values: one a joint action.
  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure)
  /// The parts of each value as last evaluated; they sum to it.
  var terms: [ExpectedFreeEnergyTerms] { get }
  /// The joint actions that the search would take, `action` the first; `action` alone where what follows
  /// depends on what will be observed.
  func sequence(after action: Int) -> [Int]
  /// Forgets what was kept of the steps before; an episode begins.
  func begin()
  /// Follows tables that have changed by learning.
  func refresh()
}

extension ActionPlanner {
  package func sequence(after action: Int) -> [Int] { [action] }
}

/// Which step of which episode is planned: the address of the random numbers that planning draws.
public struct PlanningMoment: Hashable, Sendable {
  /// The seed of all chance.
  public var seed: UInt64
  /// The number of the episode.
  public var episode: UInt64
  /// The step, from 0.
  public var step: UInt64

  /// A step of an episode.
  public init(seed: UInt64, episode: UInt64, step: UInt64) {
    self.seed = seed
    self.episode = episode
    self.step = step
  }
}

/// What a search says of itself: `search` in a step of a trace.
public struct SearchReport: Hashable, Sendable {
  /// Beliefs from which actions were weighed, the one at the root among them.
  public var nodes: Int
  /// By how much another action may at most be worth more than the one that is said to be best, in nats; 0
  /// where that is proven best, nil where the search cannot tell.
  public var gap: Double?
  /// How probable it is, by the plan's own account of actions and outcomes, to come to an action or an
  /// outcome that was left out for being improbable: from 0 to 1, 0 where nothing was.
  public var prunedMass: Double
  /// How often a plan was gone through to refine it; nil where none is.
  public var sweeps: Int?

  /// A report.
  public init(nodes: Int, gap: Double?, prunedMass: Double, sweeps: Int? = nil) {
    self.nodes = nodes
    self.gap = gap
    self.prunedMass = prunedMass
    self.sweeps = sweeps
  }
}

/// What a planner is made of: an agent's model, laid out, and its settings.
package struct PlannerContext {
  package let space: BeliefSpace
  package let inference: InferenceSettings
  package let settings: PlanningSettings
  /// The tables that the agent reads, its own where it learns.
  package let tables: ModelTables<Double>
  package let logs: LogLikelihoodTables<Double>?
  package let planning: PlanningTables<Double>
  /// One policy a joint action.
  package let policies: PolicySet

  package init(
    space: BeliefSpace, inference: InferenceSettings, settings: PlanningSettings,
    tables: ModelTables<Double>, logs: LogLikelihoodTables<Double>?,
    planning: PlanningTables<Double>, policies: PolicySet
  ) {
    self.space = space
    self.inference = inference
    self.settings = settings
    self.tables = tables
    self.logs = logs
    self.planning = planning
    self.policies = policies
  }
}

extension PlanningSettings {
  /// What scores joint actions under the method; nil where policies are enumerated.
  ///
  /// - Throws: ``InvalidInput`` where the model cannot be planned with in this way.
  package func planner(_ context: PlannerContext) throws(InvalidInput) -> (any ActionPlanner)? {
    switch method {
    case .enumerate: nil
    case .successor: try SuccessorPlanner(context)
    case .sophisticated: try SophisticatedPlanner(context)
    case .branchAndBound: try BranchAndBound(context)
    case .beam: try BeamSearch(context)
    case .treeSearch: try TreeSearch(context)
    case .hybrid: try HybridPlanner(context)
    case .softControl: try SoftControlPlanner(context)
    }
  }
}
