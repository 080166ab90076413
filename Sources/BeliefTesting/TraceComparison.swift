import ActiveInference

/// The first difference between two traces of one model, in the order of the steps and within each
/// in the order of its keys; the counts after the last step come last.
///
/// What the expected trace left out is not compared, so that a trace recorded at a low level can be
/// held against a full one. Nor is what was run, model, agent, environment and seed: only what came
/// of it.
///
/// ```swift
/// if let difference = firstDifference(expected: golden, actual: trace) {
///   print(difference)  // step 3, belief in (context, right): expected 0.91, got 0.88 ...
/// }
/// ```
///
/// - Parameters:
///   - expected: the trace that is right; its model names what differs.
///   - actual: the trace in question.
///   - tolerances: how far two real numbers may lie apart, by quantity; at first they have the same
///     bits, so that even 0 and -0 differ. One that is not a number equals only another that is
///     none. Whole numbers are always equal.
/// - Returns: nil where there is no difference.
/// - Complexity: O(numbers in the expected trace).
public func firstDifference(
  expected: Trace, actual: Trace, tolerances: Tolerances = .exact
) -> Difference? {
  var comparison = TraceComparison(expected) {
    tolerances.bound(for: $0.quantity).allows($1, $2)
  }
  return comparison.firstDifference(expected, actual)
}

/// Walks two traces side by side and stops at the first difference by throwing it.
struct TraceComparison {
  /// What ends the walk.
  struct Found: Error {
    let difference: Difference
  }

  let model: GenerativeModel
  let agent: AgentConfiguration
  /// What is seen and done, which is more than of the model where levels are above it.
  let interface: WorldInterface
  /// The name of the level whose model it is; nil where that is the only one, or what is compared belongs to none.
  private(set) var level: String?
  /// The same for the levels above.
  private let above: [TraceComparison]
  /// Whether two numbers that are not the same are close enough.
  let allows: (_ difference: Difference, _ expected: Double, _ actual: Double) -> Bool
  /// The step that is being compared.
  var step: Int?

  /// - Parameter trace: what was run, whose names are told.
  init(
    _ trace: Trace,
    allows: @escaping (_ difference: Difference, _ expected: Double, _ actual: Double) -> Bool
  ) {
    let names = trace.levels.isEmpty ? [nil] : trace.outline.names.map(Optional.some)
    self.init(
      trace.model, trace.agent, trace.outline.interface, names[0],
      above: zip(trace.levels, names.dropFirst()).map { level, name in
        TraceComparison(
          level.model, level.agent, level.model.interface, name, above: [], allows: allows)
      }, allows: allows)
  }

  private init(
    _ model: GenerativeModel, _ agent: AgentConfiguration, _ interface: WorldInterface,
    _ level: String?, above: [TraceComparison],
    allows: @escaping (_ difference: Difference, _ expected: Double, _ actual: Double) -> Bool
  ) {
    self.model = model
    self.agent = agent
    self.interface = interface
    self.level = level
    self.above = above
    self.allows = allows
  }

  /// The comparison of a level by its number, 0 the lowest.
  func ofLevel(_ level: Int) -> TraceComparison { level == 0 ? self : above[level - 1] }

  /// The first difference; nil where there is none.
  mutating func firstDifference(_ expected: Trace, _ actual: Trace) -> Difference? {
    do {
      try compareSteps(expected.steps, actual.steps)
      step = nil
      try compare(expected.final, actual.final)
      for (comparison, counts) in zip(above, zip(expected.finalAbove, actual.finalAbove)) {
        try comparison.compare(counts.0, counts.1)
      }
      return nil
    } catch {
      return error.difference
    }
  }

  // MARK: - Steps

  mutating func compareSteps(_ expected: [StepRecord], _ actual: [StepRecord]) throws(Found) {
    // Without steps nothing of them was recorded.
    if expected.isEmpty { return }
    for (one, other) in zip(expected, actual) {
      step = one.t
      try compare(one, other)
    }
    step = nil
    try compareCounts(expected.count, actual.count, Quantity("steps", "number of steps"))
  }

