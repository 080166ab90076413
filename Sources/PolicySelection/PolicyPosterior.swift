import Kernels

extension PlanningTables {
  /// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`.
  ///
  /// A policy whose prior probability is zero has posterior zero.
  public func fillPosterior(
    _ negativeExpectedFreeEnergy: UnsafePointer<Double>, gamma: Double,
    into posterior: UnsafeMutablePointer<Double>
  ) {
    // Relative to the best, so that no precision is too large.
    var best = -Double.infinity
    for policy in 0..<logHabit.count where logHabit.base[policy] > -.infinity {
      best = max(best, negativeExpectedFreeEnergy[policy])
    }
    for policy in 0..<logHabit.count {
      let prior = logHabit.base[policy]
      posterior[policy] =
        prior > -.infinity
        ? gamma * (negativeExpectedFreeEnergy[policy] - best) + prior : prior
    }
    softmax(inPlace: posterior, count: logHabit.count)
  }
}
