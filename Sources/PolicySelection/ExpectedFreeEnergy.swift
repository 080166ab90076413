import GenerativeModel
import Inference
import Kernels

/// Scores every policy by its negative expected free energy, larger is better, in nats.
///
///     -G(policy) = sum over its steps of
///         utility                    E_q(o)[C(o)]
///       + stateInformationGain       I(o; s)
///       + parameterInformationGain   E[novelty of A] + E[novelty of B]
///       + inductive                  E_q(s)[preference for states near the goal]
///
/// (Parr, Pezzulo & Friston 2022, eq. 4.9; pymdp `control.compute_neg_efe_policy`; open loop: no
/// outcome conditions a later step.) A prefix that several policies share is evaluated once, and so is
/// a predicted belief that two prefixes of one length arrive at with equal bits. One object serves one
/// agent and owns the memory it works in: scoring allocates nothing.
public final class ExpectedFreeEnergy {
  /// The parts of one step's value.
  public struct Terms: BitwiseCopyable, Hashable, Sendable {
    /// What is expected of preferred outcomes.
    public var utility = 0.0
    /// What will be learned about hidden states.
    public var stateInformationGain = 0.0
    /// What will be learned about the parameters.
    public var parameterInformationGain = 0.0
    /// What is gained on the way to the goal.
    public var inductive = 0.0

    /// Their sum.
    public var total: Double {
      utility + stateInformationGain + parameterInformationGain + inductive
    }

    /// Nothing yet.
    public init() {}

    static func += (a: inout Terms, b: Terms) {
      a.utility += b.utility
      a.stateInformationGain += b.stateInformationGain
      a.parameterInformationGain += b.parameterInformationGain
      a.inductive += b.inductive
    }
  }

  /// The policies that are scored.
  public let policies: PolicySet
  /// Negative expected free energy by policy, after ``evaluate(_:marginals:tables:)``.
  public let values: FixedBuffer<Double>
  /// Its parts by policy.
  public let terms: FixedBuffer<Terms>

  private let space: BeliefSpace
  private let settings: PlanningSettings
  private let tables: PlanningTables
  private let evaluator: NodeEvaluation
  private let inductive: InductivePreference?
  /// Two levels of predicted beliefs, one read and one written in turn.
  private let beliefs: FixedBuffer<Double>
  private let beliefCapacity: Int
  private let scratch: FixedBuffer<Double>
  /// By level and prefix: the distinct belief it arrives at, and its value up to there.
  private let nodes: FixedBuffer<Int32>
  private let cumulative: FixedBuffer<Terms>
  private let levelOffsets: [Int]
  /// By level and distinct belief: the value of the step that arrives there.
  private let nodeTerms: FixedBuffer<Terms>
  /// By distinct belief of the level before and joint action: where it leads, and what is learned of
  /// the transition on the way.
  private let edges: FixedBuffer<Int32>
  private let edgeNovelty: FixedBuffer<Double>
  private var merger: BeliefMerger

  /// Memory to score policies in a space of beliefs.
  ///
  /// - Throws: ``InvalidInput`` where the settings ask for what the model cannot give, or for too much
  ///   memory.
  public init(
    _ space: BeliefSpace, _ settings: PlanningSettings, _ tables: PlanningTables,
    _ policies: PolicySet, _ modelTables: ModelTables
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.tables = tables
    self.policies = policies
    try ExpectedFreeEnergy.check(space, policies)
    let widest = policies.levels.map(\.count).max() ?? 1
    inductive = try settings.inductive.map { inductive throws(InvalidInput) in
      try InductivePreference(space.compiled, inductive, modelTables)
    }
    evaluator = try NodeEvaluation(space, settings, tables, capacity: widest)
    values = FixedBuffer(repeating: 0, count: policies.count)
    terms = FixedBuffer(repeating: Terms(), count: policies.count)
    beliefCapacity = widest
    beliefs = FixedBuffer(repeating: 0, count: 2 * widest * space.size)
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    var offsets = [0]
    for level in policies.levels { offsets.append(offsets[offsets.count - 1] + level.count) }
    levelOffsets = offsets
    let prefixes = offsets[offsets.count - 1]
    nodes = FixedBuffer(repeating: 0, count: prefixes)
    cumulative = FixedBuffer(repeating: Terms(), count: prefixes)
    nodeTerms = FixedBuffer(repeating: Terms(), count: prefixes)
    let widestParent = policies.levels.dropLast().map(\.count).max() ?? 1
    let edgeCount = max(widestParent, 1) * max(policies.actions.count, 1)
    edges = FixedBuffer(repeating: -1, count: edgeCount)
    edgeNovelty = FixedBuffer(repeating: 0, count: edgeCount)
    merger = BeliefMerger(beliefSize: space.size, capacity: widest)
  }

  /// The largest memory for scoring policies, in bytes.
  public static let largestWorkspace = 1 << 33

  /// Refuses what the model cannot give or what would take too much memory, before any is taken.
  ///
  /// - Throws: ``InvalidInput`` where the memory would be more than ``largestWorkspace``, naming it.
  public static func check(_ space: BeliefSpace, _ policies: PolicySet) throws(InvalidInput) {
    let bytes = workspaceBytes(space, policies)
    if bytes <= largestWorkspace { return }
    throw InvalidInput(
      source: "",
      [
        Fault(
          "planning.horizon",
          "\(policies.count) policies over \(space.size) states need \(bytes >> 30) GiB",
          remedy: "shorten the horizon or give a list of policies")
      ])
  }

