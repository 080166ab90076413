import GenerativeModel
import Kernels

/// Smooths each factor of a group as a chain of its own, given what is believed of the others: coordinate
/// ascent on
///
///     F = sum_f E_q[ln q_f(s_1...T)] - E_q[ln P(o_1...T, s_1...T | actions)],   q = prod_f q_f
///
/// (structured mean field; Ghahramani and Jordan 1997, https://doi.org/10.1023/A:1007425814087). Each
/// q_f is a Markov chain, found exactly by going forward and back. No logarithm is below that of 2^-52.
final class ChainSmoother: @unchecked Sendable {
  // Unchecked: written by the one who smooths and afterwards only read.

  let group: ChainGroup
  let settings: InferenceSettings
  let steps: Int
  /// By factor of the group: P(state at a step, state at the next), `[step][state][next]`; empty where the
  /// next state does not depend on it.
  let pairs: [FixedBuffer<Double>]
  /// By factor of the group: E_q[ln q_f].
  let negativeEntropy: FixedBuffer<Double>
  /// Of the factor in hand: what is known of each state and each transition, in nats.
  let node: FixedBuffer<Double>
  let edge: FixedBuffer<Double>
  let filtered: FixedBuffer<Double>
  let predicted: FixedBuffer<Double>
  let message: FixedBuffer<Double>
  let column: FixedBuffer<Double>
  let scratch: FixedBuffer<Double>
  /// By factor of the model: ln P(next | states, action), `[joint action][column][next]`.
  private(set) var logTransitions: [FixedBuffer<Double>] = []
  let logInitial: FixedBuffer<Double>
  /// The sweeps that were made.
  private(set) var sweeps = 0

  init(_ group: ChainGroup, _ settings: InferenceSettings, steps: Int) {
    self.group = group
    self.settings = settings
    self.steps = steps
    let compiled = group.compiled
    let sizes = group.factors.map { compiled.factors.base[$0].states }
    let edges = group.factors.indices.map { index in
      group.ownPosition[group.factors[index]] < 0 ? 0 : sizes[index] * sizes[index]
    }
    let widest = sizes.max() ?? 1
    logInitial = FixedBuffer(zeros: compiled.stateCount)
    pairs = edges.map { FixedBuffer(zeros: (steps - 1) * $0) }
    negativeEntropy = FixedBuffer(zeros: sizes.count)
    node = FixedBuffer(zeros: steps * widest)
    edge = FixedBuffer(zeros: (steps - 1) * (edges.max() ?? 0))
    filtered = FixedBuffer(zeros: steps * widest)
    predicted = FixedBuffer(zeros: steps * widest)
    message = FixedBuffer(zeros: widest)
    let columns = group.modalities.map { compiled.modalities.base[$0].columns }.max() ?? 1
    column = FixedBuffer(zeros: columns)
    scratch = FixedBuffer(zeros: columns)
  }

  /// The numbers that smoothing so many steps takes.
  static func numbers(_ group: ChainGroup, steps: Int) -> Double {
    let plans = group.factors.map { group.compiled.factors.base[$0] }
    let sizes = plans.map { Double($0.states) }
    let edges = sizes.map { $0 * $0 }
    let logs = plans.reduce(0.0) { $0 + Double($1.actions * $1.columns * $1.states) }
    let widest = sizes.max() ?? 1
    return Double(steps) * (edges.reduce(0, +) + (edges.max() ?? 0) + 3 * widest) + logs
  }

  /// Smooths a sequence.
  ///
  /// - Parameters:
  ///   - tables: always the same for one smoother.
  ///   - initial: P of the first states, those of all factors one after the other; nil for D.
  ///   - logs: the logarithms of the likelihoods, where the caller has them.
  /// - Returns: -F, in nats.
  func smooth(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>, _ smoothing: SmoothingSettings,
    initial: UnsafePointer<Double>? = nil, logs: LogLikelihoodTables<Double>? = nil,
    marginals: UnsafeMutablePointer<Double>, statistics: SequenceStatistics?
  ) -> Double {
    let initial = initial ?? UnsafePointer(tables.initialStates.base)
    if logTransitions.isEmpty { fillLogTransitions(tables) }
    InferenceConvention.standard.logarithms(
      initial, into: logInitial.base, count: logInitial.count)
    let logs = logs ?? LogLikelihoodTables(tables, settings.convention)
    begin(sequence, tables, initial, marginals)
    var freeEnergy = Double.infinity
    sweeps = 0
    while sweeps < smoothing.sweeps {
      for index in group.factors.indices { update(index, sequence, tables, logs, marginals) }
      sweeps += 1
      let next = self.freeEnergy(sequence, tables, logs, marginals)
      let isDone = freeEnergy - next < smoothing.tolerance
      freeEnergy = next
      if isDone { break }
    }
    if let statistics { add(sequence, tables, marginals, to: statistics) }
    return -freeEnergy
  }

  private func fillLogTransitions(_ tables: ModelTables<Double>) {
    let compiled = group.compiled
    logTransitions = (0..<compiled.factors.count).map { factor in
      guard group.factors.contains(factor) else { return FixedBuffer(zeros: 0) }
      let table = tables.transitions.base[factor]
      let logs = FixedBuffer<Double>(zeros: table.count * table.length)
      for run in 0..<table.count {
        for cell in table.cells(of: run) {
          logs.base[run * table.length + table.place(cell, in: run)] = table.cells[cell]
        }
      }
      InferenceConvention.standard.logarithms(logs.base, into: logs.base, count: logs.count)
      return logs
    }
  }

  /// Begins with what would be believed without observations, the factors taken apart at each step.
  private func begin(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>, _ initial: UnsafePointer<Double>,
    _ marginals: UnsafeMutablePointer<Double>
  ) {
    let compiled = group.compiled
    for factor in group.factors {
      let plan = compiled.factors.base[factor]
      (marginals + plan.stateOffset).update(from: initial + plan.stateOffset, count: plan.states)
    }
    for step in 1..<steps {
      let row = marginals + (step - 1) * compiled.stateCount
      group.predict(row, sequence.actions(after: step - 1), tables, into: row + compiled.stateCount)
      for (index, factor) in group.factors.enumerated() {
        let plan = compiled.factors.base[factor]
        let next = row + compiled.stateCount + plan.stateOffset
        guard group.ownPosition[factor] >= 0 else { continue }
        let pair = pairs[index].base + (step - 1) * plan.states * plan.states
        for state in 0..<plan.states {
          for successor in 0..<plan.states {
            pair[state * plan.states + successor] =
              row[plan.stateOffset + state] * next[successor]
          }
        }
      }
    }
  }
}
