import Kernels

/// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`, lane by lane.
///
/// A policy whose prior probability is zero has posterior zero.
///
/// - Parameters:
///   - logHabit: ln E by policy.
///   - hasImpossiblePolicies: whether it is -infinity somewhere.
func fillPolicyPosterior<Arithmetic: StepArithmetic>(
  _ arithmetic: Arithmetic.Type, _ negativeExpectedFreeEnergy: UnsafePointer<Arithmetic.Number>,
  logHabit: FixedBuffer<Arithmetic.Parameter>, hasImpossiblePolicies: Bool, gamma: Double,
  into posterior: UnsafeMutablePointer<Arithmetic.Number>
) {
  let count = logHabit.count
  let never = Arithmetic.Number(broadcast: -.infinity)
  // Relative to the best that is possible, so that no precision is too large.
  var best = never
  if hasImpossiblePolicies {
    for policy in 0..<count {
      let isPossible = Arithmetic.Number.isGreater(
        Arithmetic.widened(logHabit.base[policy]), never)
      best = .greater(best, .choose(isPossible, negativeExpectedFreeEnergy[policy], never))
    }
  } else {
    best = Arithmetic.Number.greatest(negativeExpectedFreeEnergy, count: count)
  }
  let gamma = Arithmetic.Number(broadcast: gamma)
  for policy in 0..<count {
    let prior = Arithmetic.widened(logHabit.base[policy])
    posterior[policy] = gamma * (negativeExpectedFreeEnergy[policy] - best) + prior
  }
  if hasImpossiblePolicies {
    for policy in 0..<count {
      let prior = Arithmetic.widened(logHabit.base[policy])
      posterior[policy] = .choose(
        Arithmetic.Number.isGreater(prior, never), posterior[policy], never)
    }
  }
  softmax(inPlace: posterior, count: count)
}
