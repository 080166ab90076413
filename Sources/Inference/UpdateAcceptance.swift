import GenerativeModel
import Kernels

/// Accepts as much of an update of likelihood or transition counts as it is worth: active learning.
///
/// With p the counts before an update and q those after it,
///
///     w = softmax(beta [V(p); V(q)])[q] = 1 / (1 + exp(-beta (V(q) - V(p))))
///     count <- p + w (q - p),    then with an asymptote    count <- count * asymptote / (asymptote + w rate)
///
/// V is the negative expected free energy of the parameters: the counts, divided by their sum, taken for
/// the joint distribution P of outcomes (next states) and of the states (and actions) they are given,
///
///     V(a) = sum P ln [P / (P_outcomes P_states)] + sum P_outcomes ln softmax(C),    P = a / sum a
///
/// in nats: what outcomes tell of states, and how much they are preferred (SPM, `spm_MDP_VB_XXX.m` and
/// `spm_MDP_MI.m`; Friston et al. 2023, https://arxiv.org/abs/2311.10300). The logarithm of a preference is at
/// least -32, as there; of a C by planning step the first row counts.
///
/// Differences: SPM weighs what a whole trial has taught; here an update is weighed, which is one datum, and
/// the whole episode where it is learned from as a whole (``SequenceCounts``). SPM has priors over end states
/// in V as well, which this library's models do not have. In P ln P it takes no logarithm below -32, which is
/// less than 1e-12 of a nat.
final class UpdateAcceptance<Number: StepNumber> {
  /// Where the logarithm of a preference ends.
  private static var least: Double { -32 }

  private let before: FixedBuffer<Number>
  /// By outcome, of the lane in hand.
  private let outcomes: FixedBuffer<Double>
  private let preferences: FixedBuffer<Double>

  /// - Parameters:
  ///   - cells: of the largest table.
  ///   - outcomes: of the longest distribution.
  init(cells: Int, outcomes: Int) {
    before = FixedBuffer(repeating: .zero, count: cells)
    self.outcomes = FixedBuffer(zeros: outcomes)
    preferences = FixedBuffer(zeros: outcomes)
  }

  /// Notes the counts of a table before an update.
  func begin(_ counts: UnsafePointer<Number>, _ count: Int) {
    before.base.update(from: counts, count: count)
  }

  /// Takes back what is not accepted of the update since ``begin(_:_:)``.
  ///
  /// - Parameters:
  ///   - table: the structure of the counts.
  ///   - rule: with beta, its ``LearningSettings/Rule/activeLearningPrecision``.
  ///   - fillPreferences: fills what is preferred of the outcomes in a lane, in nats; false where nothing is.
  /// - Returns: w.
  /// - Complexity: O(cells), two logarithms a cell.
  func accept(
    _ counts: UnsafeMutablePointer<Number>, _ table: RunTable<Number>,
    _ rule: LearningSettings.Rule,
    fillPreferences: (_ lane: Int, _ target: UnsafeMutablePointer<Double>) -> Bool = { _, _ in false
    }
  ) -> Number {
    let precision = rule.activeLearningPrecision ?? 0
    var accepted = Number.zero
    for lane in 0..<Number.laneCount {
      let isPreferred = fillPreferences(lane, preferences.base)
      if isPreferred { normalize(table.length) }
      let gain =
        value(counts, table, lane, isPreferred) - value(before.base, table, lane, isPreferred)
      accepted[lane: lane] = 1 / (1 + VectorMath.exp(-precision * gain))
    }
    for cell in 0..<table.cellCount {
      counts[cell] = before.base[cell] + accepted * (counts[cell] - before.base[cell])
    }
    return accepted
  }

  /// ln softmax(C), no entry below the least.
  private func normalize(_ count: Int) {
    let largest = Double.greatest(preferences.base, count: count)
    var total = 0.0
    for outcome in 0..<count { total += VectorMath.exp(preferences.base[outcome] - largest) }
    let offset = largest + VectorMath.log(total)
    for outcome in 0..<count {
      preferences.base[outcome] = max(preferences.base[outcome] - offset, UpdateAcceptance.least)
    }
  }

  /// V of the counts of a lane.
  private func value(
    _ counts: UnsafePointer<Number>, _ table: RunTable<Number>, _ lane: Int,
    _ isPreferred: Bool
  ) -> Double {
    let counts = numbers(counts) + lane
    let lanes = Number.laneCount
    for outcome in 0..<table.length { outcomes.base[outcome] = 0 }
    var total = 0.0
    for run in 0..<table.count {
      for cell in table.cells(of: run) {
        outcomes.base[table.place(cell, in: run)] += counts[cell * lanes]
        total += counts[cell * lanes]
      }
    }
    guard total > 0 else { return 0 }
    var information = 0.0
    for run in 0..<table.count {
      var states = 0.0
      for cell in table.cells(of: run) { states += counts[cell * lanes] }
      let share = states / total
      for cell in table.cells(of: run) where counts[cell * lanes] > 0 {
        let count = counts[cell * lanes]
        let given = count / outcomes.base[table.place(cell, in: run)]
        information += count / total * VectorMath.log(given / share)
      }
    }
    guard isPreferred else { return information }
    for outcome in 0..<table.length {
      information += outcomes.base[outcome] / total * preferences.base[outcome]
    }
    return information
  }
}