  /// Bytes that scoring the policies takes, the tree of policies not included.
  public static func workspaceBytes(_ space: BeliefSpace, _ policies: PolicySet) -> Int {
    let widest = policies.levels.map(\.count).max() ?? 1
    let prefixes = policies.levels.reduce(0) { $0 + $1.count }
    let perNode = 2 * (space.size + space.compiled.outcomeCount + 5 * space.compiled.scopes.count)
    return 8 * widest * perNode + prefixes * 72 + widest * policies.actions.count * 12
  }

  /// Scores all policies from a belief.
  ///
  /// - Parameters:
  ///   - belief: in the form of the space; joint beliefs are rolled out as they are, marginals as
  ///     their product.
  ///   - marginals: the same belief by factor.
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  /// - Complexity: O(distinct prefixes x (states x next states + states x outcomes)).
  public func evaluate(
    _ belief: UnsafePointer<Double>, marginals: UnsafePointer<Double>, tables model: ModelTables
  ) throws(PlanningFailure) {
    inductive?.begin(marginals)
    merger.begin()
    var source = belief
    var sourceCount = 1
    for level in policies.levels.indices {
      let target = beliefs.base + (level % 2) * beliefCapacity * space.size
      let count = extend(level, source, sourceCount, model, into: target)
      try evaluator.evaluate(
        target, count: count, planningStep: level, model, inductive: inductive?.values.base,
        into: nodeTerms.base + levelOffsets[level])
      accumulate(level)
      source = UnsafePointer(target)
      sourceCount = count
    }
    finish()
  }

  /// The value of one step of a policy as last evaluated.
  ///
  /// Novelty of the transitions is part of the step that takes the action.
  public func terms(policy: Int, step: Int) -> Terms {
    var prefix = Int(policies.leaves.base[policy])
    for level in policies.levels.indices.reversed() where level > step {
      prefix = Int(policies.levels[level].parent.base[prefix])
    }
    var result = nodeTerms.base[levelOffsets[step] + Int(nodes.base[levelOffsets[step] + prefix])]
    if tables.hasTransitionNovelty {
      // What the way there teaches is not of the belief but of the prefix.
      result.parameterInformationGain =
        cumulative.base[levelOffsets[step] + prefix].parameterInformationGain
      if step > 0 {
        let parent = Int(policies.levels[step].parent.base[prefix])
        result.parameterInformationGain -=
          cumulative.base[levelOffsets[step - 1] + parent].parameterInformationGain
      }
    }
    return result
  }

  /// Follows likelihoods that have changed.
  public func refreshLikelihoods(_ model: ModelTables) { tables.refreshLikelihoods(model) }

  /// Follows transitions that have changed.
  public func refreshTransitions(_ model: ModelTables) {
    tables.refreshTransitions(model)
    inductive?.refresh(model)
  }

  /// Carries every belief of the level before forward by every action that some prefix takes there,
  /// and returns how many distinct beliefs that makes.
  private func extend(
    _ level: Int, _ source: UnsafePointer<Double>, _ sourceCount: Int, _ model: ModelTables,
    into target: UnsafeMutablePointer<Double>
  ) -> Int {
    let actions = policies.actions.count
    let prefixes = policies.levels[level]
    let parents = level > 0 ? nodes.base + levelOffsets[level - 1] : nil
    let arrives = nodes.base + levelOffsets[level]
    let parent = prefixes.parent.base
    let action = prefixes.action.base
    for edge in 0..<sourceCount * actions { edges.base[edge] = -1 }
    merger.beginLevel(atMost: min(prefixes.count, sourceCount * actions))
    var count = 0
    for prefix in 0..<prefixes.count {
      let from = parents.map { Int($0[Int(parent[prefix])]) } ?? 0
      let edge = from * actions + Int(action[prefix])
      if edges.base[edge] < 0 {
        let joint = policies.factorActions.base + Int(action[prefix]) * space.compiled.factors.count
        let start = source + from * space.size
        space.predict(
          start, action: joint, tables: model, into: target + count * space.size,
          scratch: scratch.base)
        let node = merger.find(count, in: target)
        edges.base[edge] = Int32(node)
        if tables.hasTransitionNovelty {
          edgeNovelty.base[edge] = evaluator.transitionNovelty(
            start, action: joint, next: target + node * space.size, scratch: scratch.base)
        }
        if node == count { count += 1 }
      }
      arrives[prefix] = edges.base[edge]
      if tables.hasTransitionNovelty {
        cumulative.base[levelOffsets[level] + prefix].parameterInformationGain =
          edgeNovelty.base[edge]
      }
    }
    merger.endLevel(distinct: count)
    return count
  }

  /// Adds each prefix's last step to the value of the prefix it extends.
  private func accumulate(_ level: Int) {
    let values = cumulative.base + levelOffsets[level]
    let before = level > 0 ? cumulative.base + levelOffsets[level - 1] : nil
    let parent = policies.levels[level].parent.base
    let arrives = nodes.base + levelOffsets[level]
    let steps = nodeTerms.base + levelOffsets[level]
    let hasEdges = tables.hasTransitionNovelty
    for prefix in 0..<policies.levels[level].count {
      var sum = steps[Int(arrives[prefix])]
      if hasEdges { sum.parameterInformationGain += values[prefix].parameterInformationGain }
      if let before { sum += before[Int(parent[prefix])] }
      values[prefix] = sum
    }
  }

  private func finish() {
    guard let last = policies.levels.indices.last else {
      // Without controls there is one empty policy, worth nothing.
      values.base[0] = 0
      terms.base[0] = Terms()
      return
    }
    let leaves = cumulative.base + levelOffsets[last]
    for policy in 0..<policies.count {
      let sum = leaves[Int(policies.leaves.base[policy])]
      terms.base[policy] = sum
      values.base[policy] = sum.total
    }
  }
}
