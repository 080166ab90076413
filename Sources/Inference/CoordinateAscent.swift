extension MeanFieldInference {
  /// Updates one factor after the other in the order of the model, beginning with the prior.
  ///
  /// Each update is the exact minimum of free energy over that factor's belief, so free energy never
  /// rises beyond rounding. Ends when a sweep lowers it by less than the tolerance, which is reported
  /// as converged, or after `iterations` sweeps, which is not (Beal 2003, section 2.2; Blei,
  /// Kucukelbir & McAuliffe 2017, doi:10.1080/01621459.2017.1285773).
  func ascendCoordinates(
    _ prior: UnsafePointer<Double>, into belief: UnsafeMutablePointer<Double>,
    iterates: ((UnsafePointer<Double>, Double) -> Void)?
  ) -> StateInference.Outcome {
    for state in 0..<space.size { belief[state] = prior[state] }
    var outcome = freeEnergy(belief)
    var sweeps = 0
    var converged = false
    while sweeps < settings.iterations && !converged {
      sweeps += 1
      for factor in 0..<space.compiled.factors.count { update(factor, belief) }
      let next = freeEnergy(belief)
      iterates?(belief, next.freeEnergy)
      converged = outcome.freeEnergy - next.freeEnergy < settings.tolerance
      outcome = next
    }
    outcome.sweeps = sweeps
    outcome.converged = converged
    return outcome
  }

  private func update(_ factor: Int, _ belief: UnsafeMutablePointer<Double>) {
    let plan = space.compiled.factors.base[factor]
    let logs = logBelief.base + plan.stateOffset
    for state in 0..<plan.states { logs[state] = base.base[plan.stateOffset + state] }
    for index in messengers {
      guard let position = groups[index].factors.firstIndex(of: factor) else { continue }
      addMessage(of: groups[index], to: position, belief, logs)
    }
    normalize(factor, into: belief)
  }
}
