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
/// a predicted belief that two prefixes arrive at with equal bits, in which case what lies beyond it is
/// known too: the tree of policies is a graph of distinct beliefs. Where a belief is certain of what actions
/// steer, and they steer it surely, no belief is carried forward: where one is says which node it is. The nodes of one agent's graph go
/// through the arithmetic eight at a time; agents in lanes go through it a node at a time. One object
/// serves one agent, or the agents of all lanes, and owns the memory it works in: scoring allocates
/// nothing.
public final class ExpectedFreeEnergy<Arithmetic: StepArithmetic> {
  /// What a value is.
  public typealias Number = Arithmetic.Number

  /// The prefixes of one length, and where their numbers begin.
  struct Level: BitwiseCopyable {
    let count: Int
    let parent: UnsafePointer<Int32>
    let action: UnsafePointer<Int32>
    /// The first prefix among those of all levels.
    let offset: Int
    /// The edge of the first node that a prefix of the level before can arrive at.
    let edge: Int
    /// Where the terms and the belief are of the first node that a prefix can arrive at.
    let block: Int
    let buffer: Int
  }

  /// The policies that are scored.
  public let policies: PolicySet
  /// Negative expected free energy by policy, after ``evaluate(_:tables:)``.
  public let values: FixedBuffer<Number>
  /// The nodes of a block: eight of one agent, or one of each agent.
  static var nodesPerBlock: Int { Number.laneCount == 1 ? Lanes.laneCount : 1 }

  let space: BeliefSpace
  let tables: PlanningTables<Arithmetic.Parameter>
  let dynamics: BeliefDynamics<Arithmetic>
  let nodeDynamics: BeliefDynamics<Arithmetic.Nodes>
  let evaluator: NodeEvaluation<Arithmetic>
  private let inductive: InductivePreference<Arithmetic>?
  private let habit: ConditionalHabit<Arithmetic>?
  let actionCount: Int
  let factorActions: UnsafePointer<Int>
  let factorCount: Int
  let levels: FixedBuffer<Level>
  /// The belief that all policies begin with as a block, where it is needed, and predictions in the
  /// making.
  private let root: BeliefBuffer<Lanes>
  let first: BeliefBuffer<Number>
  let candidate: BeliefBuffer<Lanes>
  /// By factor, the own action that the prediction in the making has followed; -1 where it is of another
  /// block.
  let candidateActions: FixedBuffer<Int>
  /// Whether a belief of one level is that of another where their bits are equal.
  private let sharesLevels: Bool
  /// Whether the belief that policies begin with is carried forward by itself and not as a block.
  private let carriesRootAlone: Bool
  /// Predicted beliefs: of all levels where they share them, else of two, one read and one written in turn.
  private let buffers: [BeliefBuffer<Lanes>]
  let blocks: FixedBuffer<Belief<Lanes>>
  /// Which states of a wide factor the block that is being filled has, by factor.
  @exclusivity(unchecked) var filled: [MarkSet]
  /// By prefix, except of the last level: the distinct belief it arrives at, and its value up to there.
  let nodes: FixedBuffer<Int32>
  let cumulative: FixedBuffer<Number>
  let terms: NodeTerms
  /// By level, distinct belief that it begins with and joint action: where it leads, what is learned of
  /// the transition on the way, and what the step is worth. Levels that share beliefs share their edges.
  let edges: FixedBuffer<Int32>
  let edgeNovelty: FixedBuffer<Number>
  let edgeValues: FixedBuffer<Number>
  let merger: BeliefMerger
  /// Beliefs that are certain of what actions steer, where the model lets them stay so; and whether those of
  /// this evaluation are.
  let steered: SteeredBeliefs<Arithmetic>?
  @exclusivity(unchecked) package private(set) var isSteered = false
  /// Whether the prefixes of full length are the policies in their order.
  let leavesAreInOrder: Bool

