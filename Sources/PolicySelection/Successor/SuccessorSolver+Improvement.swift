import GenerativeModel
import Kernels

extension SuccessorSolver {
  /// Improves on a random walk until no action is better: from the values of the policy the greedy policy,
  /// from that its values, and so on. The last policy is followed from then on.
  ///
  /// An action takes another's place only where it is better by more than the values may be wrong, so that
  /// each policy is better than the one before and there is a last one. In the end the lowest index of
  /// those that are as good does, so that rounding has no say in which.
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
    while improve(choice, isAllowed, values, tolerance: 2 * error, onlyWhereBetter: true) {
      follow { action, state in Int(choice[state]) == action ? 1 : 0 }
      error = solve(reward, into: values)
    }
    if improve(choice, isAllowed, values, tolerance: 2 * error, onlyWhereBetter: false) {
      follow { action, state in Int(choice[state]) == action ? 1 : 0 }
      error = solve(reward, into: values)
    }
    return error
  }

  /// Makes a policy greedy: the lowest index of the best actions in each state.
  ///
  /// - Parameters:
  ///   - tolerance: by how much two values that are the same may differ.
  ///   - onlyWhereBetter: whether a choice stays that is as good as the best.
  /// - Returns: whether a choice is another.
  private func improve(
    _ choice: UnsafeMutablePointer<Int32>, _ isAllowed: FixedBuffer<Bool>,
    _ values: UnsafePointer<Double>, tolerance: Double, onlyWhereBetter: Bool
  ) -> Bool {
    let transition = transition
    var hasChanged = false
    for state in 0..<chain.count {
      func value(_ action: Int) -> Double {
        transition.expectation(of: values, after: state, action: action)
      }
      var best = -Double.infinity
      for action in 0..<isAllowed.count where isAllowed.base[action] {
        best = max(best, value(action))
      }
      let present = Int(choice[state])
      if onlyWhereBetter && present >= 0 && best <= value(present) + 2 * tolerance { continue }
      for action in 0..<isAllowed.count
      where isAllowed.base[action] && value(action) >= best - tolerance {
        hasChanged = hasChanged || action != present
        choice[state] = Int32(action)
        break
      }
    }
    return hasChanged
  }
}
