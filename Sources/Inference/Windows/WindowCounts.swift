import GenerativeModel
import Kernels

/// Learns the counts of A, B and D from windows, each datum once.
///
///     counts = those of the steps that have left the window + what the window's steps say now
///
/// Every step the second part is found anew from the beliefs of the present window and takes the place of
/// what it was. A step that leaves is counted as it was last believed. Forgetting multiplies a step's part
/// at every later update, as it does without a window (``ParameterLearning``).
package final class WindowCounts {
  private let window: WindowInference
  private let learning: ParameterLearning<SingleArithmetic>
  private let tables: ModelTables<Double>
  private let logs: LogLikelihoodTables<Double>
  /// The counts without what the window's steps say, less those of the next window.
  package let settled: ModelTables<Double>
  private let none: FixedBuffer<Bool>

  package init(
    _ window: WindowInference, _ learning: ParameterLearning<SingleArithmetic>,
    _ tables: ModelTables<Double>, _ logs: LogLikelihoodTables<Double>
  ) {
    self.window = window
    self.learning = learning
    self.tables = tables
    self.logs = logs
    settled = tables.copy()
    none = FixedBuffer(repeating: false, count: window.space.compiled.modalities.count)
  }

  /// Takes the present counts as those of steps that are no part of any window to come.
  package func settle() { settled.restore(from: tables) { $0 } }

  /// Learns from the window that was inferred last.
  ///
  /// - Complexity: O(cells of what is learned + steps of the window x what a step touches).
  package func learn() {
    let found = window.found
    if found.start + found.count == 1 { settle() }
    learnLikelihoods(found)
    learnTransitions(found)
    if found.start == 0 { learnInitialStates(found) }
  }

  /// Whether the first step of a window is in none that follows.
  private func leaves(_ found: WindowInference.Found) -> Bool {
    found.count == window.settings.horizon
  }

  /// The row of a window's first step.
  private func firstRow(_ found: WindowInference.Found) -> Int {
    found.start - window.history.first
  }

  private func learnLikelihoods(_ found: WindowInference.Found) {
    guard learning.learnsLikelihoods else { return }
    copy(settled, to: tables, likelihoods: true)
    for time in 0..<found.count {
      learning.learnLikelihoods(
        .observations(window.history.observations[firstRow(found) + time]), ignored: none,
        belief: Belief(found.beliefs.row(time)), tables: tables, logs: nil)
      if time == 0 && leaves(found) { copy(tables, to: settled, likelihoods: true) }
    }
    for modality in 0..<tables.likelihoodColumns.count
    where learning.learnsLikelihood.base[modality] {
      for column in 0..<tables.likelihoodColumns.base[modality].count {
        tables.averageLikelihood(modality, column: column)
      }
      logs.refresh(modality, tables)
    }
  }

  private func learnTransitions(_ found: WindowInference.Found) {
    guard learning.learnsTransitions else { return }
    copy(settled, to: tables, likelihoods: false)
    // Windows of one step have no two beside each other: the step before stands as it was last believed.
    let isAlone = window.settings.horizon == 1
    let row = firstRow(found)
    for time in (isAlone ? 0 : 1)..<max(found.count, 1) where found.start + time > 0 {
      let before = isAlone ? window.history.filtered.row(row - 1) : found.beliefs.row(time - 1)
      let after = Belief(found.beliefs.row(time))
      learning.learnTransitions(
        from: Belief(before), prior: after, to: after,
        actions: window.history.actions.row(row + time), tables: tables)
      if time == (isAlone ? 0 : 1) && leaves(found) {
        copy(tables, to: settled, likelihoods: false)
      }
    }
    for factor in 0..<tables.transitions.count where learning.learnsTransition.base[factor] {
      for run in 0..<tables.transitions.base[factor].count {
        tables.averageTransition(factor, run: run)
      }
    }
    window.messages.refresh(tables)
  }

  private func learnInitialStates(_ found: WindowInference.Found) {
    guard let counts = tables.initialStateCounts, let kept = settled.initialStateCounts else {
      return
    }
    counts.base.update(from: kept.base, count: counts.count)
    learning.learnInitialStates(Belief(found.beliefs.row(0)), tables: tables)
  }

  /// Copies the counts of A or of B.
  private func copy(
    _ source: ModelTables<Double>, to target: ModelTables<Double>, likelihoods: Bool
  ) {
    let (from, to) =
      likelihoods
      ? (source.likelihoodCounts, target.likelihoodCounts)
      : (source.transitionCounts, target.transitionCounts)
    let cells = likelihoods ? tables.likelihoodColumns : tables.transitions
    for index in 0..<from.count {
      guard let counts = from.base[index], let copies = to.base[index] else { continue }
      copies.update(from: counts, count: cells.base[index].cellCount)
    }
  }
}