  /// Memory to score policies in a space of beliefs.
  ///
  /// - Parameter mergesBeliefs: whether predicted beliefs with equal bits are evaluated once, which
  ///   changes no value.
  /// - Throws: ``InvalidInput`` where the settings ask for what the model cannot give, or for too much
  ///   memory.
  public init(
    _ space: BeliefSpace, _ settings: PlanningSettings,
    _ tables: PlanningTables<Arithmetic.Parameter>, _ policies: PolicySet,
    _ modelTables: ModelTables<Arithmetic.Parameter>, _ dynamics: BeliefDynamics<Arithmetic>,
    mergesBeliefs: Bool = true
  ) throws(InvalidInput) {
    self.space = space
    self.tables = tables
    self.policies = policies
    self.dynamics = dynamics
    nodeDynamics = BeliefDynamics(space)
    try settings.check(space)
    inductive = settings.inductive.map { InductivePreference(space, $0, modelTables) }
    habit = ConditionalHabit(tables, dynamics)
    evaluator = try NodeEvaluation(space, settings, tables, nodeDynamics)
    actionCount = policies.actions.count
    factorActions = UnsafePointer(policies.factorActions.base)
    factorCount = space.compiled.factors.count
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    carriesRootAlone = Number.laneCount == 1
    sharesLevels =
      mergesBeliefs && tables.preferenceRows == 1 && !space.hasWideFactors
      && policies.levelsCanShare
    var levels: [Level] = []
    var prefixes = 0
    var blockCount = 0
    var edgeCount = 0
    let widest = (policies.levels.map(\.count).max() ?? 1) + perBlock - 1
    for (index, level) in policies.levels.enumerated() {
      let isShared = sharesLevels && index > 0
      levels.append(
        Level(
          count: level.count, parent: UnsafePointer(level.parent.base),
          action: UnsafePointer(level.action.base), offset: prefixes,
          edge: isShared ? actionCount : edgeCount, block: sharesLevels ? 0 : blockCount,
          buffer: sharesLevels ? 0 : index % 2 * (widest / perBlock)))
      let sources = index == 0 ? 1 : blocksOf(policies.levels[index - 1].count) * perBlock
      edgeCount += sources * actionCount
      prefixes += level.count
      blockCount += blocksOf(level.count)
    }
    func blocksOf(_ nodes: Int) -> Int { (nodes + perBlock - 1) / perBlock }
    self.levels = FixedBuffer(levels)
    root = BeliefBuffer(space)
    first = BeliefBuffer(space)
    candidate = BeliefBuffer(space)
    candidateActions = FixedBuffer(repeating: -1, count: factorCount)
    buffers = (0..<(sharesLevels ? blockCount : 2 * (widest / perBlock))).map { _ in
      BeliefBuffer(space)
    }
    blocks = FixedBuffer(buffers.map(\.belief))
    filled = (0..<factorCount).map {
      MarkSet(bound: space.isWide.base[$0] ? space.compiled.factors.base[$0].states : 0)
    }
    values = FixedBuffer(zeros: policies.count)
    nodes = FixedBuffer(repeating: 0, count: prefixes)
    cumulative = FixedBuffer(zeros: prefixes)
    terms = NodeTerms(blocks: blockCount)
    edges = FixedBuffer(repeating: -1, count: edgeCount)
    edgeNovelty = FixedBuffer(zeros: tables.hasTransitionNovelty ? edgeCount : 0)
    edgeValues = FixedBuffer(zeros: edgeCount)
    merger = BeliefMerger(
      space, nodesPerBlock: perBlock, capacity: sharesLevels ? blockCount * perBlock : widest,
      isEnabled: mergesBeliefs)
    if mergesBeliefs, evaluator.canValueSteered,
      let factors = SteeredFactors(space, policies, modelTables, tables)
    {
      steered = SteeredBeliefs(
        factors, policies, dynamics, nodes: blocks.count * perBlock, levels: levels.count,
        keepsLevels: sharesLevels)
    } else {
      steered = nil
    }
    let leaves = policies.leaves
    leavesAreInOrder =
      leaves.count == levels.last?.count
      && (0..<leaves.count).allSatisfy { Int(leaves.base[$0]) == $0 }
  }

  /// Scores all policies from a belief; joint beliefs are rolled out as they are, marginals as their
  /// product.
  ///
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  /// - Complexity: O(distinct prefixes x (states x next states + states x outcomes)); where beliefs are
  ///   certain of what is steered O(distinct prefixes x states of the rest x outcomes).
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == SharedLaneArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func evaluate(
    _ belief: Belief<Number>, tables model: ModelTables<Arithmetic.Parameter>
  ) throws(PlanningFailure) {
    if levels.count == 0 {
      // Without controls there is one empty policy, worth nothing.
      values.base[0] = .zero
      return
    }
    inductive?.begin(dynamics.marginals(of: belief))
    merger.begin()
    isSteered = steered?.begin(belief) ?? false
    if sharesLevels {
      try evaluateGraph(belief, model)
    } else {
      try evaluateByLevel(belief, model)
    }
    if !leavesAreInOrder {
      let last = cumulative.base + levels.base[levels.count - 1].offset
      for policy in 0..<values.count {
        values.base[policy] = last[Int(policies.leaves.base[policy])]
      }
    }
  }

  /// Finds the distinct beliefs of all levels, values them together, and adds up along the prefixes.
  private func evaluateGraph(
    _ belief: Belief<Number>, _ model: ModelTables<Arithmetic.Parameter>
  ) throws(PlanningFailure) {
    let nodes = UnsafePointer(blocks.base)
    var count = extendRoot(belief, model)
    // The nodes whose edges have been followed.
    var followed = 0
    for index in 1..<levels.count {
      let end = extend(
        levels.base[index], index, nodes, followed..<count, model, nodes, first: count)
      followed = count
      count = end
    }
    try value(levels.base[0], 0, nodes: count, model)
    weighEdges(levels.base[0], sources: 1)
    if levels.count > 1 { weighEdges(levels.base[1], sources: followed) }
    for index in 0..<levels.count { accumulate(levels.base[index], index) }
  }

