import GenerativeModel
import Inference
import Kernels

/// Beliefs by blocks of eight, as planners carry them forward: where an action leads, and what it is worth
/// to arrive there.
///
/// It is the arithmetic of ``ExpectedFreeEnergy``, so that a step is worth the same bits in a search as
/// where all policies are gone through.
final class BeliefBlocks {
  static let nodesPerBlock = Lanes.laneCount

  let space: BeliefSpace
  /// The number of joint actions.
  let actionCount: Int
  /// Whether taking an action is worth something by itself: counts of transitions are explored.
  let hasTransitionNovelty: Bool
  private let policies: PolicySet
  private let tables: ModelTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let nodeDynamics: BeliefDynamics<SharedLaneArithmetic>
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let inductive: InductivePreference<SingleArithmetic>?
  private let factorActions: UnsafePointer<Int>
  private let terms = NodeTerms(blocks: 1)
  private let source: BeliefBuffer<Lanes>
  private let block: BeliefBuffer<Lanes>
  private let prediction: BeliefBuffer<Double>

  init(_ context: PlannerContext) throws(InvalidInput) {
    space = context.space
    policies = context.policies
    tables = context.tables
    actionCount = policies.actions.count
    hasTransitionNovelty = context.planning.hasTransitionNovelty
    dynamics = BeliefDynamics(space)
    nodeDynamics = BeliefDynamics(space)
    try context.settings.check(space)
    evaluator = try NodeEvaluation(space, context.settings, context.planning, nodeDynamics)
    inductive = context.settings.inductive.map {
      InductivePreference(context.space, $0, context.tables)
    }
    factorActions = UnsafePointer(policies.factorActions.base)
    source = BeliefBuffer(space)
    block = BeliefBuffer(space)
    prediction = BeliefBuffer(space)
  }

  /// Follows transitions that have changed.
  func refresh() { inductive?.refresh(tables) }

  /// Anchors what is preferred on the way to goals to the belief of the step.
  func begin(_ belief: Belief<Double>) { inductive?.begin(dynamics.marginals(of: belief)) }

  /// Memory of a block.
  func makeBlock() -> BeliefBuffer<Lanes> { BeliefBuffer(space) }

  /// Puts one belief in all lanes of a block.
  func fill(_ block: BeliefBuffer<Lanes>, with belief: Belief<Double>) {
    for state in 0..<space.size { block.base[state] = Lanes(repeating: belief.base[state]) }
    finish(block)
  }

  /// Lists what wide factors need to know of a block whose numbers have been written.
  func finish(_ block: BeliefBuffer<Lanes>) { nodeDynamics.noteSupports(block.belief) }

  /// Where a joint action of every factor leads from the beliefs of a block.
  ///
  /// - Returns: what taking it teaches of the transitions, in nats.
  func advance(
    _ block: BeliefBuffer<Lanes>, action: Int, into next: BeliefBuffer<Lanes>
  ) -> Lanes {
    let joint = self.joint(action)
    nodeDynamics.predict(block.belief, action: joint, tables, into: next.belief)
    guard hasTransitionNovelty else { return .zero }
    return evaluator.transitionNovelty(block.belief, action: joint, next: next.belief)
  }

  /// The joint action's own action of each factor.
  func joint(_ action: Int) -> UnsafePointer<Int> {
    factorActions + action * space.compiled.factors.count
  }

  /// What it is worth to arrive at the first beliefs of a block in a planning step, in nats.
  func value(
    _ block: BeliefBuffer<Lanes>, nodes: Int, planningStep: Int
  ) throws(PlanningFailure) -> Lanes {
    try evaluator.evaluate(
      block.belief, nodes: nodes, planningStep: planningStep,
      UnsafePointer(tables.likelihoodColumns.base), inductive: inductive, into: terms, at: 0)
    return terms.total.base[0]
  }

  /// The parts of what was valued last.
  func lastTerms(lane: Int) -> ExpectedFreeEnergyTerms { terms.terms(block: 0, lane: lane) }

