import ActiveInference
import EngineTestSupport

extension GoldenFile {
  /// What a fixture of another program says of our agents.
  ///
  /// - Parameter name: `pymdp-1.0.4/factors`.
  static func measure(_ name: String, _ oracle: Oracle) -> ConformanceFamily {
    ConformanceFamily(
      oracle: oracle, title: name,
      cases: Result { try GoldenFile(name).cases.map { try $0.measure(oracle) } })
  }
}

extension GoldenCase {
  /// Replays the case and notes where the agent differs.
  fileprivate func measure(_ oracle: Oracle) throws -> ConformanceCase {
    var differences = Differences(tolerance: oracle.tolerance)
    let agent = try ActiveInferenceAgent(model, configuration)
    let replayed = try agent.replay(
      record, level: configuration.inference.algorithm.isByPolicy ? .iterates : .full)
    if replayed.count != steps.count {
      differences.note("\(name): expected \(steps.count) steps, got \(replayed.count)")
    }
    for (got, expected) in zip(replayed, steps) {
      differences.compare(got, expected, "\(name), step \(got.t)")
    }
    let learned = agent.concentration.named(model)
    for (table, counts) in counts.sorted(by: { $0.key < $1.key }) {
      differences.compare(
        learned[table]?.values ?? [], counts.values, "\(name), final counts \(table)")
    }
    if learned.count != counts.count {
      differences.note("\(name): expected \(counts.count) tables of counts, got \(learned.count)")
    }
    return ConformanceCase(oracle, name, agent, record, differences)
  }
}
