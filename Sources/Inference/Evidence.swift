import GenerativeModel
import Kernels

/// What was observed in a step.
public enum Evidence {
  /// One entry a modality, the same in all lanes.
  case observations([Observation])
  /// An outcome for each `[modality][lane]`.
  case outcomes(UnsafePointer<Int>)

  /// Whether a modality was observed.
  @inline(__always)
  func isObserved(_ modality: Int) -> Bool {
    if case .observations(let entries) = self, case .missing = entries[modality] { return false }
    return true
  }

  /// The weights of a distribution over outcomes, where that is what was observed.
  @inline(__always)
  func weights(_ modality: Int) -> [Double]? {
    if case .observations(let entries) = self, case .distribution(let weights) = entries[modality] {
      return weights
    }
    return nil
  }

  /// The outcome in a lane, where an outcome was observed.
  @inline(__always)
  func outcome(_ modality: Int, lane: Int, lanes: Int) -> Int {
    switch self {
    case .outcomes(let outcomes): return outcomes[modality * lanes + lane]
    case .observations(let entries):
      if case .outcome(let outcome) = entries[modality] { return outcome }
      return 0
    }
  }
}

extension StepArithmetic {
  /// sum_o q(o) P(o | s) for each joint state of a modality's scope; 1 for a missing observation.
  static func expectedLikelihood(
    _ evidence: Evidence, _ modality: Int, _ rows: RunTable<Parameter>,
    into result: UnsafeMutablePointer<Number>
  ) {
    if !evidence.isObserved(modality) {
      for column in 0..<rows.length { result[column] = Number(broadcast: 1) }
    } else if let weights = evidence.weights(modality) {
      for column in 0..<rows.length { result[column] = .zero }
      for outcome in 0..<rows.count where weights[outcome] != 0 {
        add(Number(broadcast: weights[outcome]), run: outcome, of: rows, to: result)
      }
    } else {
      gather(
        rows, run: { evidence.outcome(modality, lane: $0, lanes: Number.laneCount) }, into: result)
    }
  }
}