  /// Where every joint action leads from a belief, and the parts of what its step is worth.
  ///
  /// - Parameters:
  ///   - predictions: the beliefs, one after the other.
  ///   - steps: one an action.
  func weigh(
    _ belief: Belief<Double>, planningStep: Int, into predictions: UnsafeMutablePointer<Double>,
    _ steps: UnsafeMutablePointer<ExpectedFreeEnergyTerms>
  ) throws(PlanningFailure) {
    let lanes = Lanes.laneCount
    if hasTransitionNovelty { fill(source, with: belief) }
    for first in stride(from: 0, to: actionCount, by: lanes) {
      let count = min(lanes, actionCount - first)
      for lane in 0..<count {
        dynamics.predict(belief, action: joint(first + lane), tables, into: prediction.belief)
        let target = numbers(block.base) + lane
        for state in 0..<space.size { target[state * lanes] = prediction.base[state] }
        (predictions + (first + lane) * space.size).update(
          from: prediction.base, count: space.size)
      }
      finish(block)
      _ = try value(block, nodes: count, planningStep: planningStep)
      for lane in 0..<count {
        var parts = lastTerms(lane: lane)
        if hasTransitionNovelty {
          parts.parameterInformationGain +=
            evaluator.transitionNovelty(
              source.belief, action: joint(first + lane), next: block.belief)[lane]
        }
        steps[first + lane] = parts
      }
    }
  }

  /// The parts of the value of a sequence of joint actions from a belief.
  func terms(
    of sequence: [Int], from belief: Belief<Double>
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
    var (block, next) = (makeBlock(), makeBlock())
    fill(block, with: belief)
    var sum = ExpectedFreeEnergyTerms()
    for (step, action) in sequence.enumerated() {
      let novelty = advance(block, action: action, into: next)
      _ = try value(next, nodes: 1, planningStep: step)
      sum += lastTerms(lane: 0)
      sum.parameterInformationGain += novelty[0]
      swap(&block, &next)
    }
    return sum
  }
}

/// Distinct beliefs that a search has come to after some number of steps, and what each is worth to arrive
/// at. Beliefs are the same where their bits are.
struct BeliefLayer {
  private let blocks: BeliefBlocks
  private(set) var buffers: [BeliefBuffer<Lanes>] = []
  /// By belief, in nats.
  private(set) var values: [Double] = []
  private(set) var count = 0
  /// Where the beliefs are found by their bits: numbers, -1 where there is none; and their hashes.
  private var slots = [Int32](repeating: -1, count: 64)
  private var hashes: [UInt64] = []

  init(_ blocks: BeliefBlocks) { self.blocks = blocks }

  /// A layer of one belief.
  init(_ blocks: BeliefBlocks, root: Belief<Double>) {
    self.blocks = blocks
    let block = blocks.makeBlock()
    blocks.fill(block, with: root)
    buffers = [block]
    values = [0]
    count = 1
  }

  /// The number of the belief in a lane of a block, which is taken up where it is new.
  mutating func insert(_ candidate: BeliefBuffer<Lanes>, lane: Int) -> Int {
    let source = numbers(candidate.base) + lane
    let size = candidate.count
    var hash: UInt64 = 0
    for state in 0..<size {
      hash = (hash << 7 | hash >> 57) ^ source[state * Lanes.laneCount].bitPattern
    }
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, isEqual(source, known, size) { return known }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(count)
    hashes.append(hash)
    append(source, size)
    if 2 * count > slots.count { grow() }
    return count - 1
  }

  private func place(_ node: Int) -> UnsafeMutablePointer<Double> {
    numbers(buffers[node / Lanes.laneCount].base) + node % Lanes.laneCount
  }

  private func isEqual(_ source: UnsafePointer<Double>, _ node: Int, _ size: Int) -> Bool {
    let known = place(node)
    for state in 0..<size {
      let offset = state * Lanes.laneCount
      if source[offset].bitPattern != known[offset].bitPattern { return false }
    }
    return true
  }

  private mutating func append(_ source: UnsafePointer<Double>, _ size: Int) {
    if count % Lanes.laneCount == 0 { buffers.append(blocks.makeBlock()) }
    let target = place(count)
    for state in 0..<size {
      target[state * Lanes.laneCount] = source[state * Lanes.laneCount]
    }
    count += 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 4 * slots.count)
    for (node, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(node)
    }
  }

  /// Values all beliefs as those that are arrived at in a planning step.
  mutating func evaluate(planningStep: Int) throws(PlanningFailure) {
    values = []
    values.reserveCapacity(count)
    for (number, block) in buffers.enumerated() {
      blocks.finish(block)
      let nodes = min(Lanes.laneCount, count - number * Lanes.laneCount)
      let lanes = try blocks.value(block, nodes: nodes, planningStep: planningStep)
      for lane in 0..<nodes { values.append(lanes[lane]) }
    }
  }
}
