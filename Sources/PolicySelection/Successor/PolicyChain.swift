import GenerativeModel
import Kernels

/// P(next joint state | joint state) under a policy, as what is not zero: a row a state.
///
/// Every row sums to 1 but for rounding, whatever the tables sum to within their tolerance.
final class PolicyChain {
  /// How many states there are.
  let count: Int
  let starts: FixedBuffer<Int>
  let states: FixedBuffer<Int32>
  let weights: FixedBuffer<Double>
  /// The most cells of a row under any policy.
  let longestRow: Int
  /// Where in the row that is being made a state is.
  private let slots: FixedBuffer<Int>

  /// Memory for any policy over these dynamics.
  init(_ transition: JointTransition) {
    count = transition.stateCount
    slots = FixedBuffer(repeating: -1, count: count)
    starts = FixedBuffer(zeros: count + 1)
    var cells = 0
    var longest = 0
    for state in 0..<count {
      let begin = cells
      for action in transition.actions.indices {
        for cell in transition.cells(action: action, state: state) {
          let next = Int(transition.nextStates[cell])
          if slots.base[next] >= begin { continue }
          slots.base[next] = cells
          cells += 1
        }
      }
      longest = max(longest, cells - begin)
    }
    longestRow = longest
    states = FixedBuffer(zeros: cells)
    weights = FixedBuffer(zeros: cells)
  }

  /// Follows a policy: `weight(action, state)` in proportion to P(action | state).
  @inline(__always)
  func follow(_ transition: JointTransition, _ weight: (_ action: Int, _ state: Int) -> Double) {
    for state in 0..<count { slots.base[state] = -1 }
    var end = 0
    for state in 0..<count {
      let begin = end
      starts.base[state] = begin
      var whole = 0.0
      for action in 0..<transition.actions.count { whole += weight(action, state) }
      for action in 0..<transition.actions.count {
        let weight = weight(action, state)
        if weight == 0 { continue }
        let cells = transition.cells(action: action, state: state)
        let share = weight / whole / transition.mass(of: cells)
        for cell in cells {
          let next = Int(transition.nextStates[cell])
          if slots.base[next] < begin {
            slots.base[next] = end
            states.base[end] = Int32(next)
            weights.base[end] = 0
            end += 1
          }
          weights.base[slots.base[next]] += share * transition.probabilities[cell]
        }
      }
    }
    starts.base[count] = end
  }

  /// The expectation of a value in the next state.
  @inline(__always)
  func expectation(of values: UnsafePointer<Double>, after state: Int) -> Double {
    var sum = 0.0
    for cell in starts.base[state]..<starts.base[state + 1] {
      sum += weights.base[cell] * values[Int(states.base[cell])]
    }
    return sum
  }
}

extension JointTransition {
  /// What a run of cells sums to, 1 within the tolerance of tables.
  @inline(__always)
  func mass(of cells: Range<Int>) -> Double {
    var sum = 0.0
    for cell in cells { sum += probabilities[cell] }
    return sum
  }

  /// The expectation of a value in the next state when an action is taken.
  @inline(__always)
  func expectation(
    of values: UnsafePointer<Double>, after state: Int, action: Int
  ) -> Double {
    let cells = cells(action: action, state: state)
    var sum = 0.0
    var mass = 0.0
    for cell in cells {
      sum += probabilities[cell] * values[Int(nextStates[cell])]
      mass += probabilities[cell]
    }
    return sum / mass
  }
}
