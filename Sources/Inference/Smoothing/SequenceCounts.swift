import GenerativeModel
import Kernels

/// Makes counts of A, B and D those that they began with and what whole sequences add to them, as one update.
///
///     count = count0 + (1 - forgetting)(first - count0) + rate * statistics
///
/// count0 is the model's and `first` what the sequence began with. Where learning is active as much of that is
/// taken as it is worth (``UpdateAcceptance``), and with an asymptote counts are multiplied by
/// asymptote / (asymptote + w rate): as SPM's `spm_MDP_VB_XXX.m` does once a trial. Nothing is added to what was
/// there before, so that each datum counts once however often this is done. Cells that began at zero stay
/// zero, and the distributions follow as the means of their counts.
package struct SequenceCounts {
  private let learned: LearnedTables
  private let settings: LearningSettings
  private let compiled: CompiledModel
  /// With the counts of the model itself.
  private let original: ModelTables<Double>

  /// - Parameter original: the tables of the model.
  /// - Throws: ``InvalidInput`` where the settings ask for what whole sequences cannot give.
  package init(
    _ settings: LearningSettings, _ compiled: CompiledModel, original: ModelTables<Double>
  ) throws(InvalidInput) {
    self.settings = settings
    self.compiled = compiled
    self.original = original
    try settings.checkSmoothing()
    learned = try LearnedTables(settings, compiled.model)
  }

  /// - Parameters:
  ///   - first: tables with the counts to begin with.
  ///   - tables: tables of the same structure, which are written to.
  package func set(
    _ tables: ModelTables<Double>, from first: ModelTables<Double>,
    adding statistics: SequenceStatistics
  ) {
    if let rule = settings.likelihood {
      for modality in learned.likelihood.indices where learned.likelihood[modality] {
        setLikelihood(modality, rule, tables, first, statistics)
      }
    }
    if let rule = settings.transition {
      for factor in learned.transition.indices where learned.transition[factor] {
        setTransition(factor, rule, tables, first, statistics)
      }
    }
    guard let rule = settings.initialState, let counts = tables.initialStateCounts,
      let before = first.initialStateCounts, let origin = original.initialStateCounts
    else { return }
    for factor in learned.initialState.indices where learned.initialState[factor] {
      let plan = compiled.factors.base[factor]
      let states = counts.base + plan.stateOffset
      states.update(from: before.base + plan.stateOffset, count: plan.states)
      CountUpdate(states, origin.base + plan.stateOffset, rule)
        .addAll(statistics.initialStates.base + plan.stateOffset, plan.states)
      tables.averageInitialState(plan)
    }
  }

  private func setLikelihood(
    _ modality: Int, _ rule: LearningSettings.Rule, _ tables: ModelTables<Double>,
    _ first: ModelTables<Double>, _ statistics: SequenceStatistics
  ) {
    guard let counts = tables.likelihoodCounts.base[modality],
      let before = first.likelihoodCounts.base[modality],
      let origin = original.likelihoodCounts.base[modality]
    else { return }
    let table = tables.likelihoodColumns.base[modality]
    let preferences = learned.preference[modality] ? first : nil
    set(
      CountUpdate(counts, origin, rule), from: before, tables.likelihoodColumns, table,
      adding: statistics.likelihoods[modality].base
    ) { compiled.fillPreference(of: modality, learned: preferences, lane: $0, into: $1) }
    for column in 0..<table.count { tables.averageLikelihood(modality, column: column) }
  }

  private func setTransition(
    _ factor: Int, _ rule: LearningSettings.Rule, _ tables: ModelTables<Double>,
    _ first: ModelTables<Double>, _ statistics: SequenceStatistics
  ) {
    guard let counts = tables.transitionCounts.base[factor],
      let before = first.transitionCounts.base[factor],
      let origin = original.transitionCounts.base[factor]
    else { return }
    let table = tables.transitions.base[factor]
    set(
      CountUpdate(counts, origin, rule), from: before, tables.transitions, table,
      adding: statistics.transitions[factor].base)
    for run in 0..<table.count { tables.averageTransition(factor, run: run) }
  }

  /// Makes the counts of one table those that it began with and what is added to them.
  private func set(
    _ update: CountUpdate<Double>, from before: UnsafePointer<Double>,
    _ tables: FixedBuffer<RunTable<Double>>, _ table: RunTable<Double>,
    adding statistics: UnsafePointer<Double>,
    fillPreferences: (_ lane: Int, _ target: UnsafeMutablePointer<Double>) -> Bool = { _, _ in false
    }
  ) {
    update.counts.update(from: before, count: table.cellCount)
    let acceptance =
      update.rule.activeLearningPrecision == nil ? nil : UpdateAcceptance<Double>(tables)
    acceptance?.begin(update.counts, table.cellCount)
    update.add(statistics, table.cellCount)
    update.saturate(
      table.cellCount,
      accepted: acceptance?.accept(
        update.counts, table, update.rule, fillPreferences: fillPreferences))
  }

  /// The sum over the learned distributions of count0 times the logarithm of the probability, in nats: the
  /// logarithm of a Dirichlet prior with one more of each count, but for its normaliser.
  package func logPrior(
    _ tables: ModelTables<Double>, first: ModelTables<Double>
  ) -> Double {
    var sum = 0.0
    func add(
      _ counts: UnsafePointer<Double>, _ probabilities: UnsafePointer<Double>, _ cells: Range<Int>
    ) {
      for cell in cells where counts[cell] > 0 {
        sum += counts[cell] * VectorMath.log(probabilities[cell])
      }
    }
    for modality in learned.likelihood.indices where learned.likelihood[modality] {
      let table = tables.likelihoodColumns.base[modality]
      if let counts = first.likelihoodCounts.base[modality] {
        add(counts, table.cells, 0..<table.cellCount)
      }
    }
    for factor in learned.transition.indices where learned.transition[factor] {
      let table = tables.transitions.base[factor]
      if let counts = first.transitionCounts.base[factor] {
        add(counts, table.cells, 0..<table.cellCount)
      }
    }
    for factor in learned.initialState.indices where learned.initialState[factor] {
      let plan = compiled.factors.base[factor]
      if let counts = first.initialStateCounts {
        add(
          counts.base, tables.initialStates.base,
          plan.stateOffset..<plan.stateOffset + plan.states)
      }
    }
    return sum
  }
}

extension LearningSettings {
  /// Refuses what cannot be learned from whole sequences.
  ///
  /// - Throws: ``InvalidInput`` where nothing of A, B or D is learned.
  package func checkSmoothing() throws(InvalidInput) {
    if likelihood != nil || transition != nil || initialState != nil { return }
    throw InvalidInput(
      source: "agent",
      [
        Fault(
          "learning.smoothing", "is set, but neither A nor B nor D is learned",
          remedy: "add a rule for one of them, or leave it out")
      ])
  }
}
