import GenerativeModel
import Inference
import Kernels

/// The negative expected free energy of being in each joint state of some factors for certain, under a
/// belief about the others.
final class ContextualReward {
  private let space: BeliefSpace
  private let states: JointStates
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let block: BeliefBuffer<Lanes>
  private let terms = NodeTerms(blocks: 1)
  /// The belief about the others: of their joint states, or their marginals one after the other.
  private let context: FixedBuffer<Double>
  private let known: FixedBuffer<Double>
  @exclusivity(unchecked) private var knows = false

  init(
    _ space: BeliefSpace, _ states: JointStates, _ settings: PlanningSettings,
    _ planning: PlanningTables<Double>
  ) throws(InvalidInput) {
    self.space = space
    self.states = states
    evaluator = try NodeEvaluation(space, settings, planning, BeliefDynamics(space))
    block = BeliefBuffer(space)
    let sizes = states.others.map { space.compiled.factors.base[$0].states }
    let count = space.isJoint ? states.otherOffsets.count : sizes.reduce(0, +)
    context = FixedBuffer(zeros: count)
    known = FixedBuffer(zeros: count)
  }

  /// Has everything found again, for tables have changed.
  func forget() { knows = false }

  /// Writes what each joint state is worth, in nats.
  ///
  /// - Returns: whether that may differ from what was written last; where not, nothing is written.
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  /// - Complexity: O(joint states of the factors x what evaluating a belief takes).
  func fill(
    _ belief: Belief<Double>, _ tables: ModelTables<Double>,
    utility: UnsafeMutablePointer<Double>, information: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) -> Bool {
    read(belief)
    if knows && (0..<context.count).allSatisfy({ context.base[$0] == known.base[$0] }) {
      return false
    }
    knows = false
    writeContext()
    let lanes = Lanes.laneCount
    var first = 0
    while first < states.count {
      let count = min(lanes, states.count - first)
      write(first, count)
      try evaluator.evaluate(
        block.belief, nodes: count, planningStep: 0,
        UnsafePointer(tables.likelihoodColumns.base), inductive: nil, into: terms, at: 0)
      for lane in 0..<count {
        utility[first + lane] = terms.utility.base[0][lane]
        information[first + lane] = terms.stateInformationGain.base[0][lane]
      }
      first += count
    }
    known.base.update(from: context.base, count: context.count)
    knows = true
    return true
  }

  /// Takes up the belief about the other factors.
  private func read(_ belief: Belief<Double>) {
    if space.isJoint {
      for other in 0..<context.count {
        var weight = 0.0
        for state in 0..<states.count {
          weight += belief.base[states.offsets.base[state] + states.otherOffsets.base[other]]
        }
        context.base[other] = weight
      }
      return
    }
    var place = 0
    for factor in states.others {
      let plan = space.compiled.factors.base[factor]
      (context.base + place).update(from: belief.base + plan.stateOffset, count: plan.states)
      place += plan.states
    }
  }

  // MARK: - Beliefs

  /// Writes the beliefs in which so many joint states from the first on are certain, one a lane; lanes
  /// that are left over have the last.
  private func write(_ first: Int, _ count: Int) {
    if space.isJoint {
      writeJoint(first, count)
    } else {
      writeMarginals(first, count)
    }
  }

  private func writeJoint(_ first: Int, _ count: Int) {
    let belief = block.base
    for state in 0..<space.size { belief[state] = .zero }
    for lane in 0..<Lanes.laneCount {
      let offset = states.offsets.base[first + min(lane, count - 1)]
      for other in 0..<context.count {
        belief[offset + states.otherOffsets.base[other]][lane] = context.base[other]
      }
    }
  }

  private func writeMarginals(_ first: Int, _ count: Int) {
    let belief = block.belief
    for factor in states.factors {
      let plan = space.compiled.factors.base[factor]
      let marginal = belief.base + plan.stateOffset
      if space.isWide.base[factor], let supports = belief.supports {
        supports[factor].clear(marginal)
      } else {
        for state in 0..<plan.states { marginal[state] = .zero }
      }
    }
    for lane in 0..<Lanes.laneCount {
      var rest = first + min(lane, count - 1)
      for factor in states.factors.reversed() {
        let plan = space.compiled.factors.base[factor]
        let state = rest % plan.states
        rest /= plan.states
        belief.base[plan.stateOffset + state][lane] = 1
        if space.isWide.base[factor], let supports = belief.supports {
          supports[factor].insert(Int32(state))
        }
      }
    }
  }

  /// Writes the belief about the other factors, which all joint states have in common.
  private func writeContext() {
    if space.isJoint { return }
    let belief = block.belief
    var place = 0
    for factor in states.others {
      let plan = space.compiled.factors.base[factor]
      let marginal = belief.base + plan.stateOffset
      let isWide = space.isWide.base[factor]
      if isWide, let supports = belief.supports { supports[factor].clear(marginal) }
      for state in 0..<plan.states {
        let weight = context.base[place + state]
        marginal[state] = Lanes(repeating: weight)
        if isWide && weight != 0, let supports = belief.supports {
          supports[factor].states[supports[factor].count] = Int32(state)
          supports[factor].count += 1
        }
      }
      place += plan.states
    }
  }
}

extension Support {
  /// Takes up a state in its order, unless it is there.
  fileprivate mutating func insert(_ state: Int32) {
    var place = count
    while place > 0 && states[place - 1] > state { place -= 1 }
    if place > 0 && states[place - 1] == state { return }
    var last = count
    while last > place {
      states[last] = states[last - 1]
      last -= 1
    }
    states[place] = state
    count += 1
  }
}
