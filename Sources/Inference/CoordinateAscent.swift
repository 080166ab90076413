import Kernels

extension MeanFieldInference {
  /// Updates one factor after the other in the order of the model, beginning with the prior.
  ///
  /// Each update is the exact minimum of free energy over that factor's belief, so free energy never
  /// rises beyond rounding. Ends when a sweep lowers it by less than the tolerance, which is reported
  /// as converged, or after `iterations` sweeps, which is not (Beal 2003, section 2.2; Blei,
  /// Kucukelbir & McAuliffe 2017, doi:10.1080/01621459.2017.1285773). A lane that has ended keeps its
  /// belief while others go on.
  func ascendCoordinates(
    _ prior: UnsafePointer<Number>, into belief: UnsafeMutablePointer<Number>,
    iterates: ((Number) -> Void)?
  ) -> LaneOutcome<Number> {
    for state in 0..<frame.count { belief[state] = prior[state] }
    var outcome = freeEnergy(belief)
    let one = Number(broadcast: 1)
    var sweeps = Number.zero
    var running = Number.Mask(broadcast: true)
    // Where factors say nothing of each other the first sweep is the minimum, and later ones would change
    // no bit.
    let isExact = messengers.isEmpty
    var sweep = 0
    while sweep < settings.iterations && running.any {
      sweep += 1
      sweeps += .choose(running, one, .zero)
      var next = outcome
      if sweep == 1 || !isExact {
        for factor in 0..<frame.sizes.count { update(factor, belief, running) }
        next = freeEnergy(belief)
      }
      iterates?(next.freeEnergy)
      let ended = Number.isGreater(
        Number(broadcast: settings.tolerance), outcome.freeEnergy - next.freeEnergy)
      running = .butNot(running, ended)
      // A lane that has ended keeps its belief, and so this is again what it was.
      outcome = next
    }
    outcome.sweeps = sweeps
    outcome.converged = .butNot(Number.Mask(broadcast: true), running)
    return outcome
  }

  private func update(
    _ factor: Int, _ belief: UnsafeMutablePointer<Number>, _ running: Number.Mask
  ) {
    let offset = frame.offsets.base[factor]
    let count = frame.sizes.base[factor]
    let logs = logBelief.base + offset
    for state in 0..<count { logs[state] = base.base[offset + state] }
    for index in messengers {
      guard let position = groups[index].factors.firstIndex(of: factor) else { continue }
      addMessage(of: index, table(of: index), to: position, belief, logs)
    }
    guard softmax(inPlace: logs, count: count) else { return }
    for state in 0..<count {
      belief[offset + state] = .choose(running, logs[state], belief[offset + state])
    }
  }
}
