import GenerativeModel
import Inference
import Kernels

/// The joint states of some factors, and how a belief over all factors sees them.
///
/// The other factors are the context.
final class JointStates {
  private let space: BeliefSpace
  let factors: [Int]
  /// The factors that are not among them.
  let others: [Int]
  let count: Int
  /// By joint state of the factors, and of the others: the part of the number of the joint state of all.
  /// Empty where beliefs are not joint.
  let offsets: FixedBuffer<Int>
  let otherOffsets: FixedBuffer<Int>
  /// The joint states that a belief leaves possible, ascending, with their probabilities.
  private(set) var support: FixedBuffer<Int32>
  private(set) var weights: FixedBuffer<Double>
  @exclusivity(unchecked) private(set) var supportCount = 0

  init(_ space: BeliefSpace, _ factors: [Int]) {
    self.space = space
    self.factors = factors
    let model = space.compiled.model
    others = model.factors.indices.filter { !factors.contains($0) }
    count = factors.reduce(1) { $0 * model.factors[$1].size }
    let sizes = model.factors.map(\.size)
    offsets = FixedBuffer(space.isJoint ? JointStates.offsets(of: factors, sizes) : [])
    otherOffsets = FixedBuffer(space.isJoint ? JointStates.offsets(of: others, sizes) : [])
    support = FixedBuffer(zeros: count)
    weights = FixedBuffer(zeros: count)
  }

  /// For each joint state of some factors its part in the number of the joint state of all.
  private static func offsets(of factors: [Int], _ sizes: [Int]) -> [Int] {
    var offsets = [0]
    for factor in factors {
      let stride = sizes[(factor + 1)...].reduce(1, *)
      offsets = offsets.flatMap { offset in (0..<sizes[factor]).map { offset + $0 * stride } }
    }
    return offsets
  }

  /// Finds the joint states that a belief leaves possible.
  func read(_ belief: Belief<Double>) {
    supportCount = 0
    if space.isJoint {
      for state in 0..<count {
        var weight = 0.0
        for other in 0..<otherOffsets.count {
          weight += belief.base[offsets.base[state] + otherOffsets.base[other]]
        }
        if weight > 0 { add(state, weight) }
      }
      return
    }
    add(0, 1)
    for factor in factors { extend(by: factor, belief) }
  }

  private func add(_ state: Int, _ weight: Double) {
    support.base[supportCount] = Int32(state)
    weights.base[supportCount] = weight
    supportCount += 1
  }

  /// Multiplies the joint states so far by the states of one more factor, in place.
  private func extend(by factor: Int, _ belief: Belief<Double>) {
    let plan = space.compiled.factors.base[factor]
    let marginal = belief.base + plan.stateOffset
    // A wide factor's states are listed.
    let listed = space.isWide.base[factor] ? belief.supports?[factor] : nil
    let length = listed?.count ?? plan.states
    var possible = 0
    for index in 0..<length where marginal[listed.map { Int($0.states[index]) } ?? index] > 0 {
      possible += 1
    }
    var end = supportCount * possible
    supportCount = end
    // From the end, so that what is read has not been written over.
    var before = possible == 0 ? 0 : end / possible
    while before > 0 {
      before -= 1
      let (state, weight) = (Int(support.base[before]), weights.base[before])
      for index in (0..<length).reversed() {
        let own = listed.map { Int($0.states[index]) } ?? index
        if !(marginal[own] > 0) { continue }
        end -= 1
        support.base[end] = Int32(state * plan.states + own)
        weights.base[end] = weight * marginal[own]
      }
    }
  }
}
