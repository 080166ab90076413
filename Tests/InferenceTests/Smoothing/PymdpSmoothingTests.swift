import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// One factor, smoothed by pymdp 1.0.4; the script beside the fixture says how.
private struct PymdpCase: Decodable {
  let likelihoods: [[[Double]]]
  let transition: [[[Double]]]
  let first: [Double]
  let observations: [[Int]]
  let actions: [Int]
  let logEvidence: Double
  let smoothed: [[Double]]
  let pairs: [[[Double]]]

  enum CodingKeys: String, CodingKey {
    case likelihoods = "A"
    case transition = "B"
    case first = "D"
    case observations, actions, logEvidence, smoothed, pairs
  }

  func model() throws -> GenerativeModel {
    var description = ModelDescription()
    description.factors = [Variable("state", size: first.count)]
    description.controls = [Variable("action", size: transition[0][0].count)]
    for (index, table) in likelihoods.enumerated() {
      description.modalities.append(Variable("m\(index)", size: table.count))
      description.likelihoods.append(
        .init(
          "m\(index)", given: ["state"],
          Tensor(shape: [table.count, first.count], Array(table.joined()))))
    }
    description.transitions = [
      .init(
        "state", given: ["state"], controls: ["action"],
        Tensor(
          shape: [first.count, first.count, transition[0][0].count],
          transition.flatMap { $0.flatMap { $0 } }))
    ]
    description.initialStates = [.init("state", Tensor(shape: [first.count], first))]
    return try GenerativeModel(description)
  }
}

@Suite struct `Smoothing one factor` {
  @Test func `is what pymdp makes of it`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden/pymdp-1.0.4-smoothing/smoothing.json")
    let cases = try JSONDecoder().decode([PymdpCase].self, from: Data(contentsOf: file))
    var differences = Differences(tolerance: 1e-9)
    for (index, golden) in cases.enumerated() {
      let sequence = try Smoother(golden.model()).smooth(
        BehaviourRecord(
          observations: golden.observations.map { $0.map { .outcome($0) } },
          actions: golden.actions.map { [$0] }))
      differences.compare(
        try #require(sequence.logEvidence), golden.logEvidence, "\(index): log evidence")
      differences.compare(sequence.beliefs.map { $0[0] }, golden.smoothed, "\(index): beliefs")
      for (step, pair) in golden.pairs.enumerated() {
        differences.compare(
          sequence.pairwise(factor: 0, after: step).values, Array(pair.joined()),
          "\(index): pairs after \(step)")
      }
    }
    #expect(cases.count >= 6 && differences.isEmpty, "\(differences)")
  }
}
