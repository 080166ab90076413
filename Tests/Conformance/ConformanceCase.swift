import ActiveInference
import EngineTestSupport

/// Who says what is right.
package enum Oracle: String, CaseIterable, Sendable {
  case pymdp1 = "pymdp 1.0.4"
  case pymdp007 = "pymdp 0.0.7.1"
  /// `spm_MDP_VB_X.m`.
  case spm = "SPM"
  /// ``BruteForce``.
  case enumeration

  /// The largest difference that is none, absolute below 1 and relative above.
  package var tolerance: Double {
    switch self {
    case .pymdp1, .pymdp007, .spm: 1e-9
    case .enumeration: 1e-12
    }
  }
}

/// An agent that has been through a record, and what an oracle says of it.
package struct ConformanceCase: Sendable {
  package let oracle: Oracle
  package let name: String
  package let model: GenerativeModel
  package let configuration: AgentConfiguration
  package let record: BehaviourRecord
  /// The scheme of inference; `auto` has been resolved.
  package let algorithm: InferenceSettings.Algorithm
  /// Whether some observation was impossible.
  package let meetsImpossible: Bool
  /// Whether the oracle found out by itself when inference ends, and was not told.
  package let findsEnd: Bool
  /// The numbers compared, the largest difference among them, and every one that is beyond the
  /// tolerance; empty where there is none.
  package let compared: Int
  package let largest: Double
  package let differences: String

  init(
    _ oracle: Oracle, _ name: String, _ agent: ActiveInferenceAgent, _ record: BehaviourRecord,
    meetsImpossible: Bool = false, findsEnd: Bool = true, _ differences: Differences
  ) {
    self.oracle = oracle
    self.name = name
    model = agent.blueprint.model
    configuration = agent.blueprint.configuration
    self.record = record
    let tables = model.likelihoods.map(\.probability) + model.transitions.map(\.probability)
    isSharp = tables.contains { $0.values.contains(0) }
    isSparse = tables.contains {
      if case .sparse = $0.storage { true } else { false }
    }
    algorithm = agent.blueprint.algorithm
    self.meetsImpossible = meetsImpossible
    self.findsEnd = findsEnd
    compared = differences.compared
    largest = differences.largest
    self.differences = differences.isEmpty ? "" : differences.description
  }

  // MARK: - What it exercises

  /// Whether some observation is of a kind.
  package func observes(_ isMeant: (Observation) -> Bool) -> Bool {
    record.observations.contains { $0.contains(where: isMeant) }
  }

  package var horizon: Int { model.policies?.first?.count ?? configuration.planning.horizon ?? 1 }

  /// Whether some table has structural zeros, and whether some is held as what is not zero.
  package let isSharp: Bool
  package let isSparse: Bool
}

/// Cases of one kind that one oracle judges, all compared.
package struct ConformanceFamily: Sendable {
  package let oracle: Oracle
  /// A fixture's name, or a sentence.
  package let title: String
  package let cases: Result<[ConformanceCase], any Error>

  /// What is wrong with it, empty where nothing is.
  package var faults: String {
    switch cases {
    case .failure(let error): return "\(title): \(error)"
    case .success(let cases):
      if cases.isEmpty { return "\(title): no cases" }
      return cases.map(\.differences).filter { !$0.isEmpty }.joined(separator: "\n")
    }
  }
}
