/// The joint actions of a model's controls, numbered with the last control varying fastest.
final class JointActions {
  /// Every joint action, so that an answer is never made anew; empty where there are too many.
  let actions: [[Int]]
  private let sizes: [Int]

  init(_ sizes: [Int]) {
    self.sizes = sizes
    actions = (product(sizes) ?? .max) <= 1 << 16 ? combinations(sizes) : []
  }

  /// Whether all joint actions are listed.
  var isComplete: Bool { !actions.isEmpty }

  /// The number of a joint action.
  func index(_ action: UnsafePointer<Int>) -> Int {
    var index = 0
    for control in 0..<sizes.count { index = index * sizes[control] + action[control] }
    return index
  }

  /// The joint action as an answer.
  func answer(_ action: UnsafePointer<Int>) -> [Int] {
    isComplete
      ? actions[index(action)] : Array(UnsafeBufferPointer(start: action, count: sizes.count))
  }

  /// Writes a joint action, one entry a control.
  func write(_ index: Int, into action: UnsafeMutablePointer<Int>) {
    for control in 0..<sizes.count { action[control] = actions[index][control] }
  }

  /// Whether there is one entry a control, each in range.
  func contains(_ action: [Int]) -> Bool {
    guard action.count == sizes.count else { return false }
    for control in action.indices where action[control] < 0 || action[control] >= sizes[control] {
      return false
    }
    return true
  }
}
