import GenerativeModel
import Kernels

/// Makes counts of A, B and D those that they began with and what whole sequences add to them.
///
///     count = count0 + rate * statistics
///
/// Nothing is added to what was there before, so that each datum counts once however often this is done.
/// Cells that began at zero stay zero, and the distributions follow as the means of their counts.
package struct SequenceCounts {
  private let learned: LearnedTables
  private let settings: LearningSettings
  private let compiled: CompiledModel

  /// - Throws: ``InvalidInput`` where the settings ask for what whole sequences cannot give.
  package init(_ settings: LearningSettings, _ compiled: CompiledModel) throws(InvalidInput) {
    self.settings = settings
    self.compiled = compiled
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
    if let rate = settings.likelihood?.rate {
      for modality in learned.likelihood.indices where learned.likelihood[modality] {
        SequenceCounts.add(
          statistics.likelihoods[modality], rate, first.likelihoodCounts.base[modality],
          tables.likelihoodCounts.base[modality])
        for column in 0..<tables.likelihoodColumns.base[modality].count {
          tables.averageLikelihood(modality, column: column)
        }
      }
    }
    if let rate = settings.transition?.rate {
      for factor in learned.transition.indices where learned.transition[factor] {
        SequenceCounts.add(
          statistics.transitions[factor], rate, first.transitionCounts.base[factor],
          tables.transitionCounts.base[factor])
        for run in 0..<tables.transitions.base[factor].count {
          tables.averageTransition(factor, run: run)
        }
      }
    }
    guard let rate = settings.initialState?.rate, let counts = tables.initialStateCounts,
      let before = first.initialStateCounts
    else { return }
    for factor in learned.initialState.indices where learned.initialState[factor] {
      let plan = compiled.factors.base[factor]
      for state in plan.stateOffset..<plan.stateOffset + plan.states where before.base[state] > 0 {
        counts.base[state] = before.base[state] + rate * statistics.initialStates.base[state]
      }
      tables.averageInitialState(plan)
    }
  }

  private static func add(
    _ evidence: FixedBuffer<Double>, _ rate: Double, _ first: UnsafeMutablePointer<Double>?,
    _ counts: UnsafeMutablePointer<Double>?
  ) {
    guard let first, let counts else { return }
    for cell in 0..<evidence.count where first[cell] > 0 {
      counts[cell] = first[cell] + rate * evidence.base[cell]
    }
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
  /// - Throws: ``InvalidInput`` where nothing of A, B or D is learned, or something is to be forgotten.
  package func checkSmoothing() throws(InvalidInput) {
    var faults: [Fault] = []
    if likelihood == nil && transition == nil && initialState == nil {
      faults.append(
        Fault(
          "learning.smoothing", "is set, but neither A nor B nor D is learned",
          remedy: "add a rule for one of them, or leave it out"))
    }
    for (letter, rule) in [("A", likelihood), ("B", transition), ("D", initialState)] {
      guard let rule else { continue }
      for (key, value) in [
        ("forgetting", rule.forgetting == 0 ? nil : rule.forgetting), ("asymptote", rule.asymptote),
      ] {
        guard let value else { continue }
        faults.append(
          Fault(
            "learning.\(letter).\(key)",
            "is \(value), but whole sequences are counted anew each time",
            remedy: "leave it or smoothing out"))
      }
    }
    if !faults.isEmpty { throw InvalidInput(source: "agent", faults) }
  }
}
