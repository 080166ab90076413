import GenerativeModel
import Inference
import Kernels

/// What is predicted of states and outcomes together: q(o, s) = q(s) prod_m P(o_m | s).
///
/// ```swift
/// let sensor = [[0.9, 0.2], [0.1, 0.8]]
/// let predicted = try PredictedJoint(states: [0.5, 0.5], likelihoods: [sensor])
/// let terms = try predicted.terms(.exactPosterior(logPreferences: [[0, 2]]))
/// terms.value(of: .expectedFreeEnergy)
/// ```
public struct PredictedJoint: Hashable, Sendable {
  /// q(s).
  public let states: [Double]
  /// P(o_m | s) as `[modality][outcome][state]`.
  public let likelihoods: [[[Double]]]

  /// The most joint outcomes that are gone through.
  public static let largestOutcomeCount = 1 << 20

  /// The prediction of a belief about states.
  ///
  /// - Parameters:
  ///   - states: q(s), which sums to 1.
  ///   - likelihoods: `[modality][outcome][state]`; over the outcomes of a modality they sum to 1.
  /// - Throws: ``InvalidInput`` where something is no distribution or has another number of states.
  public init(states: [Double], likelihoods: [[[Double]]]) throws(InvalidInput) {
    var faults: [Fault] = []
    if !isDistribution(states) {
      faults.append(
        Fault("states", "is not a distribution", remedy: "probabilities from 0 that sum to 1"))
    }
    for (modality, table) in likelihoods.enumerated() {
      let place = "likelihoods[\(modality)]"
      if table.contains(where: { $0.count != states.count }) {
        faults.append(
          Fault(place, "a row has not \(states.count) entries", remedy: "one for each state"))
        continue
      }
      for state in states.indices
      where !isDistribution(table.map { $0[state] }) {
        faults.append(
          Fault(
            "\(place), state \(state)", "is not a distribution over outcomes",
            remedy: "probabilities from 0 that sum to 1"))
      }
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
    self.states = states
    self.likelihoods = likelihoods
  }

  /// The prediction of a model's likelihoods from a belief about each of its factors, or about its joint
  /// states where there is one run alone that is as long; the last factor varies fastest.
  ///
  /// - Parameter beliefs: `[factor][state]`, or `[[joint state]]`.
  /// - Throws: ``InvalidInput`` where they are not beliefs of the model, or it has more than 2^20 joint
  ///   states.
  public init(_ model: GenerativeModel, beliefs: [[Double]]) throws(InvalidInput) {
    let sizes = model.factors.map(\.size)
    guard let count = product(sizes), count <= PredictedJoint.largestOutcomeCount else {
      throw InvalidInput(
        source: model.name,
        [Fault("factors", "have more than \(PredictedJoint.largestOutcomeCount) joint states")])
    }
    var states = [1.0]
    if beliefs.map(\.count) == [count] {
      states = beliefs[0]
    } else if beliefs.map(\.count) == sizes {
      for belief in beliefs { states = states.flatMap { weight in belief.map { weight * $0 } } }
    } else {
      throw InvalidInput(
        source: model.name,
        [
          Fault(
            "beliefs", "have \(beliefs.map(\.count)) states", remedy: "give \(sizes), one a factor")
        ])
    }
    let likelihoods = model.likelihoods.map { table in
      let columns = projection(of: table.given, in: Array(sizes.indices), sizes: sizes)
      let width = table.given.reduce(1) { $0 * sizes[$1] }
      let values = table.probability.values
      return (0..<table.probability.shape[0]).map { outcome in
        (0..<count).map { values[outcome * width + Int(columns.base[$0])] }
      }
    }
    try self.init(states: states, likelihoods: likelihoods)
  }
}
