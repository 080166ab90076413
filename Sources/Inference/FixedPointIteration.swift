import Kernels

extension MeanFieldInference {
  /// Updates all factors at once from the beliefs of the last sweep, beginning with uniform beliefs.
  ///
  /// `iterations` sweeps as in pymdp 1.x (`algos.py`, `run_factorized_fpi`), without a test of
  /// convergence: free energy may rise and beliefs may oscillate. A sweep that changes no bit ends the
  /// iteration, since every later one would change none either. Under pymdp 0.0.7 (`fpi.py`,
  /// `run_vanilla_fpi`) it also ends when free energy changes by less than the tolerance.
  func iterateFixedPoint(
    into belief: UnsafeMutablePointer<Double>,
    iterates: ((UnsafePointer<Double>, Double) -> Void)?
  ) -> StateInference.Outcome {
    let legacy = settings.convention == .pymdp007
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      let uniform = 1 / Double(plan.states)
      for state in 0..<plan.states { belief[plan.stateOffset + state] = uniform }
    }
    // pymdp 0.0.7 compares the first sweep with a free energy that lacks the accuracy.
    var last = legacy ? freeEnergy(belief, accuracy: false).freeEnergy : 0
    var sweeps = 0
    var converged = false
    while sweeps < settings.iterations && !converged {
      sweeps += 1
      converged = !sweep(belief)
      if legacy || iterates != nil {
        let energy = freeEnergy(belief).freeEnergy
        iterates?(belief, energy)
        if legacy {
          converged = converged || abs(last - energy) < settings.tolerance
          last = energy
        }
      }
    }
    var outcome = freeEnergy(belief)
    outcome.sweeps = sweeps
    outcome.converged = converged
    return outcome
  }

  /// Updates every factor from the others' present beliefs; false when no bit changed.
  private func sweep(_ belief: UnsafeMutablePointer<Double>) -> Bool {
    let logs = logBelief.base
    for state in 0..<space.size { logs[state] = base.base[state] }
    for index in messengers {
      for position in groups[index].factors.indices {
        let target = logs + space.compiled.factors.base[groups[index].factors[position]].stateOffset
        addMessage(of: groups[index], to: position, belief, target)
      }
    }
    return normalizeAll(belief)
  }

  /// Softmax of every factor, with one call for all exponentials; false when no bit changed.
  private func normalizeAll(_ belief: UnsafeMutablePointer<Double>) -> Bool {
    let logs = logBelief.base
    let factors = space.compiled.factors
    for factor in 0..<factors.count {
      let run = logs + factors.base[factor].stateOffset
      let count = factors.base[factor].states
      var largest = run[0]
      for state in 1..<max(count, 1) { largest = max(largest, run[state]) }
      for state in 0..<count { run[state] -= largest }
    }
    VectorMath.exp(inPlace: logs, count: space.size)
    var changed = false
    for factor in 0..<factors.count {
      let offset = factors.base[factor].stateOffset
      let count = factors.base[factor].states
      var total = 0.0
      for state in 0..<count { total += logs[offset + state] }
      for state in 0..<count {
        let value = logs[offset + state] / total
        changed = changed || value.bitPattern != belief[offset + state].bitPattern
        belief[offset + state] = value
      }
    }
    return changed
  }
}
