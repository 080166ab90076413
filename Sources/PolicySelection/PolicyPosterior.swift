import Kernels

extension PlanningTables {
  /// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`.
  ///
  /// A policy whose prior probability is zero has posterior zero.
  public func fillPosterior(
    _ negativeExpectedFreeEnergy: UnsafePointer<Double>, gamma: Double,
    into posterior: UnsafeMutablePointer<Double>
  ) {
    for policy in 0..<logHabit.count {
      posterior[policy] = gamma * negativeExpectedFreeEnergy[policy] + logHabit.base[policy]
    }
    softmax(inPlace: posterior, count: logHabit.count)
  }
}
