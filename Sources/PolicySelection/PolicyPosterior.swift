import Kernels

/// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`, lane by lane.
///
/// A policy whose prior probability is zero has posterior zero.
///
/// - Parameter logHabit: ln E by policy.
func fillPolicyPosterior<Arithmetic: StepArithmetic>(
  _ arithmetic: Arithmetic.Type, _ negativeExpectedFreeEnergy: UnsafePointer<Arithmetic.Number>,
  logHabit: FixedBuffer<Arithmetic.Parameter>, gamma: Double,
  into posterior: UnsafeMutablePointer<Arithmetic.Number>
) {
  let count = logHabit.count
  let never = Arithmetic.Number(broadcast: -.infinity)
  for policy in 0..<count {
    let isPossible = Arithmetic.Number.isGreater(
      Arithmetic.widened(logHabit.base[policy]), never)
    posterior[policy] = .choose(isPossible, negativeExpectedFreeEnergy[policy], never)
  }
  // Relative to the best, so that no precision is too large.
  let best = greatestEntry(posterior, count: count)
  let gamma = Arithmetic.Number(broadcast: gamma)
  for policy in 0..<count {
    let prior = Arithmetic.widened(logHabit.base[policy])
    posterior[policy] = .choose(
      Arithmetic.Number.isGreater(prior, never),
      gamma * (negativeExpectedFreeEnergy[policy] - best) + prior, prior)
  }
  softmax(inPlace: posterior, count: count)
}
