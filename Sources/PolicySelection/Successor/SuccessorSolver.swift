import GenerativeModel
import Kernels

/// Solves V = r + discount P V and its adjoint for the chain of one policy after another.
///
/// A small chain is factorised once a policy, and then every solution is two triangles. A large one is
/// swept (Gauss-Seidel, forwards and backwards in turn), in an order that depends on nothing.
final class SuccessorSolver {
  /// The most states of a chain that is factorised unasked.
  static let automaticOrder = 1024
  /// The most states of a chain that can be factorised.
  static let largestOrder = 8192

  /// The dynamics; replaced where they are learned.
  private(set) var transition: JointTransition
  let discount: Double
  let chain: PolicyChain
  private let triangles: FactorizedMatrix?
  /// Whether the chain is factorised.
  var isFactorized: Bool { triangles != nil }

  init(_ transition: JointTransition, discount: Double, isFactorized: Bool) {
    self.transition = transition
    self.discount = discount
    chain = PolicyChain(transition)
    triangles = isFactorized ? FactorizedMatrix(order: transition.stateCount) : nil
  }

  /// Takes over other numbers of the same dynamics, in which nothing is possible that was not.
  func replace(_ transition: JointTransition) { self.transition = transition }

  /// Follows a policy from now on: `weight(action, state)` in proportion to P(action | state).
  @inline(__always)
  func follow(_ weight: (_ action: Int, _ state: Int) -> Double) {
    chain.follow(transition, weight)
    if let triangles {
      SuccessorSolver.fill(triangles, chain, discount)
      // Strictly dominant in its rows, so it has an inverse.
      _ = triangles.factorize()
    }
  }

  /// Writes I - discount P.
  private static func fill(_ matrix: FactorizedMatrix, _ chain: PolicyChain, _ discount: Double) {
    let order = chain.count
    for cell in 0..<order * order { matrix.cells.base[cell] = 0 }
    for state in 0..<order {
      matrix.cells.base[state * order + state] = 1
      for cell in chain.starts.base[state]..<chain.starts.base[state + 1] {
        matrix.cells.base[Int(chain.states.base[cell]) * order + state] -=
          discount * chain.weights.base[cell]
      }
    }
  }

  // MARK: - Values

  /// Solves V = r + discount P V.
  ///
  /// - Parameter values: where sweeps begin, and what was found.
  /// - Returns: a bound on the error of any value.
  func solve(
    _ reward: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) -> Double {
    if let triangles {
      values.update(from: reward, count: chain.count)
      triangles.solve(values)
    } else {
      sweep(reward, values)
    }
    var largest = 0.0
    for state in 0..<chain.count { largest = max(largest, values[state].magnitude) }
    let rounding = largest * Double(chain.longestRow + 4) * Double.ulpOfOne
    return (residual(reward, values) + rounding) / (1 - discount)
  }

  /// The largest difference between a value and what it is to be.
  func residual(_ reward: UnsafePointer<Double>, _ values: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    for state in 0..<chain.count {
      let wanted = reward[state] + discount * chain.expectation(of: values, after: state)
      largest = max(largest, (wanted - values[state]).magnitude)
    }
    return largest
  }

  /// Sweeps until the residual is at most 1e-12 of the largest reward and 5e-11, or rounding is all that is
  /// left.
  private func sweep(
    _ reward: UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>
  ) {
    var scale = 0.0
    for state in 0..<chain.count { scale = max(scale, reward[state].magnitude) }
    let rounding = Double(chain.longestRow + 4) * Double.ulpOfOne / (1 - discount)
    let tolerance = max(min(1e-12 * scale, 5e-11), rounding * scale)
    // A sweep takes the error down to `discount` of it at most.
    var isForward = true
    for _ in 0..<SuccessorSolver.terms(discount) {
      // What a state has not seen of its neighbours is at most what these have changed by.
      let change = sweep(reward, values, isForward: isForward)
      if discount * change <= tolerance { return }
      isForward.toggle()
    }
  }

  /// - Returns: the largest change.
  private func sweep(
    _ reward: UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>, isForward: Bool
  ) -> Double {
    var largest = 0.0
    for index in 0..<chain.count {
      let state = isForward ? index : chain.count - 1 - index
      var sum = 0.0
      var own = 0.0
      for cell in chain.starts.base[state]..<chain.starts.base[state + 1] {
        let next = Int(chain.states.base[cell])
        let weight = chain.weights.base[cell]
        if next == state { own = weight } else { sum += weight * values[next] }
      }
      let value = (reward[state] + discount * sum) / (1 - discount * own)
      largest = max(largest, (value - values[state]).magnitude)
      values[state] = value
    }
    return largest
  }

  /// The powers of a discount that matter beside 1: what follows is less than 1e-16 of all.
  static func terms(_ discount: Double) -> Int {
    discount == 0 ? 1 : 2 + Int(-37 / VectorMath.log(discount))
  }

  // MARK: - Occupancy

  /// Solves occupancy = belief + discount transposed(P) occupancy.
  func occupancy(_ belief: [Double]) -> [Double] {
    guard let triangles else { return series(belief, discount: discount) }
    var result = belief
    result.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { triangles.solve(base, transposed: true) }
    }
    return result
  }

  /// The sum of discount^k transposed(P)^k belief.
  ///
  /// - Complexity: O(cells x steps until discount^k is below 1e-16).
  func series(_ belief: [Double], discount: Double) -> [Double] {
    var term = belief
    var sum = belief
    for _ in 0..<SuccessorSolver.terms(discount) {
      var next = [Double](repeating: 0, count: term.count)
      for state in term.indices where term[state] != 0 {
        let weight = discount * term[state]
        for cell in chain.starts.base[state]..<chain.starts.base[state + 1] {
          next[Int(chain.states.base[cell])] += weight * chain.weights.base[cell]
        }
      }
      for state in sum.indices { sum[state] += next[state] }
      term = next
    }
    return sum
  }

  /// The inverse of transposed(I - discount P), column after column.
  func inverse() -> FixedBuffer<Double> {
    let order = chain.count
    var made = triangles
    if made == nil {
      let matrix = FactorizedMatrix(order: order)
      SuccessorSolver.fill(matrix, chain, discount)
      _ = matrix.factorize()
      made = matrix
    }
    let result = FixedBuffer<Double>(zeros: order * order)
    for state in 0..<order { result.base[state * order + state] = 1 }
    made?.solve(result.base, count: order, transposed: true)
    return result
  }
}
