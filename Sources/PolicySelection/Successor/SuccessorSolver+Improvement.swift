import GenerativeModel
import Kernels

extension SuccessorSolver {
  /// Improves on a random walk until no action is better: from the values of the policy the greedy policy,
  /// from that its values, and so on. The last policy is followed from then on.
  ///
  /// An action takes another's place only where it is better by more than the values may be wrong, and of
  /// those that are as good the lowest index does: so each policy is better than the one before, there is a
  /// last one, and rounding has no say in which.
  ///
  /// - Parameters:
  ///   - isAllowed: which actions may be taken, one at least.
  ///   - values: those of the last policy.
  ///   - choice: the last policy.
  /// - Returns: a bound on the error of any value.
  func improve(
    _ reward: UnsafePointer<Double>, isAllowed: FixedBuffer<Bool>,
    into values: UnsafeMutablePointer<Double>, choice: UnsafeMutablePointer<Int32>
  ) -> Double {
    for state in 0..<chain.count {
      values[state] = 0
      choice[state] = -1
    }
    follow { action, _ in isAllowed.base[action] ? 1 : 0 }
    var error = solve(reward, into: values)
    while improve(choice, isAllowed, values, tolerance: 2 * error) {
      follow { action, state in Int(choice[state]) == action ? 1 : 0 }
      error = solve(reward, into: values)
    }
    return error
  }

  /// Makes a policy greedy.
  ///
  /// - Parameter tolerance: by how much two values that are the same may differ.
  /// - Returns: whether it was not.
  private func improve(
    _ choice: UnsafeMutablePointer<Int32>, _ isAllowed: FixedBuffer<Bool>,
    _ values: UnsafePointer<Double>, tolerance: Double
  ) -> Bool {
    let transition = transition
    var hasChanged = false
    for state in 0..<chain.count {
      var best = -Double.infinity
      for action in 0..<isAllowed.count where isAllowed.base[action] {
        best = max(best, transition.expectation(of: values, after: state, action: action))
      }
      if choice[state] >= 0 {
        let present = transition.expectation(
          of: values, after: state, action: Int(choice[state]))
        if best <= present + 2 * tolerance { continue }
      }
      for action in 0..<isAllowed.count where isAllowed.base[action] {
        let value = transition.expectation(of: values, after: state, action: action)
        if value < best - tolerance { continue }
        choice[state] = Int32(action)
        break
      }
      hasChanged = true
    }
    return hasChanged
  }
}
