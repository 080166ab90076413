import ActiveInference
import Foundation

/// A mean-field plan refined from habit, by its definition: every value is found anew from the root.
extension BruteForce {
  /// What one step is worth, and the belief that it leads to.
  private struct Outlook {
    /// Utility, information gain, novelty and inductive preference.
    var terms = [0.0, 0, 0, 0]
    let next: [Double]
  }

  private func outlook(
    _ belief: [Double], _ action: [Int], _ time: Int, _ now: [[Double]]
  ) -> Outlook {
    let settings = configuration.planning
    var outlook = Outlook(next: predict(belief, action))
    let next = outlook.next
    if settings.utility { outlook.terms[0] = expectedPreference(next, time) }
    if settings.stateInformationGain {
      outlook.terms[1] =
        settings.informationGain == .joint
        ? informationGain(next, of: Array(model.modalities.indices))
        : model.modalities.indices.reduce(0) { $0 + informationGain(next, of: [$1]) }
    }
    if settings.parameterInformationGain {
      outlook.terms[2] = noveltyOfTransitions(belief, action) + noveltyOfLikelihoods(next)
    }
    if let settings = settings.inductive {
      outlook.terms[3] = inductiveValue(next, now: now, settings)
    }
    return outlook
  }

  /// What is expected after a step whose actions have these probabilities.
  private func mixture(_ q: [Double], _ beliefs: [[Double]]) -> [Double] {
    let mixed = states.indices.map { state in
      zip(q, beliefs).reduce(0) { $0 + $1.0 * $1.1[state] }
    }
    return isMeanField ? product(marginals(mixed)) : mixed
  }

  /// What an action is worth in a step of a plan that is followed after it.
  private func terms(
    of action: Int, _ belief: [Double], _ time: Int, _ plan: [[Double]], _ now: [[Double]]
  ) -> [Double] {
    let first = outlook(belief, policies[action][0], time, now)
    var sum = first.terms
    var belief = first.next
    for later in (time + 1)..<max(plan.count, time + 1) {
      let outlooks = policies.map { outlook(belief, $0[0], later, now) }
      for (q, outlook) in zip(plan[later], outlooks) {
        for term in sum.indices { sum[term] += q * outlook.terms[term] }
      }
      belief = mixture(plan[later], outlooks.map(\.next))
    }
    return sum
  }

  private func refined(_ values: [Double], _ gamma: Double, at belief: [Double]) -> [Double] {
    BruteForce.softmax(zip(values, habit(at: belief)).map { gamma * $0 + logHabit($1) })
  }

  /// Plans by refining the habit.
  func refine(_ step: inout ReferenceStep) {
    let settings = configuration.planning
    let horizon = settings.horizon ?? 1
    let now = step.beliefs
    var values = policies.map { _ in [0.0, 0, 0, 0] }
    var sweeps = 0
    if !model.controls.isEmpty {
      var plan: [[Double]] = []
      var here = belief
      for _ in 0..<horizon {
        let q = refined(policies.map { _ in 0 }, 0, at: here)
        plan.append(q)
        here = mixture(q, policies.map { predict(here, $0[0]) })
      }
      while sweeps < settings.hybrid.sweeps {
        let last = plan
        here = belief
        for time in 0..<horizon {
          let found = policies.indices.map { terms(of: $0, here, time, plan, now) }
          if time == 0 { values = found }
          plan[time] = refined(found.map { $0.reduce(0, +) }, settings.gamma, at: here)
          here = mixture(plan[time], policies.map { predict(here, $0[0]) })
        }
        sweeps += 1
        if divergence(plan, from: last) <= settings.hybrid.tolerance { break }
      }
    }
    step.sweeps = sweeps
    step.negativeExpectedFreeEnergy = values.map { $0.reduce(0, +) }
    step.terms = [
      "utility": values.map { $0[0] }, "stateInformationGain": values.map { $0[1] },
      "parameterInformationGain": values.map { $0[2] }, "inductive": values.map { $0[3] },
    ]
  }
}

/// sum_t KL[q_t || p_t].
private func divergence(_ plan: [[Double]], from other: [[Double]]) -> Double {
  var sum = 0.0
  for (q, p) in zip(plan.joined(), other.joined()) where q > 0 { sum += q * (log(q) - log(p)) }
  return sum
}
