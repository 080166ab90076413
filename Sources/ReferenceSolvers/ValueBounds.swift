/// What is known of a number that is not known exactly: it lies between the two.
public struct ValueBounds: Hashable, Sendable {
  /// It is at least this.
  public var lower: Double
  /// It is at most this; infinity where nothing is proven.
  public var upper: Double

  /// What lies between two numbers.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// How far the two are apart.
  public var gap: Double { upper - lower }
  /// The number halfway, off by half the gap at most.
  public var middle: Double { lower + (upper - lower) / 2 }
}

/// What says of any belief about a process how much the best agent gains from there.
public protocol BeliefValueFunction: Sendable {
  /// The process that was solved.
  var process: DecisionProcess { get }
  /// What the best agent gains from a belief: P(state), one number a state.
  func value(of belief: [Double]) -> ValueBounds
}

extension BeliefValueFunction {
  /// What the best agent gains from P(first state), having seen the first outcome.
  ///
  /// - Complexity: O(first outcomes times states), and a value each.
  public var initialValue: ValueBounds {
    var bounds = ValueBounds(lower: 0, upper: 0)
    for (probability, belief) in process.firstBeliefs() {
      let value = value(of: belief)
      bounds.lower += probability * value.lower
      bounds.upper += probability * value.upper
    }
    return bounds
  }
}

extension DecisionProcess {
  /// The beliefs after the first outcome, with the probability of each.
  func firstBeliefs() -> [(probability: Double, belief: [Double])] {
    guard let outcomes else {
      return initialBelief.indices.filter { initialBelief[$0] > 0 }.map { state in
        var belief = [Double](repeating: 0, count: stateCount)
        belief[state] = 1
        return (initialBelief[state], belief)
      }
    }
    var weights: [Int: [(state: Int, weight: Double)]] = [:]
    for state in 0..<stateCount where initialBelief[state] > 0 {
      for outcome in outcomes[state] where outcome.probability > 0 {
        weights[outcome.index, default: []].append(
          (state, initialBelief[state] * outcome.probability))
      }
    }
    return weights.sorted { $0.key < $1.key }.map { _, weights in
      let probability = weights.reduce(0) { $0 + $1.weight }
      var belief = [Double](repeating: 0, count: stateCount)
      for (state, weight) in weights { belief[state] += weight / probability }
      return (probability, belief)
    }
  }
}
