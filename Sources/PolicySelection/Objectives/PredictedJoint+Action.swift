import GenerativeModel
import Inference

extension PredictedJoint {
  /// What a model predicts of the step after its first, by joint action, the last control varying fastest.
  ///
  /// First states (D) go through the transitions (B) under each action, exactly and jointly.
  ///
  /// - Throws: ``InvalidInput`` where the model has more joint states or transitions than can be gone
  ///   through.
  /// - Complexity: O(actions x joint states x next states).
  public static func firstSteps(
    of model: GenerativeModel
  ) throws(InvalidInput) -> [(action: [Int], predicted: PredictedJoint)] {
    let laidOut = try model.laidOut()
    let dynamics = try JointTransition(laidOut.compiled, laidOut.tables)
    var first = [1.0]
    for (factor, distribution) in zip(model.factors, model.initialStates) {
      let own =
        distribution ?? [Double](repeating: 1 / Double(factor.size), count: factor.size)
      first = first.flatMap { weight in own.map { weight * $0 } }
    }
    var steps: [(action: [Int], predicted: PredictedJoint)] = []
    for (action, controls) in dynamics.actions.enumerated() {
      var next = [Double](repeating: 0, count: dynamics.stateCount)
      for state in first.indices where first[state] > 0 {
        for cell in dynamics.cells(action: action, state: state) {
          next[Int(dynamics.nextStates[cell])] += first[state] * dynamics.probabilities[cell]
        }
      }
      steps.append((controls, try PredictedJoint(model, beliefs: [next])))
    }
    return steps
  }
}
