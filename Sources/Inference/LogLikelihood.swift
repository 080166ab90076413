import GenerativeModel
import Kernels

/// The smallest probability whose logarithm is taken inside mean-field expectations: the spacing of
/// doubles at one, as in pymdp 1.x (`maths.py`, MINVAL). ln of it is -36.04 nats.
package let smallestProbability = 0x1p-52

/// What pymdp 0.0.7 adds before it takes a logarithm (`maths.py`, EPS_VAL).
package let legacyOffset = 1e-16

extension InferenceConvention {
  /// The logarithms of a run of probabilities; finite at zero.
  func logarithms<Number: StepNumber>(
    _ probabilities: UnsafePointer<Number>, into logs: UnsafeMutablePointer<Number>, count: Int
  ) {
    switch self {
    case .standard, .pymdp1:
      let smallest = Number(broadcast: smallestProbability)
      for index in 0..<count { logs[index] = .greater(probabilities[index], smallest) }
    case .pymdp007, .spm:
      let offset = Number(broadcast: legacyOffset)
      for index in 0..<count { logs[index] = probabilities[index] + offset }
    }
    VectorMath.log(inPlace: logs, count: count)
  }

  /// The logarithm of zero.
  var logarithmOfZero: Double {
    VectorMath.log(addsOffset ? legacyOffset : smallestProbability)
  }
}

/// ln P(outcome | states) of every modality, in the runs of ``ModelTables/likelihoodRows``, finite at
/// zero.
///
/// Shared like ``ModelTables``; an agent that learns owns a copy.
public final class LogLikelihoodTables<Parameter: StepNumber>: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.

  /// By modality. What a sparse run does not hold has the logarithm of zero.
  let rows: FixedBuffer<RunTable<Parameter>>
  private let numbers: [FixedBuffer<Parameter>]
  private let convention: InferenceConvention

  /// The logarithms of the likelihoods.
  public init(_ tables: ModelTables<Parameter>, _ convention: InferenceConvention) {
    self.convention = convention
    var numbers: [FixedBuffer<Parameter>] = []
    rows = FixedBuffer(
      (0..<tables.likelihoodRows.count).map {
        let table = tables.likelihoodRows.base[$0]
        let logs = FixedBuffer<Parameter>(zeros: table.cellCount)
        numbers.append(logs)
        return table.with(cells: logs.base)
      })
    self.numbers = numbers
    refresh(tables)
  }

  /// Follows likelihoods that have changed.
  public func refresh(_ tables: ModelTables<Parameter>) {
    for modality in 0..<rows.count { refresh(modality, tables) }
  }

  /// Follows a likelihood that has changed, whole where that is quicker than to look for what has.
  func refresh(_ modality: Int, _ tables: ModelTables<Parameter>, _ changed: ChangedRuns? = nil) {
    let table = tables.likelihoodRows.base[modality]
    let logs = rows.base[modality].cells
    guard let changed, !changed.isEverything, table.cellCount > 4096 else {
      convention.logarithms(table.cells, into: logs, count: table.cellCount)
      return
    }
    let columns = tables.likelihoodColumns.base[modality]
    for index in 0..<changed.count {
      let column = Int(changed.runs.base[index])
      for cell in columns.cells(of: column) {
        let row = tables.rowCell(modality, cell, column: column)
        convention.logarithms(table.cells + row, into: logs + row, count: 1)
      }
    }
  }
}

extension StepArithmetic {
  /// Adds what an observation says of each joint state of the modality's scope, in nats.
  ///
  /// A distribution over outcomes gives ln sum_o q(o) P(o | s), under pymdp 1.x
  /// sum_o q(o) ln P(o | s); a missing observation adds nothing.
  ///
  /// - Parameter scratch: room for one run.
  static func addLogLikelihood(
    _ evidence: Evidence, _ modality: Int, _ logs: RunTable<Parameter>,
    _ rows: RunTable<Parameter>, _ convention: InferenceConvention,
    to result: UnsafeMutablePointer<Number>, scratch: UnsafeMutablePointer<Number>
  ) {
    if !evidence.isObserved(modality) { return }
    guard let weights = evidence.weights(modality) else {
      let lanes = Number.laneCount
      if logs.isSparse {
        gatherLogarithms(logs, convention, into: scratch) {
          evidence.outcome(modality, lane: $0, lanes: lanes)
        }
        for column in 0..<logs.length { result[column] += scratch[column] }
        return
      }
      let numbers = numbers(result)
      for lane in 0..<lanes {
        let run =
          logs.cells + evidence.outcome(modality, lane: lane, lanes: lanes) * logs.length
        for column in 0..<logs.length {
          numbers[column * lanes + lane] += parameter(run[column], lane: lane)
        }
      }
      return
    }
    if convention == .pymdp1 {
      for outcome in 0..<logs.count where weights[outcome] != 0 {
        let weight = Number(broadcast: weights[outcome])
        gatherLogarithms(logs, convention, into: scratch) { _ in outcome }
        for column in 0..<logs.length { result[column] += weight * scratch[column] }
      }
      return
    }
    expectedLikelihood(evidence, modality, rows, into: scratch)
    convention.logarithms(scratch, into: scratch, count: rows.length)
    for column in 0..<rows.length { result[column] += scratch[column] }
  }

  /// exp sum_o q(o) ln P(o | s) for each joint state of a modality's scope: what pymdp 1.x makes of a
  /// distribution over outcomes.
  ///
  /// - Parameter scratch: room for one run.
  static func geometricLikelihood(
    _ weights: [Double], _ rows: RunTable<Parameter>, _ convention: InferenceConvention,
    into result: UnsafeMutablePointer<Number>, scratch: UnsafeMutablePointer<Number>
  ) {
    for column in 0..<rows.length { result[column] = .zero }
    for outcome in 0..<rows.count where weights[outcome] != 0 {
      let weight = Number(broadcast: weights[outcome])
      gather(rows, run: { _ in outcome }, into: scratch)
      convention.logarithms(scratch, into: scratch, count: rows.length)
      for column in 0..<rows.length { result[column] += weight * scratch[column] }
    }
    VectorMath.exp(inPlace: result, count: rows.length)
  }

  /// Writes a run of logarithms, another one in each lane.
  private static func gatherLogarithms(
    _ logs: RunTable<Parameter>, _ convention: InferenceConvention,
    into result: UnsafeMutablePointer<Number>, run: (_ lane: Int) -> Int
  ) {
    guard logs.isSparse else {
      gather(logs, run: run, into: result)
      return
    }
    let lanes = Number.laneCount
    let numbers = numbers(result)
    let zero = convention.logarithmOfZero
    for lane in 0..<lanes {
      for column in 0..<logs.length { numbers[column * lanes + lane] = zero }
      let run = run(lane)
      for cell in logs.cells(of: run) {
        numbers[logs.place(cell, in: run) * lanes + lane] = parameter(
          logs.cells[cell], lane: lane)
      }
    }
  }
}
