import Inference
import Kernels

/// What a belief predicts of one modality.
package struct PredictedOutcomes {
  /// q(o_m).
  package var probabilities: [Double]
  /// E_q(s) H[P(o_m | s)] in nats.
  package var ambiguity = 0.0

  /// - Parameters:
  ///   - likelihood: by joint state of the modality's scope.
  ///   - floor: what a probability is raised to before its logarithm is taken.
  package init(
    _ likelihood: RunTable<Double>, _ states: ScopeDistribution<Double>, floor: Double
  ) {
    probabilities = Array(repeating: 0, count: likelihood.length)
    for index in 0..<states.count where states.weights[index] != 0 {
      let (weight, column) = (states.weights[index], states.column(index))
      var entropy = 0.0
      for cell in likelihood.cells(of: column) {
        let p = likelihood.cells[cell]
        probabilities[likelihood.place(cell, in: column)] += weight * p
        entropy -= p * VectorMath.log(max(p, floor))
      }
      ambiguity += weight * entropy
    }
  }

  /// I(o_m; s) = H[q(o_m)] - E_q(s) H[P(o_m | s)] in nats.
  package func informationGain(floor: Double) -> Double {
    entropy(probabilities, floor: floor) - ambiguity
  }
}

/// H[p] in nats; 0 ln 0 is 0.
///
/// - Parameter floor: what a probability is raised to before its logarithm is taken.
func entropy(_ p: [Double], floor: Double = .leastNormalMagnitude) -> Double {
  p.reduce(0) { $0 - $1 * VectorMath.log(max($1, floor)) }
}
