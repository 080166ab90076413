import Kernels

// What is done at a step of an episode whose policies are counted from its beginning (`mmp-spm`).

extension PolicyMessagePassing {
  /// Takes in the observation of the next step and passes messages under every policy that is weighed.
  ///
  /// - Parameters:
  ///   - posterior: over policies, of the step before; those that fell too low are dropped. Not read at the
  ///     first step.
  ///   - sweeps: takes the free energy, less is better, and the beliefs that each sweep found under a
  ///     policy, `[time][factor, state]`, where somebody wants to know.
  /// - Throws: ``ImpossibleObservation`` where no state lets the observation be seen and the settings call
  ///   that an error; nothing has changed then.
  /// - Complexity: O(policies x sweeps x times x (joint states x factors + transitions)).
  public func infer(
    _ evidence: Evidence, posterior: UnsafePointer<Double>,
    sweeps: ((_ policy: Int, _ freeEnergy: Double, _ beliefs: UnsafePointer<Double>) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    try likelihood.observe(evidence, tables, time: time + 1)
    time += 1
    if time > 0 { dropPolicies(posterior) }
    logPrior.base.update(from: tables.initialStates.base, count: layout.states)
    flatten()
    passMessages(sweeps)
  }

  private func dropPolicies(_ posterior: UnsafePointer<Double>) {
    var greatest = 0.0
    for policy in 0..<layout.policies where isWeighed.base[policy] {
      greatest = max(greatest, posterior[policy])
    }
    let bound = VectorMath.log(greatest) - settings.policyMessages.zeta
    for policy in 0..<layout.policies where isWeighed.base[policy] {
      isWeighed.base[policy] = VectorMath.log(posterior[policy]) > bound
    }
  }

  /// x <- softmax(ln x / erp), everywhere.
  private func flatten() {
    settings.convention.logarithms(beliefs.base, into: beliefs.base, count: layout.beliefCount)
    let rate = settings.policyMessages.erp
    for index in 0..<layout.beliefCount { beliefs.base[index] /= rate }
    for policy in 0..<layout.policies {
      for time in 0..<layout.times {
        let belief = beliefs.base + layout.offset(policy, time)
        for factor in 0..<layout.factors {
          let plan = space.compiled.factors.base[factor]
          softmax(inPlace: belief + plan.stateOffset, count: plan.states)
        }
      }
    }
  }
}
