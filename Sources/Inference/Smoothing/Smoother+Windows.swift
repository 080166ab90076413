import GenerativeModel
import Kernels

/// What is believed at one step of a sequence about the last steps until then.
public struct SmoothedWindow: Hashable, Sendable {
  /// The step that the first of ``beliefs`` is about.
  public var start: Int
  /// `[step from start][factor][state]`, the last of the step that the window ends with.
  public var beliefs: [[[Double]]]
  /// ln P(observations of the window | those before it, actions) in nats, or a lower bound of it where a group
  /// was approximated.
  public var logEvidenceBound: Double
}

extension Smoother {
  /// Smooths with a fixed lag: at every step of a sequence, what its observations until then say of the last
  /// steps.
  ///
  /// A window's first step has for its prior what was believed of the step before when that was the newest,
  /// carried forward. Exact groups keep that belief over joint states, and so their beliefs are the posteriors
  /// given everything that was observed until the step; structured ones keep it factor by factor.
  ///
  /// - Parameter horizon: the most steps of a window, 1 or more.
  /// - Returns: a window a step.
  /// - Throws: as ``smooth(_:)``.
  /// - Complexity: at most horizon times what smoothing the sequence takes.
  public func smooth(
    _ record: BehaviourRecord, horizon: Int
  ) throws(InvalidInput) -> [SmoothedWindow] {
    try smooth(record, horizon: horizon, laidOut.tables)
  }

  /// Smooths with a fixed lag under tables in place of the model's own, of the same structure.
  package func smooth(
    _ record: BehaviourRecord, horizon: Int, _ tables: ModelTables<Double>
  ) throws(InvalidInput) -> [SmoothedWindow] {
    let sequence = try sequence(record)
    try checkMemory(steps: sequence.count)
    try checkMemory(steps: sequence.count, horizon: horizon)
    let marginals = FixedBuffer<Double>(zeros: sequence.count * compiled.stateCount)
    let windows: [any WindowSmoother]
    do throws(ImpossibleStep) {
      windows = try parts.map { part throws(ImpossibleStep) in
        switch part {
        case .joint(let group): try JointWindows(group, inference, sequence, tables)
        case .chains(let group): ChainWindows(group, inference, settings, sequence, tables)
        }
      }
    } catch {
      throw impossible(error, sequence)
    }
    return (0..<sequence.count).map { step in
      let window = max(0, step + 1 - max(1, horizon))..<step + 1
      let bound = windows.reduce(0) { $0 + $1.smooth(window, into: marginals.base) }
      return SmoothedWindow(
        start: window.lowerBound, beliefs: window.map { beliefs(marginals, at: $0) },
        logEvidenceBound: bound)
    }
  }

  private func beliefs(_ marginals: FixedBuffer<Double>, at step: Int) -> [[Double]] {
    model.factors.indices.map {
      let plan = compiled.factors.base[$0]
      let first = step * compiled.stateCount + plan.stateOffset
      return marginals.array(first..<first + plan.states)
    }
  }

  /// Refuses windows whose beliefs together would take too much memory.
  private func checkMemory(steps: Int, horizon: Int) throws(InvalidInput) {
    let longest = Double(min(horizon, steps))
    // A list takes about four numbers beside its own.
    let numbers =
      longest * Double(steps) * Double(compiled.stateCount + 4 * (model.factors.count + 1))
    if numbers <= Double(limit) { return }
    throw InvalidInput(
      source: model.name,
      [
        Fault(
          "inference.horizon",
          "\(Int(longest)) steps of smoothed beliefs at each of \(steps) steps take"
            + " \(Int(min(numbers * 8 / 0x1p20, 1e15))) MiB, more than \(limit >> 17) MiB",
          remedy: "give fewer, or none, and then the whole record is smoothed once")
      ])
  }
}

/// A group of factors whose windows are smoothed one after the other.
private protocol WindowSmoother {
  /// Smooths the next window.
  ///
  /// - Parameter marginals: takes `[step][state]` at the places of the window's steps.
  /// - Returns: ln P(observations of the window | those before, actions) or a lower bound of it, in nats.
  func smooth(_ window: Range<Int>, into marginals: UnsafeMutablePointer<Double>) -> Double
}

/// Windows over joint states: the filter's beliefs, and back from each step.
private struct JointWindows: WindowSmoother {
  private let sequence: ObservedSequence
  private let tables: ModelTables<Double>
  private let smoother: JointSmoother

  init(
    _ group: FactorGroup, _ settings: InferenceSettings, _ sequence: ObservedSequence,
    _ tables: ModelTables<Double>
  ) throws(ImpossibleStep) {
    self.sequence = sequence
    self.tables = tables
    smoother = JointSmoother(group, settings, steps: sequence.count)
    _ = try smoother.filter(sequence, tables)
  }

  func smooth(_ window: Range<Int>, into marginals: UnsafeMutablePointer<Double>) -> Double {
    smoother.smooth(
      window, sequence, tables, marginals: marginals, statistics: nil, keepsPriors: true)
    return window.reduce(0) { $0 + smoother.logEvidence.base[$1] }
  }
}

/// Windows factor by factor.
private final class ChainWindows: WindowSmoother {
  private let group: ChainGroup
  private let settings: InferenceSettings
  private let smoothing: SmoothingSettings
  private let sequence: ObservedSequence
  private let tables: ModelTables<Double>
  /// `[step][state]`: what was believed of a step when it was the newest.
  private let newest: FixedBuffer<Double>
  private let prior: FixedBuffer<Double>
  private let logs: LogLikelihoodTables<Double>
  /// Of the last window, made anew for one of another length.
  private var smoother: ChainSmoother

  init(
    _ group: ChainGroup, _ settings: InferenceSettings, _ smoothing: SmoothingSettings,
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>
  ) {
    self.group = group
    self.settings = settings
    self.smoothing = smoothing
    self.sequence = sequence
    self.tables = tables
    newest = FixedBuffer(zeros: sequence.count * group.compiled.stateCount)
    prior = FixedBuffer(zeros: group.compiled.stateCount)
    logs = LogLikelihoodTables(tables, settings.convention)
    smoother = ChainSmoother(group, settings, steps: 1)
  }

  func smooth(_ window: Range<Int>, into marginals: UnsafeMutablePointer<Double>) -> Double {
    let width = group.compiled.stateCount
    let start = window.lowerBound
    if start > 0 {
      group.predict(
        newest.base + (start - 1) * width, sequence.actions(after: start - 1), tables,
        into: prior.base)
    }
    if smoother.steps != window.count {
      smoother = ChainSmoother(group, settings, steps: window.count)
    }
    let bound = smoother.smooth(
      sequence.part(window), tables, smoothing,
      initial: start > 0 ? UnsafePointer(prior.base) : nil, logs: logs,
      marginals: marginals + start * width, statistics: nil)
    let last = window.upperBound - 1
    for factor in group.factors {
      let plan = group.compiled.factors.base[factor]
      let place = last * width + plan.stateOffset
      (newest.base + place).update(from: marginals + place, count: plan.states)
    }
    return bound
  }
}

extension ObservedSequence {
  /// Some of its steps, by themselves.
  fileprivate func part(_ window: Range<Int>) -> ObservedSequence {
    let first = window.lowerBound * factorCount
    let count = (window.count - 1) * factorCount
    return ObservedSequence(
      observations: Array(observations[window]),
      actions: FixedBuffer(actions.array(first..<first + count)),
      factorCount: factorCount)
  }
}
