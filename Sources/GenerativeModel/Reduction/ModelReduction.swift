/// A model with the simplest priors that its data bear out: Bayesian model reduction, column by column.
///
/// Each column of counts is a Dirichlet distribution of its own, so that the evidence of a model is the
/// sum over its columns and the best reduction of one does not depend on the others. In each column the
/// hypothesis (``ColumnHypothesis``) with the greatest evidence is taken, then the best of the others on
/// top of it, as long as each raises ln P(data) by more than a threshold.
///
/// ```swift
/// let reduction = try ModelReduction(of: learned, prior: before.concentration)
/// for step in reduction.steps { print(step.place, step.hypothesis, step.logEvidenceDifference) }
/// let simpler = reduction.model
/// ```
///
/// The evidence is that of what was counted, the states being as they were inferred: it is exact where
/// states are seen, and a bound's where they are not.
public struct ModelReduction: Sendable {
  /// One column's prior, reduced.
  public struct Step: Hashable, Sendable {
    /// The column, in the words of a fault: `A[reward], column (left, context 1)`.
    public let place: String
    /// What its prior is now.
    public let hypothesis: ColumnHypothesis
    /// The labels of the cells that were taken away.
    public let removed: [String]
    /// The label of the one that is expected, where it is ``ColumnHypothesis/sharpened``.
    public let expected: String?
    /// ln P(data | this prior) - ln P(data | the prior before it) in nats: positive, and more than the
    /// threshold.
    public let logEvidenceDifference: Double
  }

  /// Tables that can be reduced.
  public enum Table: String, Hashable, Sendable, CaseIterable {
    /// P(outcome | states).
    case likelihood = "A"
    /// P(next state | states, actions).
    case transition = "B"
    /// P(first state).
    case initialState = "D"
    /// P(policy).
    case habit = "E"
  }

  /// Three nats: the reduced model is some twenty times as likely as the full one.
  public static let strongEvidence = 3.0

  /// What was reduced, in the order of the model's tables and columns.
  public let steps: [Step]
  /// The model with the reduced posterior as counts.
  public let model: GenerativeModel
  /// The reduced prior, from which another reduction would go on.
  public let prior: GenerativeModel.Concentration
  /// The number of columns that were looked at.
  public let columns: Int

  /// ln P(data | reduced) - ln P(data | full) in nats: the sum of the steps'.
  public var logEvidenceDifference: Double { steps.reduce(0) { $0 + $1.logEvidenceDifference } }

  /// Reduces a model.
  ///
  /// - Parameters:
  ///   - model: the full model; its counts are the posterior.
  ///   - prior: its counts before the data.
  ///   - tables: which of its tables are reduced, where they have counts. D and E are not, unless asked
  ///     for: of first states and policies an agent mostly knows few for good reason.
  ///   - threshold: by how many nats a reduction must raise the evidence of its column, 0 or more.
  /// - Throws: ``InvalidInput`` where counts do not fit one another, no data lead from the prior to the
  ///   posterior, or there are no counts at all.
  /// - Complexity: O(entries held).
  public init(
    of model: GenerativeModel, prior: GenerativeModel.Concentration,
    tables: Set<Table> = [.likelihood, .transition],
    threshold: Double = ModelReduction.strongEvidence
  ) throws(InvalidInput) {
    let faults = FaultList()
    if !(threshold >= 0) { faults.add("threshold", "is \(threshold), expected 0 or more") }
    var search = TableReduction(threshold: threshold, faults)
    var posterior = model.concentration
    var reduced = prior
    var found = false
    func reduce(
      _ table: Table, _ place: TablePlace, _ after: Tensor?, _ before: Tensor?
    ) -> (prior: Tensor, posterior: Tensor)? {
      guard tables.contains(table), after != nil || before != nil else { return nil }
      found = true
      return search.reduce(place, posterior: after, prior: before)
    }
    ModelReduction.checkCounts(posterior, reduced, faults)
    try faults.check(source: model.name)
    for m in model.modalities.indices {
      let place = model.likelihoodPlace(m)
      guard let tables = reduce(.likelihood, place, posterior.likelihood[m], reduced.likelihood[m])
      else { continue }
      reduced.likelihood[m] = tables.prior
      posterior.likelihood[m] = tables.posterior
    }
    for f in model.factors.indices {
      let place = model.transitionPlace(f)
      guard let tables = reduce(.transition, place, posterior.transition[f], reduced.transition[f])
      else { continue }
      reduced.transition[f] = tables.prior
      posterior.transition[f] = tables.posterior
    }
    for f in model.factors.indices {
      let place = TablePlace.initialState(of: model.factors[f])
      let after = posterior.initialState[f].map { Tensor(shape: [$0.count], $0) }
      let before = reduced.initialState[f].map { Tensor(shape: [$0.count], $0) }
      guard let tables = reduce(.initialState, place, after, before) else { continue }
      reduced.initialState[f] = tables.prior.values
      posterior.initialState[f] = tables.posterior.values
    }
    if let count = (posterior.habit ?? reduced.habit)?.count {
      let place = TablePlace.habit(count, given: model.habitGiven.map { model.factors[$0] })
      let tables = reduce(
        .habit, place, posterior.habit.map(model.habitTable), reduced.habit.map(model.habitTable))
      if let tables {
        reduced.habit = tables.prior.values
        posterior.habit = tables.posterior.values
      }
    }
    if !found {
      let names = Table.allCases.filter(tables.contains).map(\.rawValue).joined(separator: ", ")
      faults.add(
        "concentration", "has no counts of \(names)", remedy: "only what is counted can be reduced")
    }
    try faults.check(source: model.name)
    steps = search.steps
    columns = search.columns
    self.prior = reduced
    self.model = steps.isEmpty ? model : try model.replacing(concentration: posterior)
  }

  /// Whether both have an entry for each variable of the model.
  private static func checkCounts(
    _ posterior: GenerativeModel.Concentration, _ prior: GenerativeModel.Concentration,
    _ faults: FaultList
  ) {
    func compare(_ key: String, _ posterior: Int, _ prior: Int) {
      if posterior != prior {
        faults.add("concentration.\(key)", "has \(prior) entries in the prior, \(posterior) here")
      }
    }
    compare("A", posterior.likelihood.count, prior.likelihood.count)
    compare("B", posterior.transition.count, prior.transition.count)
    compare("D", posterior.initialState.count, prior.initialState.count)
  }
}
