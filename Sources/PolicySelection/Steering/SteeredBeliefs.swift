import GenerativeModel
import Inference
import Kernels

/// Predicted beliefs that are certain of the steered factors: each node of the graph of policies as the
/// state of those, and what all nodes of a level say of the rest.
///
/// In lanes a node is a state in each.
final class SteeredBeliefs<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  let factors: SteeredFactors
  /// By node and lane, the state of the steered factors; and that of the belief that policies begin with.
  let states: FixedBuffer<Int32>
  let root: FixedBuffer<Int32>
  /// By node, which of the weights are its own.
  let versions: FixedBuffer<Int32>
  /// What scopes have of the rest, version by version.
  let weights: FixedBuffer<Number>
  /// Whether the nodes of all levels are kept, and so are their weights.
  private let keepsLevels: Bool
  private let dynamics: BeliefDynamics<Arithmetic>
  private let firstActions: UnsafePointer<Int>
  /// The belief as the first action always leads it on: the rest is what it is on every way. Two in turn.
  private let path: (BeliefBuffer<Number>, BeliefBuffer<Number>)
  private let pathStates: FixedBuffer<Int32>
  private let rest: (FixedBuffer<Number>, FixedBuffer<Number>)
  @exclusivity(unchecked) private var last: Belief<Number>
  @exclusivity(unchecked) private var isEven = true
  /// Whether what is said of the rest stays as it is from here on.
  @exclusivity(unchecked) private var hasSettled = false
  @exclusivity(unchecked) private var version: Int32 = -1
  /// A node in the lower half, in the upper the mark of the table it was noted in: others are empty.
  private let slots: FixedBuffer<UInt64>
  @exclusivity(unchecked) private var mark: UInt32 = 0
  private let candidate: FixedBuffer<Int32>

  /// - Parameters:
  ///   - nodes: the most that are held.
  ///   - levels: those of the policies.
  init(
    _ factors: SteeredFactors, _ policies: PolicySet, _ dynamics: BeliefDynamics<Arithmetic>,
    nodes: Int, levels: Int, keepsLevels: Bool
  ) {
    self.factors = factors
    self.dynamics = dynamics
    self.keepsLevels = keepsLevels
    firstActions = UnsafePointer(policies.factorActions.base)
    let lanes = Number.laneCount
    states = FixedBuffer(zeros: nodes * lanes)
    root = FixedBuffer(zeros: lanes)
    pathStates = FixedBuffer(zeros: lanes)
    candidate = FixedBuffer(zeros: lanes)
    versions = FixedBuffer(zeros: nodes)
    weights = FixedBuffer(zeros: (keepsLevels ? levels : 1) * factors.weightCount)
    path = (BeliefBuffer(factors.space), BeliefBuffer(factors.space))
    last = path.0.belief
    rest = (FixedBuffer(zeros: factors.restSize), FixedBuffer(zeros: factors.restSize))
    var size = 4
    while size < 2 * nodes { size *= 2 }
    slots = FixedBuffer(zeros: size)
  }

  /// Begins with a belief, where it is certain of the steered factors in every lane.
  func begin(_ belief: Belief<Number>) -> Bool {
    for lane in 0..<Number.laneCount {
      guard let state = factors.state(of: belief, lane: lane) else { return false }
      root.base[lane] = Int32(state)
      pathStates.base[lane] = Int32(state)
    }
    last = belief
    isEven = true
    hasSettled = false
    version = -1
    copyRest(to: rest.1)
    return true
  }

  private func copyRest(to rest: FixedBuffer<Number>) {
    for lane in 0..<Number.laneCount {
      factors.copyRest(of: last, state: Int(pathStates.base[lane]), lane: lane, to: rest.base)
    }
  }

  /// Goes on to the next level.
  ///
  /// - Parameter keepsKnown: whether the beliefs of the levels before are to be found too.
  func advance(_ model: ModelTables<Arithmetic.Parameter>, keepsKnown: Bool) {
    let isNew = !hasSettled && carryRest(model)
    if keepsKnown && !isNew { return }
    if mark == .max {
      for slot in 0..<slots.count { slots.base[slot] = 0 }
      mark = 0
    }
    mark += 1
  }

  /// Finds what the next level says of the rest, and whether that is another than the last level said.
  private func carryRest(_ model: ModelTables<Arithmetic.Parameter>) -> Bool {
    let (target, next, before) =
      isEven ? (path.0, rest.0, rest.1) : (path.1, rest.1, rest.0)
    if factors.space.isJoint {
      dynamics.predict(last, action: firstActions, model, into: target.belief)
    } else {
      for factor in factors.rest {
        dynamics.predict(
          factor: factor, last, action: firstActions[factor], model, into: target.belief)
      }
    }
    last = target.belief
    isEven.toggle()
    for lane in 0..<Number.laneCount {
      pathStates.base[lane] =
        factors.next.base[
          Int(pathStates.base[lane]) * factors.actionCount]
    }
    copyRest(to: next)
    hasSettled = (0..<factors.restSize).allSatisfy {
      Number.isIdentical(next.base[$0], before.base[$0]).all
    }
    if hasSettled && version >= 0 { return false }
    version = keepsLevels ? version + 1 : 0
    factors.weigh(next.base, into: weights.base + Int(version) * factors.weightCount)
    return true
  }

  /// The node that an action leads to, from a node or the root; `next`, which is new, where none is known.
  ///
  /// - Parameters:
  ///   - from: the states of the node.
  ///   - first: the first of the nodes that are looked through.
  @inline(__always)
  func follow(
    _ action: Int, from: UnsafePointer<Int32>, first: Int, next: Int
  ) -> Int {
    let lanes = Number.laneCount
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash: UInt64 = 0
    for lane in 0..<lanes {
      let state = factors.next.base[Int(from[lane]) * factors.actionCount + action]
      candidate.base[lane] = state
      hash = (hash ^ UInt64(UInt32(bitPattern: state))) &* factor
    }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 40) & mask
    while true {
      let entry = slots.base[slot]
      guard UInt32(truncatingIfNeeded: entry >> 32) == mark else { break }
      let known = Int(UInt32(truncatingIfNeeded: entry))
      let states = self.states.base + (first + known) * lanes
      if (0..<lanes).allSatisfy({ states[$0] == candidate.base[$0] }) { return known }
      slot = (slot + 1) & mask
    }
    slots.base[slot] = UInt64(mark) << 32 | UInt64(UInt32(truncatingIfNeeded: next))
    let states = self.states.base + (first + next) * lanes
    for lane in 0..<lanes { states[lane] = candidate.base[lane] }
    versions.base[first + next] = version
    return next
  }
}