  /// Finds and values the distinct beliefs of one level after the other.
  private func evaluateByLevel(
    _ belief: Belief<Number>, _ model: ModelTables<Arithmetic.Parameter>
  ) throws(PlanningFailure) {
    var sources = 1
    for index in 0..<levels.count {
      let level = levels.base[index]
      let count =
        index == 0
        ? extendRoot(belief, model)
        : extend(
          level, index, UnsafePointer(blocks.base + levels.base[index - 1].buffer), 0..<sources,
          model, UnsafePointer(blocks.base + level.buffer), first: 0)
      try value(level, index, nodes: count, model)
      weighEdges(level, sources: sources)
      accumulate(level, index)
      sources = count
    }
  }

  /// Carries the belief that all policies begin with forward by every action.
  private func extendRoot(
    _ belief: Belief<Number>, _ model: ModelTables<Arithmetic.Parameter>
  ) -> Int {
    let target = UnsafePointer(blocks.base)
    // Where it is certain of what is steered, nothing of it is carried forward as a block.
    let block = isSteered ? root.belief : rootBlock(belief)
    if carriesRootAlone && !space.hasWideFactors && !isSteered {
      return extend(root: belief, block: block, model, target)
    }
    return withUnsafePointer(to: block) {
      extend(
        levels.base[0], 0, $0, 0..<1, root: carriesRootAlone ? belief : nil, model, target, first: 0
      )
    }
  }

  /// Values the first nodes of a level.
  private func value(
    _ level: Level, _ index: Int, nodes count: Int, _ model: ModelTables<Arithmetic.Parameter>
  ) throws(PlanningFailure) {
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    var block = 0
    let likelihoods = UnsafePointer(model.likelihoodColumns.base)
    while block * perBlock < count {
      let nodes = Number.laneCount == 1 ? min(perBlock, count - block * perBlock) : 8
      if let steered, isSteered {
        evaluator.evaluate(
          steered, first: (level.buffer + block) * perBlock, nodes: nodes, planningStep: index,
          likelihoods, into: terms, at: level.block + block)
      } else {
        try evaluator.evaluate(
          blocks.base[level.buffer + block], nodes: nodes, planningStep: index, likelihoods,
          inductive: inductive, into: terms, at: level.block + block)
      }
      block += 1
    }
  }

  /// The belief that policies begin with as a block of nodes.
  private func rootBlock(_ belief: Belief<Number>) -> Belief<Lanes> {
    if Number.laneCount > 1 {
      return Belief(
        UnsafeMutableRawPointer(belief.base).assumingMemoryBound(to: Lanes.self),
        supports: belief.supports)
    }
    let block = root.belief
    // One node alone is carried forward as it is.
    if carriesRootAlone && edgeNovelty.count == 0 { return block }
    guard let supports = belief.supports, let mine = block.supports else {
      for state in 0..<space.size { block.base[state] = Arithmetic.spread(belief.base[state]) }
      return block
    }
    for factor in 0..<factorCount {
      let plan = space.compiled.factors.base[factor]
      let source = belief.base + plan.stateOffset
      let target = block.base + plan.stateOffset
      guard space.isWide.base[factor] else {
        for state in 0..<plan.states { target[state] = Arithmetic.spread(source[state]) }
        continue
      }
      mine[factor].clear(target)
      for index in 0..<supports[factor].count {
        let state = Int(supports[factor].states[index])
        target[state] = Arithmetic.spread(source[state])
        mine[factor].states[index] = Int32(state)
      }
      mine[factor].count = supports[factor].count
    }
    return block
  }

  // MARK: - Posterior and changes

  /// Finds the habit at a belief, where it depends on states: what the posterior is taken with.
  public func readHabit(at belief: Belief<Number>) { habit?.read(belief) }

  /// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`.
  ///
  /// A policy whose prior probability is zero has posterior zero. Where E depends on states it is that of
  /// the belief that ``readHabit(at:)`` was last told.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == SharedLaneArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func fillPosterior(gamma: Double, into posterior: UnsafeMutablePointer<Number>) {
    weigh(gamma, posterior)
  }

  /// Apart, so that what is specialised above asks nothing about types before it knows them.
  @inline(never)
  private func weigh(_ gamma: Double, _ posterior: UnsafeMutablePointer<Number>) {
    if let habit {
      let logs = habit.logs.base
      fillPolicyPosterior(
        values.base, count: values.count, logHabit: { logs[$0] },
        hasImpossiblePolicies: habit.hasImpossiblePolicies, gamma: gamma, into: posterior)
      return
    }
    let logs = tables.logHabit.base
    fillPolicyPosterior(
      values.base, count: values.count, logHabit: { Arithmetic.widened(logs[$0]) },
      hasImpossiblePolicies: tables.hasImpossiblePolicies, gamma: gamma, into: posterior)
  }

  /// Follows transitions that have changed.
  public func refreshTransitions(_ model: ModelTables<Arithmetic.Parameter>) {
    inductive?.refresh(model)
  }
}

extension Support {
  /// Makes a factor's numbers zero again.
  mutating func clear<Number: StepNumber>(_ numbers: UnsafeMutablePointer<Number>) {
    for index in 0..<count { numbers[Int(states[index])] = .zero }
    count = 0
  }
}
