import GenerativeModel
import Kernels

extension PredictedJoint {
  /// The parts of every objective under a biased joint.
  ///
  /// - Parameter outcomes: whether all modalities make one joint outcome, or each one by itself is summed
  ///   up, which counts twice what two of them tell alike.
  /// - Throws: ``InvalidInput`` where the preferences do not fit or are not finite, states are preferred
  ///   and modalities are to be taken singly, or there are more than 2^20 joint outcomes.
  /// - Complexity: O(outcomes x states), of joint outcomes where they are taken jointly.
  public func terms(
    _ biased: BiasedJoint, over outcomes: PlanningSettings.InformationGain = .joint
  ) throws(InvalidInput) -> ObjectiveTerms {
    try check(biased, outcomes)
    switch biased {
    case .statePreference(let preferences):
      return statePreferenceTerms(logSoftmax(preferences))
    case .exactPosterior(let preferences), .stateIndependent(let preferences):
      let groups =
        outcomes == .joint ? [Array(likelihoods.indices)] : likelihoods.indices.map { [$0] }
      var terms = ObjectiveTerms(
        surprisal: surprisal(preferences.map(logSoftmax)), ambiguity: ambiguity,
        outcomeEntropy: 0, posteriorDivergence: 0)
      for group in groups {
        forEachOutcome(of: group) { terms.outcomeEntropy += entropyPart(expected($0)) }
      }
      if case .stateIndependent = biased { terms.posteriorDivergence = terms.informationGain }
      return terms
    }
  }

  /// -E_q(o)[ln p~(o)], where p~(o) is a product over modalities.
  private func surprisal(_ logPreferences: [[Double]]) -> Double {
    var sum = 0.0
    for (table, preferences) in zip(likelihoods, logPreferences) {
      for (row, preference) in zip(table, preferences) { sum -= expected(row) * preference }
    }
    return sum
  }

  /// sum_m E_q(s) H[P(o_m | s)], which is that of the joint outcome.
  private var ambiguity: Double {
    likelihoods.joined().reduce(0) { $0 + expected($1.map(entropyPart)) }
  }

  private func statePreferenceTerms(_ logPreferences: [Double]) -> ObjectiveTerms {
    var terms = ObjectiveTerms(
      surprisal: 0, ambiguity: ambiguity, outcomeEntropy: 0, posteriorDivergence: 0)
    terms.stateDivergence = zip(states, logPreferences).reduce(0) { sum, state in
      sum - entropyPart(state.0) - state.0 * state.1
    }
    forEachOutcome(of: Array(likelihoods.indices)) { given in
      let predicted = expected(given)
      if predicted == 0 { return }
      // ln p~(o, s) by state, and ln p~(o).
      let logJoint = zip(given, logPreferences).map { VectorMath.log($0) + $1 }
      let logPreferred = logSumExp(logJoint, count: logJoint.count)
      terms.outcomeEntropy += entropyPart(predicted)
      terms.surprisal -= predicted * logPreferred
      for state in states.indices where states[state] * given[state] > 0 {
        let joint = states[state] * given[state]
        terms.posteriorDivergence +=
          joint * (VectorMath.log(joint / predicted) - (logJoint[state] - logPreferred))
      }
    }
    return terms
  }

  // MARK: - Sums

  /// The expectation of a function of the state.
  private func expected(_ values: [Double]) -> Double {
    zip(states, values).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Calls `body` with P(o | s) by state for each joint outcome of some modalities.
  private func forEachOutcome(of modalities: [Int], _ body: ([Double]) -> Void) {
    func descend(_ depth: Int, _ given: [Double]) {
      if depth == modalities.count { return body(given) }
      for row in likelihoods[modalities[depth]] {
        let next = zip(given, row).map { $0 * $1 }
        if next.contains(where: { $0 > 0 }) { descend(depth + 1, next) }
      }
    }
    descend(0, [Double](repeating: 1, count: states.count))
  }

  private func check(
    _ biased: BiasedJoint, _ outcomes: PlanningSettings.InformationGain
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    func check(_ values: [Double], _ place: String, _ count: Int) {
      if values.count == count && values.allSatisfy(\.isFinite) { return }
      faults.append(
        Fault(place, "is not \(count) finite numbers", remedy: "give log preferences in nats"))
    }
    switch biased {
    case .statePreference(let preferences):
      check(preferences, "logPreferences", states.count)
      if outcomes == .perModality {
        faults.append(
          Fault(
            "outcomes", "where states are preferred there is one joint of all modalities",
            remedy: "take them jointly"))
      }
    case .exactPosterior(let preferences), .stateIndependent(let preferences):
      if preferences.count != likelihoods.count {
        faults.append(
          Fault(
            "logPreferences", "has \(preferences.count) entries for \(likelihoods.count) modalities"
          ))
      }
      for (modality, values) in preferences.prefix(likelihoods.count).enumerated() {
        check(values, "logPreferences[\(modality)]", likelihoods[modality].count)
      }
    }
    let limit = PredictedJoint.largestOutcomeCount
    if outcomes == .joint && (product(likelihoods.map(\.count)) ?? .max) > limit {
      faults.append(
        Fault(
          "likelihoods", "have more than \(limit) joint outcomes",
          remedy: "take each modality by itself"))
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
  }
}

/// -p ln p in nats; 0 where p is 0.
func entropyPart(_ p: Double) -> Double { p > 0 ? -p * VectorMath.log(p) : 0 }

/// The logarithms of softmax(x).
func logSoftmax(_ x: [Double]) -> [Double] {
  let normaliser = logSumExp(x, count: x.count)
  return x.map { $0 - normaliser }
}
