import Kernels

/// What belief updating would look like to an electrode: firing rates, local field potentials, dopamine.
///
/// A unit stands for a state of a factor at a time of the episode. Its firing rate is what is believed of
/// it, sweep by sweep, averaged over policies; a bin of time is a sweep.
///
/// ```swift
/// let trace = Trace(
///   model: model, agent: configuration, steps: try agent.replay(record, level: .iterates),
///   final: agent.concentration)
/// let physiology = try SimulatedPhysiology(trace)
/// print(physiology.firingRates[0][1][2])  // of state 1 of the first factor, at time 2, bin by bin
/// ```
///
/// (Friston, FitzGerald, Rigoli, Schwartenbeck & Pezzulo 2017, doi:10.1162/NECO_a_00912; in every constant
/// as SPM's `spm_MDP_VB_X.m` and `spm_MDP_VB_LFP.m`.)
public struct SimulatedPhysiology: Hashable, Sendable {
  /// Seconds of a bin, by convention.
  public static let secondsPerBin = 1.0 / 64

  /// `[factor][state][time][bin]`, from 0 to 1; bins of all steps one after the other.
  public let firingRates: [[[[Double]]]]
  /// `[factor][state][time][bin]`: ln(rate + 1/32), of which what varies within about 2 to 16 bins is kept.
  public let localFieldPotentials: [[[[Double]]]]
  /// Policy precision after every update of the episode.
  public let precision: [Double]
  /// `[update]`: 8 times how fast precision rises, and an eighth of it.
  public let dopamine: [Double]

  /// The responses of an episode.
  ///
  /// - Throws: ``InvalidInput`` where the trace does not hold what every sweep found by policy: it takes
  ///   `inference.algorithm: mmp-spm` and record level `iterates`.
  /// - Complexity: O(bins x states x times x policies).
  public init(_ trace: Trace) throws(InvalidInput) {
    let rates = try SimulatedPhysiology.rates(trace)
    firingRates = rates
    localFieldPotentials = rates.map { $0.map { $0.map(SimulatedPhysiology.potential) } }
    precision = trace.steps.flatMap { $0.precisionUpdates ?? [] }
    dopamine = SimulatedPhysiology.dopamine(precision)
  }

  /// The sweeps of every step, averaged over policies.
  private static func rates(_ trace: Trace) throws(InvalidInput) -> [[[[Double]]]] {
    var faults: [Fault] = []
    let isEpisode = trace.agent.inference.algorithm != .windowedPolicyMessages
    for step in trace.steps
    where !isEpisode || step.iterates?.policyBeliefs == nil || step.policyPosterior == nil {
      faults.append(
        Fault(
          "steps[\(step.t)]", "does not hold what every sweep found by policy of the whole episode",
          remedy: "use inference.algorithm mmp-spm, and record level iterates"))
    }
    if trace.steps.isEmpty { faults.append(Fault("steps", "are none")) }
    if !faults.isEmpty { throw InvalidInput(source: "trace", faults) }
    var rates: [[[[Double]]]] = []
    for step in trace.steps {
      let posterior = step.policyPosterior ?? []
      for sweep in step.iterates?.policyBeliefs ?? [] {
        let times = sweep.map(\.count).max() ?? 0
        if rates.isEmpty {
          rates = trace.model.factors.map {
            Array(repeating: Array(repeating: [], count: times), count: $0.size)
          }
        }
        for (factor, variable) in trace.model.factors.enumerated() {
          for state in 0..<variable.size {
            for time in 0..<times {
              var rate = 0.0
              for (policy, q) in posterior.enumerated() where !sweep[policy].isEmpty {
                rate += q * sweep[policy][time][factor][state]
              }
              rates[factor][state][time].append(rate)
            }
          }
        }
      }
    }
    return rates
  }

  /// The logarithm of a firing rate, smoothed at a full width at half maximum of 2 bins, less the same
  /// smoothed at 16.
  private static func potential(_ rates: [Double]) -> [Double] {
    let logs = rates.map { VectorMath.log($0 + 1.0 / 32) }
    return zip(smoothed(logs, width: 2), smoothed(logs, width: 16)).map { $0 - $1 }
  }

  /// Convolution with a Gaussian, the ends mirrored.
  static func smoothed(_ values: [Double], width: Double) -> [Double] {
    let deviation = width / (8 * VectorMath.log(2)).squareRoot() + .ulpOfOne
    let reach = min(Int(6 * deviation), values.count)
    guard values.count > 1, reach > 0 else { return values }
    var kernel = (-reach...reach).map {
      VectorMath.exp(-Double($0 * $0) / (2 * deviation * deviation))
    }
    let total = kernel.reduce(0, +)
    for index in kernel.indices { kernel[index] /= total }
    let mirrored =
      values.prefix(reach).reversed() + values + values.suffix(reach).reversed()
    return values.indices.map { start in
      kernel.indices.reduce(0) { $0 + kernel[$1] * mirrored[start + $1] }
    }
  }

  /// 8 times the gradient by central differences, and an eighth of the value.
  private static func dopamine(_ precision: [Double]) -> [Double] {
    let last = precision.count - 1
    return precision.indices.map { index in
      let (before, after) = (max(index - 1, 0), min(index + 1, last))
      let slope =
        after > before ? (precision[after] - precision[before]) / Double(after - before) : 0
      return 8 * slope + precision[index] / 8
    }
  }
}
