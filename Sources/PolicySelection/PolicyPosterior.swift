import Kernels

/// Writes the posterior over policies, softmax(gamma * -G + ln E), to `posterior`, lane by lane.
///
/// A policy whose prior probability is zero has posterior zero.
///
/// - Parameters:
///   - logHabit: ln E of a policy.
///   - hasImpossiblePolicies: whether it is -infinity somewhere.
@inline(__always)
func fillPolicyPosterior<Number: StepNumber>(
  _ negativeExpectedFreeEnergy: UnsafePointer<Number>, count: Int,
  logHabit: (_ policy: Int) -> Number, hasImpossiblePolicies: Bool, gamma: Double,
  into posterior: UnsafeMutablePointer<Number>
) {
  let never = Number(broadcast: -.infinity)
  // Relative to the best that is possible, so that no precision is too large.
  var best = never
  if hasImpossiblePolicies {
    for policy in 0..<count {
      let isPossible = Number.isGreater(logHabit(policy), never)
      best = .greater(best, .choose(isPossible, negativeExpectedFreeEnergy[policy], never))
    }
  } else {
    best = Number.greatest(negativeExpectedFreeEnergy, count: count)
  }
  let gamma = Number(broadcast: gamma)
  for policy in 0..<count {
    posterior[policy] =
      gamma * (negativeExpectedFreeEnergy[policy] - best) + logHabit(policy)
  }
  if hasImpossiblePolicies {
    for policy in 0..<count {
      posterior[policy] = .choose(
        Number.isGreater(logHabit(policy), never), posterior[policy], never)
    }
  }
  softmax(inPlace: posterior, count: count)
}
