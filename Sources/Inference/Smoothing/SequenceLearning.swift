import GenerativeModel
import Kernels

/// Learns the counts of A, B and D from whole sequences by expectation maximisation: smooth every sequence,
/// count what is expected to have happened, and again with the distributions that follow.
///
/// ```swift
/// let result = try SequenceLearning(model).learn(from: [monday, tuesday])
/// print(result.logEvidence, result.model.concentration.likelihood)
/// ```
///
/// After an iteration each count is the model's own and `rate` times what is expected in all sequences, and
/// each distribution the mean of its counts. So with exact smoothing no iteration lowers
///
///     rate * ln P(all observations | actions, A, B, D) + sum of count0 * ln probability
///
/// over the distributions that are learned: the posterior density of A, B and D under a Dirichlet prior with
/// one more of each count that is not zero (Dempster, Laird and Rubin 1977,
/// https://doi.org/10.1111/j.2517-6161.1977.tb01600.x). The log evidence alone need not rise.
public struct SequenceLearning: Sendable {
  /// What came of learning.
  public struct Result: Sendable {
    /// The model with the counts that were learned.
    public let model: GenerativeModel
    /// ln P(all observations | actions) under the model and after each iteration, in nats; a lower bound
    /// where smoothing is not exact.
    public let logEvidence: [Double]
    /// What no iteration lowers where smoothing is exact, under the model and after each iteration, in nats.
    public let objective: [Double]
    /// Whether smoothing was exact.
    public let isExact: Bool
    /// Whether the last iteration raised the objective by less than the tolerance.
    public let converged: Bool
  }

  /// The model to begin with.
  public let model: GenerativeModel
  /// What is learned.
  public let settings: LearningSettings
  private let smoother: Smoother
  private let laidOut: LaidOutModel
  private let counts: SequenceCounts
  private let rate: Double

  /// Learning of what the settings name.
  ///
  /// - Parameters:
  ///   - settings: rules for A, B and D of one rate; nil for all of these that have counts, at rate 1.
  ///   - inference: how observations are read.
  /// - Throws: ``InvalidInput`` where the settings do not fit the model, name what whole sequences do not
  ///   teach (C, E, forgetting, rates that differ), or the model has no counts to learn.
  public init(
    _ model: GenerativeModel, _ settings: LearningSettings? = nil,
    smoothing: SmoothingSettings = SmoothingSettings(),
    inference: InferenceSettings = InferenceSettings()
  ) throws(InvalidInput) {
    let settings = settings ?? LearningSettings(everythingOf: model)
    rate = try SequenceLearning.rate(of: settings, model)
    self.model = model
    self.settings = settings
    laidOut = try model.laidOut()
    smoother = try Smoother(model, smoothing, inference: inference, laidOut: laidOut)
    counts = try SequenceCounts(settings, laidOut.compiled, original: laidOut.tables)
  }

  /// Learns until an iteration raises the objective by less than a tolerance.
  ///
  /// - Parameters:
  ///   - iterations: at most so many.
  ///   - tolerance: in nats.
  ///   - progress: told the log evidence of each iteration as it is found; false ends the learning.
  /// - Throws: ``InvalidInput`` where a sequence does not fit the model or is impossible; its source names
  ///   the sequence by its place.
  /// - Complexity: an iteration smooths each sequence once.
  public func learn(
    from records: [BehaviourRecord], iterations: Int = 100, tolerance: Double = 1e-6,
    progress: (_ logEvidence: Double) -> Bool = { _ in true }
  ) throws(InvalidInput) -> Result {
    let sequences = try records.enumerated().map { index, record throws(InvalidInput) in
      try SequenceLearning.naming(index, records.count) { () throws(InvalidInput) in
        try smoother.sequence(record)
      }
    }
    let tables = laidOut.tables.copy()
    let statistics = SequenceStatistics(laidOut.compiled, tables, outcomes: .inferred)
    var evidence: [Double] = []
    var objective: [Double] = []
    var converged = false
    while true {
      statistics.reset()
      var total = 0.0
      for (index, sequence) in sequences.enumerated() {
        total += try SequenceLearning.naming(index, records.count) { () throws(InvalidInput) in
          try smoother.smooth(sequence, tables, statistics: statistics).logEvidenceBound
        }
      }
      evidence.append(total)
      objective.append(rate * total + counts.logPrior(tables, first: laidOut.tables))
      if objective.count > 1 {
        converged = objective[objective.count - 1] - objective[objective.count - 2] < tolerance
      }
      if converged || evidence.count > iterations || !progress(total) { break }
      counts.set(tables, from: laidOut.tables, adding: statistics)
    }
    return Result(
      model: try model.replacing(concentration: tables.concentration(laidOut.compiled)),
      logEvidence: evidence, objective: objective,
      isExact: smoother.groups.allSatisfy(\.isExact), converged: converged)
  }

