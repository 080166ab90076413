import GenerativeModel
import Kernels

/// The smallest probability whose logarithm is taken inside mean-field expectations: the spacing of
/// doubles at one, as in pymdp 1.x (`maths.py`, MINVAL). ln of it is -36.04 nats.
package let smallestProbability = 0x1p-52

/// What pymdp 0.0.7 adds before it takes a logarithm (`maths.py`, EPS_VAL).
package let legacyOffset = 1e-16

extension InferenceConvention {
  /// The logarithm of a probability; finite at zero.
  func logarithm(_ probability: Double) -> Double {
    switch self {
    case .standard, .pymdp1: return VectorMath.log(max(probability, smallestProbability))
    case .pymdp007: return VectorMath.log(probability + legacyOffset)
    }
  }

  /// The logarithms of a run of probabilities; finite at zero.
  func logarithms(
    _ probabilities: UnsafePointer<Double>, into logs: UnsafeMutablePointer<Double>, count: Int
  ) {
    switch self {
    case .standard, .pymdp1:
      for index in 0..<count { logs[index] = max(probabilities[index], smallestProbability) }
    case .pymdp007:
      for index in 0..<count { logs[index] = probabilities[index] + legacyOffset }
    }
    VectorMath.log(inPlace: logs, count: count)
  }
}

/// ln P(outcome | states) of every modality, `[outcome][column]`, finite at zero.
///
/// Shared like ``ModelTables``; an agent that learns owns a copy.
public final class LogLikelihoodTables: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.
  let logs: FixedBuffer<Double>
  private let compiled: CompiledModel
  private let convention: InferenceConvention

  /// The logarithms of the likelihoods.
  public init(_ compiled: CompiledModel, _ tables: ModelTables, _ convention: InferenceConvention) {
    self.compiled = compiled
    self.convention = convention
    logs = FixedBuffer(repeating: 0, count: compiled.likelihoodCount)
    refreshAll(tables)
  }

  private init(copying other: LogLikelihoodTables) {
    compiled = other.compiled
    convention = other.convention
    logs = other.logs.copy()
  }

  /// Tables of one's own.
  public func copy() -> LogLikelihoodTables { LogLikelihoodTables(copying: self) }

  /// Follows likelihoods that have changed.
  public func refreshAll(_ tables: ModelTables) {
    for modality in 0..<compiled.modalities.count { refresh(modality: modality, tables) }
  }

  /// Follows a likelihood that has changed.
  func refresh(modality: Int, _ tables: ModelTables) {
    let plan = compiled.modalities.base[modality]
    convention.logarithms(
      tables.likelihoodRows.base + plan.offset, into: logs.base + plan.offset,
      count: plan.outcomes * plan.columns)
  }

  /// Adds what an observation says of each joint state of the modality's scope, in nats.
  ///
  /// A distribution over outcomes gives ln sum_o q(o) P(o | s), under pymdp 1.x
  /// sum_o q(o) ln P(o | s); a missing observation adds nothing.
  func add(
    _ observation: Observation, modality: Int, tables: ModelTables,
    to result: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
  ) {
    let plan = compiled.modalities.base[modality]
    switch observation {
    case .missing: return
    case .outcome(let outcome):
      let row = logs.base + plan.offset + outcome * plan.columns
      for column in 0..<plan.columns { result[column] += row[column] }
    case .distribution(let weights):
      if convention == .pymdp1 {
        for outcome in 0..<plan.outcomes where weights[outcome] != 0 {
          Contraction.addScaled(
            weights[outcome], logs.base + plan.offset + outcome * plan.columns, to: result,
            count: plan.columns)
        }
        return
      }
      expectedLikelihood(observation, plan, tables, into: scratch)
      convention.logarithms(scratch, into: scratch, count: plan.columns)
      for column in 0..<plan.columns { result[column] += scratch[column] }
    }
  }
}

/// sum_o q(o) P(o | s) for each joint state of a modality's scope; 1 for a missing observation.
func expectedLikelihood(
  _ observation: Observation, _ plan: CompiledModel.ModalityPlan, _ tables: ModelTables,
  into result: UnsafeMutablePointer<Double>
) {
  let rows = tables.likelihoodRows.base + plan.offset
  switch observation {
  case .missing:
    for column in 0..<plan.columns { result[column] = 1 }
  case .outcome(let outcome):
    let row = rows + outcome * plan.columns
    for column in 0..<plan.columns { result[column] = row[column] }
  case .distribution(let weights):
    for column in 0..<plan.columns { result[column] = 0 }
    for outcome in 0..<plan.outcomes where weights[outcome] != 0 {
      Contraction.addScaled(
        weights[outcome], rows + outcome * plan.columns, to: result, count: plan.columns)
    }
  }
}
