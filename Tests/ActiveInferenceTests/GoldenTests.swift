import ActiveInference
import EngineTestSupport
import Testing

/// What pymdp computed, fixture by fixture, to 1e-9.
@Suite("Golden data") struct GoldenTests {
  @Test(
    "the agent agrees with inferactively-pymdp 1.0.4",
    arguments: try GoldenFile.names(in: "pymdp-1.0.4").filter { !$0.hasSuffix("/window") })
  func pymdp1(file: String) throws { try check(file) }

  @Test(
    "the agent agrees with inferactively-pymdp 0.0.7.1",
    arguments: try GoldenFile.names(in: "pymdp-0.0.7.1"))
  func pymdp007(file: String) throws { try check(file) }

  private func check(_ file: String) throws {
    let golden = try GoldenFile(file)
    var differences = Differences(tolerance: 1e-9)
    for golden in golden.cases { try golden.compare(&differences) }
    #expect(differences.isEmpty, "\(file)\n\(differences)")
    #expect(!golden.cases.isEmpty)
  }
}

extension GoldenCase {
  /// Replays the case and notes where the agent differs.
  func compare(_ differences: inout Differences) throws {
    let agent = try ActiveInferenceAgent(model, configuration)
    let replayed = try agent.replay(record)
    if replayed.count != steps.count {
      differences.note("\(name): expected \(steps.count) steps, got \(replayed.count)")
    }
    for (got, expected) in zip(replayed, steps) { compare(got, expected, &differences) }
    let learned = agent.concentration.named(model)
    for (table, counts) in counts.sorted(by: { $0.key < $1.key }) {
      differences.compare(
        learned[table]?.values ?? [], counts.values, "\(name), final counts \(table)")
    }
    if learned.count != counts.count {
      differences.note("\(name): expected \(counts.count) tables of counts, got \(learned.count)")
    }
  }

  private func compare(_ got: StepRecord, _ expected: Step, _ differences: inout Differences) {
    let place = "\(name), step \(got.t)"
    differences.compare(got.beliefs ?? [], expected.beliefs, "\(place), beliefs")
    differences.compare(got.freeEnergy ?? .nan, expected.freeEnergy, "\(place), freeEnergy")
    differences.compare(
      got.negativeExpectedFreeEnergy ?? [], expected.negativeExpectedFreeEnergy,
      "\(place), negativeExpectedFreeEnergy")
    for (term, values) in expected.terms?.sorted(by: { $0.key < $1.key }) ?? [] {
      differences.compare(got.terms?.named[term] ?? [], values, "\(place), terms.\(term)")
    }
    differences.compare(
      got.policyPosterior ?? [], expected.policyPosterior, "\(place), policyPosterior")
    differences.compare(
      got.actionMarginals ?? [], expected.actionMarginals, "\(place), actionMarginals")
    if let choice = expected.choice {
      differences.compare(got.choice ?? [], choice, "\(place), choice")
    }
  }
}

extension PolicyTerms {
  /// The terms by their names in a trace.
  var named: [String: [Double]] {
    [
      "utility": utility, "stateInformationGain": stateInformationGain,
      "parameterInformationGain": parameterInformationGain, "inductive": inductive,
    ]
  }
}

extension GenerativeModel.Concentration {
  /// Every table that has counts, `A[reward]`.
  func named(_ model: GenerativeModel) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (index, modality) in model.modalities.enumerated() {
      result["A[\(modality.name)]"] = likelihood[index]
      result["C[\(modality.name)]"] = preference[index]
    }
    for (index, factor) in model.factors.enumerated() {
      result["B[\(factor.name)]"] = transition[index]
      result["D[\(factor.name)]"] = initialState[index].map { Tensor(shape: [factor.size], $0) }
    }
    return result
  }
}
