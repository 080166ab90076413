import GenerativeModel
import Kernels

/// Where a policy leads: the discounted visits to every joint state from every other (Dayan 1993,
/// https://doi.org/10.1162/neco.1993.5.4.613; Millidge & Buckley 2022, https://arxiv.org/abs/2207.09897).
///
///     M = (I - discount P)^-1 = sum over k of discount^k P^k,   P = sum over u of P(s' | s, u) P(u | s)
///
/// In columns: `M[s', s]` are the visits to s' that begin in s, so values are transposed(M) r and
/// occupancies M b. What is worth something may change without M being made again: values are linear in r.
///
/// ```swift
/// let map = try SuccessorMap(JointTransition(model), discount: 0.95)
/// let values = try map.values(for: StateRewards(model).utility)
/// ```
///
/// A map is immutable and may be shared. Of up to 1,024 joint states it is kept factorised, so that
/// values and occupancies are two triangles, O(states^2); of more it is swept for each of them,
/// O(transitions that are not zero x 37 / (1 - discount)) at most.
public final class SuccessorMap: @unchecked Sendable {
  // Unchecked: nothing is written after initialisation.

  /// How systems with I - discount P are solved.
  public enum Solver: Hashable, Sendable {
    /// Factorised up to 1,024 joint states.
    case automatic
    /// Factorised once; up to 8,192 joint states, 512 MiB.
    case factorized
    /// Gauss-Seidel sweeps until no value differs by more than 1e-12 of the largest reward, nor by more than
    /// 5e-11, from what it is to be, rounding aside.
    case iterative
  }

  /// The dynamics.
  public let transition: JointTransition
  /// The weight of the next step beside this one; below 1, and never divided by anything.
  public let discount: Double
  /// The base policy.
  public let policy: StatePolicy
  /// Whether a factorisation is kept.
  public let isFactorized: Bool
  private let solver: SuccessorSolver

  /// The largest discount.
  public static let largestDiscount = 0.999999

  /// The map of a policy.
  ///
  /// - Parameters:
  ///   - policy: what is done in each state; nil for every joint action alike.
  ///   - discount: 0 to ``largestDiscount``.
  /// - Throws: ``InvalidInput`` where the discount is out of range, the policy is none over these states
  ///   and actions, or there are more states than can be factorised.
  /// - Complexity: O(transitions that are not zero), and O(states^3) where it is factorised.
  public convenience init(
    _ transition: JointTransition, policy: StatePolicy? = nil, discount: Double,
    solver: Solver = .automatic
  ) throws(InvalidInput) {
    let policy = policy ?? .uniform(over: transition)
    try policy.check(transition)
    let made = try SuccessorMap.solver(transition, discount, solver)
    made.follow { policy.weight(of: $0, in: $1) }
    self.init(made, policy)
  }

  private init(_ solver: SuccessorSolver, _ policy: StatePolicy) {
    self.solver = solver
    self.policy = policy
    transition = solver.transition
    discount = solver.discount
    isFactorized = solver.isFactorized
  }

