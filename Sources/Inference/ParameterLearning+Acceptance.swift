import GenerativeModel
import Kernels

extension ParameterLearning {
  /// Keeps of an update of a likelihood as much as it is worth.
  ///
  /// - Returns: how much was accepted; nil where learning is not active.
  func acceptLikelihood(
    _ modality: Int, _ update: CountUpdate<Number>, _ table: RunTable<Number>,
    _ tables: ModelTables<Number>
  ) -> Number? {
    let learned = learnsPreference.base[modality] ? tables : nil
    return likelihoodAcceptance?.accept(update.counts, table, update.rule) {
      space.compiled.fillPreference(of: modality, learned: learned, lane: $0, into: $1)
    }
  }

  /// Keeps of an update of a transition as much as it is worth.
  ///
  /// - Returns: how much was accepted; nil where learning is not active.
  func acceptTransition(_ update: CountUpdate<Number>, _ table: RunTable<Number>) -> Number? {
    transitionAcceptance?.accept(update.counts, table, update.rule)
  }
}

extension CompiledModel {
  /// Fills what is preferred of a modality's outcomes in a lane, in nats: C of the first planning step.
  ///
  /// - Parameter learned: tables with counts of C, where these are learned.
  /// - Returns: false where nothing is preferred.
  func fillPreference<Number: StepNumber>(
    of modality: Int, learned: ModelTables<Number>?, lane: Int,
    into target: UnsafeMutablePointer<Double>
  ) -> Bool {
    let plan = modalities.base[modality]
    if let counts = learned?.preferenceCounts {
      for outcome in 0..<plan.outcomes {
        target[outcome] = VectorMath.log(counts.base[plan.outcomeOffset + outcome][lane: lane])
      }
      return true
    }
    guard let preference = model.preferences[modality] else { return false }
    for outcome in 0..<plan.outcomes { target[outcome] = preference.values[outcome] }
    return true
  }
}

extension UpdateAcceptance {
  /// Memory for the updates of any of some tables.
  convenience init(_ tables: FixedBuffer<RunTable<Double>>) {
    let all = (0..<tables.count).map { tables.base[$0] }
    self.init(
      cells: all.map(\.cellCount).max() ?? 0, outcomes: all.map(\.length).max() ?? 0)
  }
}
