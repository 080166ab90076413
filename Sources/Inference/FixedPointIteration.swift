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
    // What windows are of one step makes all its sweeps.
    let legacy = settings.convention == .pymdp007 && settings.algorithm == .fixedPoint
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
    logs.update(from: base.base, count: frame.count)
    for index in 0..<messages.count {
      let message = messages.base[index]
      addMessage(
        of: message.group, table(of: message.group), to: message.position, belief,
        logs + frame.offsets.base[message.factor])
    }
    return normalizeAll(belief, running)
  }

  /// Softmax of every factor, with one call for all exponentials; true where no bit changed.
  @inline(__always)
  private func normalizeAll(
    _ belief: UnsafeMutablePointer<Number>, _ running: Number.Mask
  ) -> Number.Mask {
    let logs = logBelief.base
    let sizes = UnsafePointer(frame.sizes.base)
    let factorCount = frame.sizes.count
    if Number.laneCount == 1 && frame.count <= 8 && factorCount > 1 {
      return .init(
        broadcast: softmax(
          runs: sizes, count: factorCount, numbers(UnsafePointer(logs)), into: numbers(belief)))
    }
    // The runs of the factors follow one another.
    var run = logs
    for factor in 0..<factorCount {
      let count = sizes[factor]
      let largest = Number.greatest(run, count: count)
      for state in 0..<count { run[state] = run[state] - largest }
      run += count
    }
    VectorMath.exp(inPlace: logs, count: frame.count)
    var unchanged = Number.Mask(broadcast: true)
    run = logs
    var target = belief
    for factor in 0..<factorCount {
      let count = sizes[factor]
      let total = Number.sum(run, count: count)
      for state in 0..<count {
        let value = Number.choose(running, run[state] / total, target[state])
        unchanged = .and(unchanged, Number.isIdentical(value, target[state]))
        target[state] = value
      }
      run += count
      target += count
    }
    return unchanged
  }
}
