/// An outcome modality in the builder's notation, with its likelihood (A) and preference (C).
///
/// ```swift
/// Modality("light", ["dark", "bright"], given: "lamp", prefer: ["bright": 1]) { state in
///   state["lamp"] == "on" ? ["bright": 0.9, "dark": 0.1] : "dark"
/// }
/// Modality("noise", size: 2, likelihood: .values([0.5, 0.5]))
/// ```
public struct Modality: ModelPart {
  private let variable: Variable
  private let given: [String]
  private let preference: Preference
  private let likelihood: ModelTable?
  private let counts: ModelTable?

  /// A modality whose outcomes have names, its likelihood a column for each joint state.
  ///
  /// - Parameters:
  ///   - name: unique among the modalities.
  ///   - labels: the names of its outcomes.
  ///   - given: the factors it depends on, in axis order.
  ///   - preference: log preferences in nats; 0 for what is not named.
  ///   - counts: Dirichlet counts over the likelihood.
  ///   - likelihood: P(outcome) by label in a joint state.
  public init(
    _ name: String, _ labels: [String], given: String..., prefer preference: Preference = .none,
    counts: ModelTable? = nil, likelihood: @escaping (JointState) -> Column
  ) {
    self.init(Variable(name, labels), given, preference, .columns(likelihood), counts)
  }

  /// A modality whose outcomes are numbered, its likelihood a column for each joint state.
  public init(
    _ name: String, size: Int, given: String..., prefer preference: Preference = .none,
    counts: ModelTable? = nil, likelihood: @escaping (JointState) -> Column
  ) {
    self.init(Variable(name, size: size), given, preference, .columns(likelihood), counts)
  }

  /// A modality whose outcomes have names, its likelihood or counts given as a table.
  public init(
    _ name: String, _ labels: [String], given: String..., prefer preference: Preference = .none,
    likelihood: ModelTable? = nil, counts: ModelTable? = nil
  ) {
    self.init(Variable(name, labels), given, preference, likelihood, counts)
  }

  /// A modality whose outcomes are numbered, its likelihood or counts given as a table.
  public init(
    _ name: String, size: Int, given: String..., prefer preference: Preference = .none,
    likelihood: ModelTable? = nil, counts: ModelTable? = nil
  ) {
    self.init(Variable(name, size: size), given, preference, likelihood, counts)
  }

  private init(
    _ variable: Variable, _ given: [String], _ preference: Preference, _ likelihood: ModelTable?,
    _ counts: ModelTable?
  ) {
    self.variable = variable
    self.given = given
    self.preference = preference
    self.likelihood = likelihood
    self.counts = counts
  }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    draft.description.modalities.append(variable)
    draft.whenVariablesAreKnown { write(to: &$0) }
  }

  private func write(to draft: inout ModelDraft) {
    let place = "A[\(variable.name)]"
    var table: Tensor?
    var countTable: Tensor?
    if let parents = draft.variables(given, among: draft.description.factors) {
      table = draft.table(likelihood, place, of: variable, given: parents, controls: [])
      countTable = draft.table(
        counts, "concentration." + place, of: variable, given: parents, controls: [],
        probability: table)
    } else {
      draft.description.unreadable.insert(place)
    }
    draft.description.likelihoods.append(.init(variable.name, given: given, table))
    if let countTable {
      draft.description.likelihoodCounts.append(.init(variable.name, countTable))
    } else if counts != nil {
      draft.description.unreadable.insert(place)
    }
    preference.write(variable, to: &draft)
  }
}

/// What is preferred among the outcomes of a modality (C).
public struct Preference: ExpressibleByDictionaryLiteral, Sendable {
  private enum Content: Sendable {
    case none
    case logPreference([Column])
    case counts(Column)
  }
  private let content: Content
  private let hasSteps: Bool

  private init(_ content: Content, hasSteps: Bool = false) {
    self.content = content
    self.hasSteps = hasSteps
  }

  /// No preference.
  public static let none = Preference(.none)

  /// Log preferences by label in nats, the same at every step: `["reward": 3, "loss": -3]`.
  public init(dictionaryLiteral elements: (String, Double)...) {
    self = .always(Column(labelled: elements))
  }

  /// The same log preferences at every planning step.
  public static func always(_ column: Column) -> Preference { Preference(.logPreference([column])) }

  /// Log preferences for each planning step.
  public static func bySteps(_ columns: [Column]) -> Preference {
    Preference(.logPreference(columns), hasSteps: true)
  }

  /// Dirichlet counts over the outcomes: the log preference is the logarithm of their mean.
  public static func counts(_ column: Column) -> Preference { Preference(.counts(column)) }

  fileprivate func write(_ variable: Variable, to draft: inout ModelDraft) {
    guard variable.size > 0 else { return }
    switch content {
    case .none: break
    case .logPreference(let columns):
      let place = "C[\(variable.name)]"
      var values: [Double] = []
      for (step, column) in columns.enumerated() {
        let row = hasSteps ? "\(place), step \(step)" : place
        guard let numbers = draft.numbers(column, of: variable, at: row) else { return }
        values += numbers
      }
      let shape = hasSteps ? [columns.count, variable.size] : [variable.size]
      draft.description.preferences.append(
        .init(variable.name, Tensor(shape: shape, values)))
    case .counts(let column):
      let place = "concentration.C[\(variable.name)]"
      guard let numbers = draft.numbers(column, of: variable, at: place) else { return }
      draft.description.preferenceCounts.append(
        .init(variable.name, Tensor(shape: [variable.size], numbers)))
    }
  }
}