  private static func naming<Value>(
    _ index: Int, _ count: Int, _ body: () throws(InvalidInput) -> Value
  ) throws(InvalidInput) -> Value {
    do {
      return try body()
    } catch {
      throw count == 1 ? error : InvalidInput(source: "sequence \(index)", error.faults)
    }
  }

  /// The one rate of everything that is learned.
  private static func rate(
    of settings: LearningSettings, _ model: GenerativeModel
  ) throws(InvalidInput) -> Double {
    var faults: [Fault] = []
    for (letter, rule) in [("C", settings.preference), ("E", settings.habit)] where rule != nil {
      faults.append(
        Fault(
          "learning.\(letter)", "is not learned from whole sequences",
          remedy: "leave it out; an agent learns it step by step"))
    }
    let rules = [
      ("A", settings.likelihood), ("B", settings.transition), ("D", settings.initialState),
    ]
    for (letter, rule) in rules {
      guard let rule else { continue }
      faults += rule.refusedByExpectationMaximisation(at: "learning.\(letter)")
    }
    let rates = Set(rules.compactMap { $0.1?.rate })
    if rates.isEmpty {
      faults.append(
        Fault(
          "concentration", "has no counts of A, B or D to learn",
          remedy: "add concentration to the model, or name them under learning"))
    }
    if rates.count > 1 {
      faults.append(
        Fault(
          "learning", "has the rates \(rates.sorted()), for which there is no common objective",
          remedy: "give A, B and D one rate"))
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
    return rates.first ?? 1
  }
}

extension LearningSettings.Rule {
  /// What is of updates that follow one another, where expectation maximisation counts everything at once.
  fileprivate func refusedByExpectationMaximisation(at place: String) -> [Fault] {
    let reasons: [(key: String, value: Double?, reason: String)] = [
      (
        "forgetting", forgetting == 0 ? nil : forgetting,
        "every iteration begins with the counts of the file, and nothing has been learned before"
      ),
      (
        "asymptote", asymptote,
        "every iteration begins with the counts of the file, which do not grow from one to the next"
      ),
      (
        "activeLearningPrecision", activeLearningPrecision,
        "with an update that is accepted in part iterations may lower the objective"
      ),
    ]
    return reasons.compactMap { key, value, reason in
      value.map {
        Fault(
          "\(place).\(key)", "is \($0), but \(reason)",
          remedy:
            "leave it out; an agent with learning.smoothing takes it, an episode as one update")
      }
    }
  }
}

extension LearningSettings {
  /// Whatever of A, B and D has counts, at rate 1.
  init(everythingOf model: GenerativeModel) {
    self.init()
    let counts = model.concentration
    if counts.likelihood.contains(where: { $0 != nil }) { likelihood = Rule() }
    if counts.transition.contains(where: { $0 != nil }) { transition = Rule() }
    if counts.initialState.contains(where: { $0 != nil }) { initialState = Rule() }
  }
}
