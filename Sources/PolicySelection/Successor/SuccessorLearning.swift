import GenerativeModel
import Kernels

/// Learns a successor map from steps, without a model of the dynamics (temporal differences).
///
///     M[., s] += rate (e_s + discount M[., s'] - M[., s])   for a step from s to s'
///
/// Under a rate that falls suitably it comes to the map of whatever policy makes the steps.
public struct SuccessorLearning: Sendable {
  /// The weight of the next step beside this one.
  public let discount: Double
  /// How many states there are.
  public let stateCount: Int
  /// `[from][to]`: the columns of M one after the other.
  private var columns: [Double]

  /// The most states.
  public static let largestCount = 8192

  /// A map that knows nothing: from each state only the state itself is visited.
  ///
  /// - Throws: ``InvalidInput`` where there are more states than ``largestCount`` or none, or the discount is
  ///   out of range.
  public init(stateCount: Int, discount: Double) throws(InvalidInput) {
    var faults: [Fault] = []
    if !(1...SuccessorLearning.largestCount).contains(stateCount) {
      faults.append(
        Fault(
          "states", "\(stateCount) of them",
          remedy: "give 1 or more, at most \(SuccessorLearning.largestCount)"))
    }
    if !(0...SuccessorMap.largestDiscount).contains(discount) {
      faults.append(
        Fault(
          "discount", "is \(discount)",
          remedy: "give 0 or more, at most \(SuccessorMap.largestDiscount)"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
    self.stateCount = stateCount
    self.discount = discount
    columns = [Double](repeating: 0, count: stateCount * stateCount)
    for state in 0..<stateCount { columns[state * stateCount + state] = 1 }
  }

  /// Learns from a step.
  ///
  /// - Parameters:
  ///   - rate: 0 to 1.
  /// - Throws: ``InvalidInput`` where there is no such state, or the rate is out of range.
  /// - Complexity: O(states).
  public mutating func learn(
    from state: Int, to next: Int, rate: Double
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    for (place, state) in [("from", state), ("to", next)] where !(0..<stateCount).contains(state) {
      faults.append(Fault(place, "there is no state \(state)", remedy: "0 to \(stateCount - 1)"))
    }
    if !(0...1).contains(rate) {
      faults.append(Fault("rate", "is \(rate)", remedy: "give 0 or more, at most 1"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
    let from = state * stateCount
    let to = next * stateCount
    for visited in 0..<stateCount {
      let target = (visited == state ? 1 : 0) + discount * columns[to + visited]
      columns[from + visited] += rate * (target - columns[from + visited])
    }
  }

  /// The visits to a state from another, `M[to, from]`.
  public subscript(to state: Int, from origin: Int) -> Double {
    columns[origin * stateCount + state]
  }

  /// The values of a reward as far as the map is known, transposed(M) r.
  ///
  /// - Throws: ``InvalidInput`` where the reward has another length.
  public func values(for reward: [Double]) throws(InvalidInput) -> [Double] {
    guard reward.count == stateCount else {
      throw InvalidInput(
        source: "",
        [
          Fault(
            "reward", "has \(reward.count) numbers for \(stateCount) states",
            remedy: "give one a state")
        ])
    }
    return (0..<stateCount).map { state in
      reward.indices.reduce(0) { $0 + columns[state * stateCount + $1] * reward[$1] }
    }
  }
}