  private static func solver(
    _ transition: JointTransition, _ discount: Double, _ solver: Solver
  ) throws(InvalidInput) -> SuccessorSolver {
    var faults: [Fault] = []
    if !(0...largestDiscount).contains(discount) {
      faults.append(
        Fault("discount", "is \(discount)", remedy: "give 0 or more, at most \(largestDiscount)"))
    }
    let states = transition.stateCount
    if solver == .factorized && states > SuccessorSolver.largestOrder {
      faults.append(
        Fault(
          "solver", "\(states) joint states are too many to be factorised",
          remedy: "use iterative, or at most \(SuccessorSolver.largestOrder)"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
    let isFactorized =
      solver == .factorized || solver == .automatic && states <= SuccessorSolver.automaticOrder
    return SuccessorSolver(transition, discount: discount, isFactorized: isFactorized)
  }

  // MARK: - Policy improvement

  /// The map of the policy that is best for a reward, by policy iteration: from the values of the uniform
  /// policy its greedy policy, from that its values, until no action is better.
  ///
  /// Its values are the optimal ones, V = r + discount max over u of E[V]. Of actions that are equally good,
  /// to within what values may be wrong, the one with the lowest index is chosen.
  ///
  /// - Throws: ``InvalidInput`` as ``init(_:policy:discount:solver:)``, and where the reward has another
  ///   length than there are joint states or is not finite.
  public static func improved(
    _ transition: JointTransition, for reward: [Double], discount: Double,
    solver: Solver = .automatic
  ) throws(InvalidInput) -> SuccessorMap {
    let made = try SuccessorMap.solver(transition, discount, solver)
    try check(reward, "reward", transition.stateCount)
    let values = FixedBuffer<Double>(zeros: reward.count)
    let choice = FixedBuffer<Int32>(zeros: reward.count)
    let allowed = FixedBuffer(repeating: true, count: transition.actions.count)
    withExtendedLifetime((values, choice)) {
      reward.withUnsafeBufferPointer { reward in
        guard let reward = reward.baseAddress else { return }
        _ = made.improve(reward, isAllowed: allowed, into: values.base, choice: choice.base)
      }
    }
    return SuccessorMap(made, .chosen(choice.array(0..<choice.count).map { Int($0) }))
  }

  // MARK: - Queries

  /// The values of a reward: V = transposed(M) r, which is V = r + discount P V.
  ///
  /// - Parameter reward: for being in each joint state, in any unit.
  /// - Throws: ``InvalidInput`` where it has another length, or is not finite.
  public func values(for reward: [Double]) throws(InvalidInput) -> [Double] {
    try SuccessorMap.check(reward, "reward", transition.stateCount)
    var values = [Double](repeating: 0, count: reward.count)
    values.withUnsafeMutableBufferPointer { values in
      reward.withUnsafeBufferPointer { reward in
        guard let values = values.baseAddress, let reward = reward.baseAddress else { return }
        _ = solver.solve(reward, into: values)
      }
    }
    return values
  }

  /// The largest difference between a value and r + discount E[next value].
  ///
  /// - Throws: ``InvalidInput`` where either has another length, or is not finite.
  public func residual(
    of values: [Double], for reward: [Double]
  ) throws(InvalidInput) -> Double {
    try SuccessorMap.check(reward, "reward", transition.stateCount)
    try SuccessorMap.check(values, "values", transition.stateCount)
    return values.withUnsafeBufferPointer { values in
      reward.withUnsafeBufferPointer { reward in
        guard let values = values.baseAddress, let reward = reward.baseAddress else { return 0 }
        return solver.residual(reward, values)
      }
    }
  }

  /// The discounted visits to each state from a belief, M b: the sum of the beliefs that a filter without
  /// evidence would have at each step to come, each times discount^step.
  ///
  /// - Throws: ``InvalidInput`` where the belief has another length, or is not finite.
  public func occupancy(from belief: [Double]) throws(InvalidInput) -> [Double] {
    try SuccessorMap.check(belief, "belief", transition.stateCount)
    return solver.occupancy(belief)
  }

  /// Personalised PageRank: where a walker is in the long run who goes on by the policy and with probability
  /// `restart` begins again at the seed.
  ///
  ///     rho = restart seed + (1 - restart) P rho,   which is (1 - discount) M seed at restart = 1 - discount
  ///
  /// - Parameter restart: above 0, at most 1; nil for 1 - discount, for which a factorisation that is kept
  ///   is used.
  /// - Throws: ``InvalidInput`` where the seed has another length or is not finite, or the restart is out
  ///   of range.
  public func pageRank(
    seed: [Double], restart: Double? = nil
  ) throws(InvalidInput) -> [Double] {
    try SuccessorMap.check(seed, "seed", transition.stateCount)
    guard let restart else { return solver.occupancy(seed).map { (1 - discount) * $0 } }
    let least = 1 - SuccessorMap.largestDiscount
    guard restart >= least && restart <= 1 else {
      throw InvalidInput(
        source: "", [Fault("restart", "is \(restart)", remedy: "give 1 or less, at least \(least)")]
      )
    }
    return solver.series(seed, discount: 1 - restart).map { restart * $0 }
  }

  /// The whole map, `[to][from]`.
  ///
  /// - Throws: ``InvalidInput`` where there are more than 8,192 joint states.
  /// - Complexity: O(states^3).
  public func matrix() throws(InvalidInput) -> Tensor {
    let order = transition.stateCount
    guard order <= SuccessorSolver.largestOrder else {
      throw InvalidInput(
        source: "",
        [
          Fault(
            "matrix", "of \(order) joint states is too large",
            remedy: "ask for values or occupancies, which need no matrix")
        ])
    }
    let columns = solver.inverse()
    let cells = (0..<order * order).map { columns.base[$0 % order * order + $0 / order] }
    return Tensor(shape: [order, order], cells)
  }

  private static func check(
    _ numbers: [Double], _ place: String, _ count: Int
  ) throws(InvalidInput) {
    guard numbers.count == count else {
      throw InvalidInput(
        source: "",
        [
          Fault(
            place, "has \(numbers.count) numbers for \(count) joint states",
            remedy: "give one a joint state, the last factor varying fastest")
        ])
    }
    // Not so large that their sum over all steps is infinite.
    if let state = numbers.firstIndex(where: { !($0.magnitude <= 1e300) }) {
      throw InvalidInput(
        source: "",
        [Fault("\(place)[\(state)]", "is \(numbers[state])", remedy: "give at most 1e300")])
    }
  }
}