  private func compare(_ expected: StepRecord, _ actual: StepRecord) throws(Found) {
    // What is seen and done is of all levels.
    var tick = self
    if !above.isEmpty { tick.level = nil }
    try tick.compareWhole(expected.t, actual.t, Quantity("t", "number of the step"))
    try tick.compareObservations(expected.observation, actual.observation)
    try tick.compareWhole(expected.states, actual.states, .states, model.factors)
    try compareImpossible(expected.impossible, actual.impossible)
    try compareTables(expected.beliefs, actual.beliefs, .beliefs, model.factors)
    try compareSmoothed(expected.smoothed, actual.smoothed)
    try compareOptional(expected.freeEnergy, actual.freeEnergy, .freeEnergy) {
      one, other throws(Found) in
      try compareNumbers(one, other, .freeEnergy)
    }
    try comparePolicies(
      expected.negativeExpectedFreeEnergy, actual.negativeExpectedFreeEnergy,
      Quantity("negativeExpectedFreeEnergy", "negative expected free energy of policy"))
    try compareTerms(expected.terms, actual.terms)
    try comparePolicies(
      expected.policyPosterior, actual.policyPosterior,
      Quantity("policyPosterior", "posterior probability of policy"))
    try compareByPolicy(expected, actual)
    try compareTables(
      expected.actionMarginals, actual.actionMarginals, .actionMarginals, model.controls)
    try tick.compareWhole(expected.action, actual.action, .action, interface.controls)
    try compareWhole(expected.choice, actual.choice, .choice, model.controls)
    try compareSearch(expected.search, actual.search)
    try compareIterates(expected.iterates, actual.iterates)
    try tick.compareLevels(expected.levels ?? [], actual.levels ?? [])
  }

  /// Compares the steps that levels above took at the same time.
  private func compareLevels(
    _ expected: [StepRecord], _ actual: [StepRecord]
  ) throws(Found) {
    for (comparison, records) in zip(above, zip(expected, actual)) {
      var comparison = comparison
      comparison.step = step
      try comparison.compare(records.0, records.1)
    }
    if above.isEmpty { return }
    try compareCounts(
      expected.count, actual.count, Quantity("levels", "number of levels above that stepped"))
  }

  private func compareObservations(
    _ expected: [Observation], _ actual: [Observation]
  ) throws(Found) {
    try compareCounts(expected.count, actual.count, .observation.counted("entries"))
    for modality in expected.indices {
      func quantity() -> Quantity {
        .observation.at(modality, label(modality, of: interface.modalities))
      }
      switch (expected[modality], actual[modality]) {
      case (.distribution(let one), .distribution(let other)):
        try compareCounts(one.count, other.count, quantity().counted("probabilities"))
        for outcome in one.indices {
          try compareNumbers(
            one[outcome], other[outcome],
            quantity().at(outcome, value(outcome, modality, of: interface.modalities)))
        }
      case (let one, let other) where one != other:
        throw found(quantity(), written(one, modality), written(other, modality))
      default: continue
      }
    }
  }

  private func compareImpossible(_ expected: [String], _ actual: [String]) throws(Found) {
    if expected == actual { return }
    func list(_ names: [String]) -> Difference.Value {
      names.isEmpty ? .absent : .text(names.joined(separator: ", "))
    }
    throw found(Quantity("impossible", "impossible outcomes"), list(expected), list(actual))
  }

