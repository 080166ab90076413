/// How a factor changes (B) in the builder's notation.
///
/// Unless told otherwise a factor depends on its own last state and on no control, and stays as it
/// is.
///
/// ```swift
/// Transition(of: "location", controls: "move") { [$0["move"]: 1] }
/// Transition(of: "context")  // it stays as it is
/// Transition(of: "weather", probability: .values([[0.9, 0.2], [0.1, 0.8]]))
/// ```
public struct Transition: ModelPart {
  private let factor: String
  private let given: [String]
  private let controls: [String]
  private let probability: ModelTable?
  private let counts: ModelTable?

  /// A transition as a column for each joint state and action.
  ///
  /// - Parameters:
  ///   - factor: the factor that changes.
  ///   - given: the factors its next state depends on, in axis order; itself unless given.
  ///   - controls: the controls that drive it, in axis order.
  ///   - counts: Dirichlet counts over the transition.
  ///   - next: P(next state) by label in a joint state and action.
  public init(
    of factor: String, given: String..., controls: String..., counts: ModelTable? = nil,
    next: @escaping (JointState) -> Column
  ) {
    self.init(factor, given.isEmpty ? [factor] : given, controls, .columns(next), counts)
  }

  /// A transition that depends on exactly these factors, maybe none.
  public init(
    of factor: String, given: [String], controls: String..., counts: ModelTable? = nil,
    next: @escaping (JointState) -> Column
  ) {
    self.init(factor, given, controls, .columns(next), counts)
  }

  /// A transition, or its counts, as a table; without either the factor stays as it is.
  public init(
    of factor: String, given: String..., controls: String..., probability: ModelTable? = nil,
    counts: ModelTable? = nil
  ) {
    self.init(factor, given.isEmpty ? [factor] : given, controls, probability, counts)
  }

  /// A transition as a table that depends on exactly these factors, maybe none.
  public init(
    of factor: String, given: [String], controls: String..., probability: ModelTable? = nil,
    counts: ModelTable? = nil
  ) {
    self.init(factor, given, controls, probability, counts)
  }

  private init(
    _ factor: String, _ given: [String], _ controls: [String], _ probability: ModelTable?,
    _ counts: ModelTable?
  ) {
    self.factor = factor
    self.given = given
    self.controls = controls
    self.counts = counts
    // Without a table there is nothing to say but that it stays.
    let stays = ModelTable.columns { state in Column(certain: state[factor]) }
    let hasOwnCounts = counts.map { !$0.needsProbability } ?? false
    self.probability = probability ?? (hasOwnCounts ? nil : stays)
  }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    draft.whenVariablesAreKnown { write(to: &$0) }
  }

  private func write(to draft: inout ModelDraft) {
    let place = "B[\(factor)]"
    var table: Tensor?
    var countTable: Tensor?
    let known = draft.description
    if let variable = draft.variables([factor], among: known.factors)?.first,
      let parents = draft.variables(given, among: known.factors),
      let drivers = draft.variables(controls, among: known.controls)
    {
      table = draft.table(probability, place, of: variable, given: parents, controls: drivers)
      countTable = draft.table(
        counts, "concentration." + place, of: variable, given: parents, controls: drivers,
        probability: table)
    } else {
      draft.description.unreadable.insert(place)
    }
    draft.description.transitions.append(
      .init(factor, given: given, controls: controls, table))
    if let countTable {
      draft.description.transitionCounts.append(.init(factor, countTable))
    } else if counts != nil {
      draft.description.unreadable.insert(place)
    }
  }
}
