import ActiveInference
import EngineTestSupport

/// What an oracle holds at one step; the names are those of a trace. What it does not say is nil.
package struct ReferenceStep {
  /// `[joint state]`.
  package var joint: [Double]?
  package var beliefs: [[Double]] = []
  /// The first step of the window, and what is believed of each of its steps.
  package var windowStart: Int?
  package var smoothedBeliefs: [[[Double]]]?
  package var freeEnergy: Double?
  /// `[policy]`, as are the terms and the posterior.
  package var negativeExpectedFreeEnergy: [Double] = []
  package var terms: [String: [Double]]?
  package var policyPosterior: [Double] = []
  package var actionMarginals: [[Double]] = []
  package var choice: [Int]?
  /// By policy, and precision by update, where states are inferred by policy.
  package var policyFreeEnergy: [Double]?
  package var precisionUpdates: [Double]?
  /// `[policy][time][factor][state]`; empty where a policy has been dropped.
  package var policyBeliefs: [[[[Double]]]]?
  /// By policy, what an agent that goes on with its plan would do, `[step][control]`.
  package var sequences: [[[Int]]] = []
  /// Whether two sequences of actions are too close for rounding not to decide which is better.
  package var isTied = false
  /// How probable it is to come to what a search left out.
  package var prunedMass: Double?
  /// How often a plan was refined, where one is.
  package var sweeps: Int?
  /// The modalities whose observation was impossible, by name.
  package var impossible: [String] = []
}

extension Differences {
  /// Notes where a step of an agent differs from an oracle's.
  package mutating func compare(_ got: StepRecord, _ expected: ReferenceStep, _ place: String) {
    compare(got.beliefs ?? [], expected.beliefs, "\(place), beliefs")
    if let smoothed = expected.smoothedBeliefs {
      for (time, beliefs) in smoothed.enumerated() {
        let found = got.smoothed?.beliefs ?? []
        compare(
          found.indices.contains(time) ? found[time] : [], beliefs,
          "\(place), smoothedBeliefs[\(time)]")
      }
      compare(
        [got.smoothed?.windowStart ?? -1, got.smoothed?.beliefs.count ?? 0],
        [expected.windowStart ?? 0, smoothed.count], "\(place), windowStart and length")
    }
    if let energy = expected.freeEnergy {
      compare(got.freeEnergy ?? .nan, energy, "\(place), freeEnergy")
    }
    compare(
      got.negativeExpectedFreeEnergy ?? [], expected.negativeExpectedFreeEnergy,
      "\(place), negativeExpectedFreeEnergy")
    for (term, values) in expected.terms?.sorted(by: { $0.key < $1.key }) ?? [] {
      compare(got.terms?.named[term] ?? [], values, "\(place), terms.\(term)")
    }
    compare(got.policyPosterior ?? [], expected.policyPosterior, "\(place), policyPosterior")
    compare(got.actionMarginals ?? [], expected.actionMarginals, "\(place), actionMarginals")
    if let energies = expected.policyFreeEnergy {
      compare(got.policyFreeEnergy ?? [], energies, "\(place), policyFreeEnergy")
    }
    if let beliefs = expected.policyBeliefs {
      let found = got.iterates?.policyBeliefs?.last ?? []
      compare([found.count], [beliefs.count], "\(place), policies with beliefs")
      for (policy, times) in zip(found, beliefs).enumerated() where !times.1.isEmpty {
        compare([times.0.count], [times.1.count], "\(place), times of policy \(policy)")
        for (time, pair) in zip(times.0, times.1).enumerated() {
          compare(pair.0, pair.1, "\(place), policy \(policy), time \(time)")
        }
      }
    }
    if let updates = expected.precisionUpdates {
      // A precision that is given is one number, which SPM writes as often as it would have updated it.
      let given = got.precisionUpdates?.count == 1 && updates.allSatisfy { $0 == updates[0] }
      compare(
        got.precisionUpdates ?? [], given ? [updates[0]] : updates, "\(place), precisionUpdates")
      compare(got.precision ?? .nan, updates.last ?? .nan, "\(place), precision")
    }
    if let mass = expected.prunedMass {
      compare(got.search?.prunedMass ?? .nan, mass, "\(place), search.prunedMass")
    }
    if let sweeps = expected.sweeps {
      compare([got.search?.sweeps ?? -1], [sweeps], "\(place), search.sweeps")
    }
    if let choice = expected.choice { compare(got.choice ?? [], choice, "\(place), choice") }
  }
}

extension PolicyTerms {
  /// The terms by their names in a trace.
  package var named: [String: [Double]] {
    [
      "utility": utility, "stateInformationGain": stateInformationGain,
      "parameterInformationGain": parameterInformationGain, "inductive": inductive,
    ]
  }
}

extension GenerativeModel.Concentration {
  /// Every table that has counts, `A[reward]`.
  package func named(_ model: GenerativeModel) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (index, modality) in model.modalities.enumerated() {
      result["A[\(modality.name)]"] = likelihood[index]
      result["C[\(modality.name)]"] = preference[index]
    }
    for (index, factor) in model.factors.enumerated() {
      result["B[\(factor.name)]"] = transition[index]
      result["D[\(factor.name)]"] = initialState[index].map { Tensor(shape: [factor.size], $0) }
    }
    result["E"] = habit.map { Tensor(shape: [$0.count], $0) }
    return result
  }
}