  private func compareSmoothed(
    _ expected: SmoothedBeliefs?, _ actual: SmoothedBeliefs?
  ) throws(Found) {
    let belief = Quantity("smoothedBeliefs", "smoothed belief in")
    try compareOptional(expected, actual, belief) { one, other throws(Found) in
      try compareWhole(
        one.windowStart, other.windowStart, Quantity("windowStart", "first step of the window"))
      try compareCounts(one.beliefs.count, other.beliefs.count, belief.counted("steps"))
      for time in one.beliefs.indices {
        try compareTables(
          one.beliefs[time], other.beliefs[time],
          belief.at(time, "step \(one.windowStart + time)"), model.factors)
      }
      for (quantity, path) in TraceComparison.evidences {
        try compareOptional(one[keyPath: path], other[keyPath: path], quantity) {
          one, other throws(Found) in
          try compareNumbers(one, other, quantity)
        }
      }
    }
  }

  private static var evidences: [(Quantity, KeyPath<SmoothedBeliefs, Double?>)] {
    [
      (Quantity("logEvidence", "log evidence"), \.logEvidence),
      (Quantity("logEvidenceBound", "bound of the log evidence"), \.logEvidenceBound),
    ]
  }

  private func compareTerms(_ expected: PolicyTerms?, _ actual: PolicyTerms?) throws(Found) {
    let quantity = Quantity("terms", "terms of policies")
    try compareOptional(expected, actual, quantity) { one, other throws(Found) in
      for term in TraceComparison.terms {
        try comparePolicies(
          one[keyPath: term.path], other[keyPath: term.path],
          Quantity("terms.\(term.key)", "\(term.words) of policy"))
      }
    }
  }

  typealias Term = (
    key: String, words: String, path: any KeyPath<PolicyTerms, [Double]> & Sendable
  )

  static let terms: [Term] = [
    ("utility", "utility", \.utility),
    ("stateInformationGain", "state information gain", \.stateInformationGain),
    ("parameterInformationGain", "parameter information gain", \.parameterInformationGain),
    ("inductive", "inductive term", \.inductive),
  ]

  private func compareSearch(_ expected: SearchReport?, _ actual: SearchReport?) throws(Found) {
    try compareOptional(expected, actual, Quantity("search", "search")) {
      one, other throws(Found) in
      try compareWhole(one.nodes, other.nodes, Quantity("search.nodes", "nodes of the search"))
      try compareOptional(one.gap, other.gap, Quantity("search.gap", "gap of the search")) {
        one, other throws(Found) in
        try compareNumbers(one, other, Quantity("search.gap", "gap of the search"))
      }
      try compareNumbers(
        one.prunedMass, other.prunedMass,
        Quantity("search.prunedMass", "probability that the search left out"))
      try compareOptional(
        one.sweeps, other.sweeps, Quantity("search.sweeps", "sweeps of the search")
      ) { one, other throws(Found) in
        try compareWhole(one, other, Quantity("search.sweeps", "sweeps of the search"))
      }
    }
  }

  private func compareIterates(_ expected: Iterates?, _ actual: Iterates?) throws(Found) {
    try compareOptional(expected, actual, Quantity("iterates", "iterates")) {
      one, other throws(Found) in
      let energy = Quantity("iterates.freeEnergy", "free energy after sweep")
      try compareCounts(one.freeEnergy.count, other.freeEnergy.count, energy.counted("sweeps"))
      let belief = Quantity("iterates.beliefs", "belief in")
      try compareCounts(one.beliefs.count, other.beliefs.count, belief.counted("sweeps"))
      for sweep in one.freeEnergy.indices {
        try compareNumbers(
          one.freeEnergy[sweep], other.freeEnergy[sweep], energy.at(sweep, "\(sweep)"))
        if sweep >= one.beliefs.count { continue }
        try compareTables(
          one.beliefs[sweep], other.beliefs[sweep], belief.at(sweep, "sweep \(sweep)"),
          model.factors)
      }
      try comparePolicyBeliefs(one.policyBeliefs, other.policyBeliefs)
      try compareCounts(
        one.converged ? 1 : 0, other.converged ? 1 : 0,
        Quantity("iterates.converged", "convergence (1 is yes)"))
    }
  }
}
