import Kernels

extension MeanFieldInference {
  /// Updates all factors at once from the beliefs of the last sweep, beginning with uniform beliefs.
  ///
  /// `iterations` sweeps as in pymdp 1.x (`algos.py`, `run_factorized_fpi`), without a test of
  /// convergence: free energy may rise and beliefs may oscillate. A sweep that changes no bit ends the
  /// iteration, since every later one would change none either. Under pymdp 0.0.7 (`fpi.py`,
  /// `run_vanilla_fpi`) it also ends when free energy changes by less than the tolerance.
  ///
  /// A lane that has ended keeps its belief while others go on.
  func iterateFixedPoint(
    into belief: UnsafeMutablePointer<Number>, iterates: ((Number) -> Void)?
  ) -> LaneOutcome<Number> {
    let legacy = settings.convention == .pymdp007
    for factor in 0..<frame.sizes.count {
      let uniform = Number(broadcast: 1 / Double(frame.sizes.base[factor]))
      let run = belief + frame.offsets.base[factor]
      for state in 0..<frame.sizes.base[factor] { run[state] = uniform }
    }
    // pymdp 0.0.7 compares the first sweep with a free energy that lacks the accuracy.
    var last = legacy ? freeEnergy(belief, accuracy: false).freeEnergy : .zero
    let one = Number(broadcast: 1)
    var sweeps = Number.zero
    var running = Number.Mask(broadcast: true)
    var sweep = 0
    while sweep < settings.iterations && running.any {
      sweep += 1
      sweeps += .choose(running, one, .zero)
      let unchanged = self.sweep(belief, running)
      if legacy || iterates != nil {
        let energy = freeEnergy(belief).freeEnergy
        iterates?(energy)
        if legacy {
          let tolerance = Number(broadcast: settings.tolerance)
          let change = Number.greater(last - energy, energy - last)
          running = .butNot(running, Number.isGreater(tolerance, change))
          last = energy
        }
      }
      if endsIterations { running = .butNot(running, unchanged) }
    }
    var outcome = freeEnergy(belief)
    outcome.sweeps = sweeps
    outcome.converged = .butNot(Number.Mask(broadcast: true), running)
    return outcome
  }

  /// Updates every factor of the running lanes from the others' present beliefs; true where no bit
  /// changed.
  private func sweep(
    _ belief: UnsafeMutablePointer<Number>, _ running: Number.Mask
  ) -> Number.Mask {
    let logs = logBelief.base
    for state in 0..<frame.count { logs[state] = base.base[state] }
    for index in messengers {
      for position in groups[index].factors.indices {
        addMessage(
          of: index, to: position, belief,
          logs + frame.offsets.base[groups[index].factors[position]])
      }
    }
    return normalizeAll(belief, running)
  }

  /// Softmax of every factor, with one call for all exponentials; true where no bit changed.
  private func normalizeAll(
    _ belief: UnsafeMutablePointer<Number>, _ running: Number.Mask
  ) -> Number.Mask {
    let logs = logBelief.base
    for factor in 0..<frame.sizes.count {
      let run = logs + frame.offsets.base[factor]
      let count = frame.sizes.base[factor]
      let largest = Number.greatest(run, count: count)
      for state in 0..<count { run[state] = run[state] - largest }
    }
    VectorMath.exp(inPlace: logs, count: frame.count)
    var unchanged = Number.Mask(broadcast: true)
    for factor in 0..<frame.sizes.count {
      let offset = frame.offsets.base[factor]
      let count = frame.sizes.base[factor]
      let total = Number.sum(logs + offset, count: count)
      for state in offset..<offset + count {
        let value = Number.choose(running, logs[state] / total, belief[state])
        unchanged = .and(unchanged, Number.isIdentical(value, belief[state]))
        belief[state] = value
      }
    }
    return unchanged
  }
}
