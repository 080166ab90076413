import Kernels

// What is done at a step of a window that moves (`mmp-legacy`).

extension PolicyMessagePassing: WindowKeeper {
  /// Takes in the observation of a step and passes messages under every policy.
  ///
  /// The prior of the window's first time is D, or once the window slides what was believed of the step
  /// before it when that was the newest, averaged over policies and carried forward: no evidence enters
  /// twice. (Under pymdp 0.0.7's convention what the last window believed of that step, as it stands.)
  ///
  /// - Parameters:
  ///   - step: one more than the last step that was inferred and kept (``keep(_:)``), or that again, or 0.
  ///   - observation: one entry a modality, each outcome in range.
  ///   - taken: the joint action of each factor that led here.
  ///   - sweeps: as of ``infer(_:posterior:sweeps:)``, of the window's times and those to come.
  /// - Precondition: the algorithm is `mmp-legacy`.
  /// - Throws: ``ImpossibleObservation`` where no state lets the observation be seen and the settings call
  ///   that an error.
  /// - Complexity: as of ``infer(_:posterior:sweeps:)``.
  package func infer(
    step: Int, _ observation: [Observation], taken: UnsafePointer<Int>,
    sweeps: ((_ policy: Int, _ freeEnergy: Double, _ beliefs: UnsafePointer<Double>) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    guard let history else { preconditionFailure("a window is of the scheme mmp-legacy") }
    history.begin(step)
    if step == 0 { initial.base.update(from: tables.initialStates.base, count: layout.states) }
    let row = history.count
    history.actions.row(row).update(from: taken, count: layout.factors)
    history.note(observation, row: row)
    let start = history.windowStart(step) - history.first
    likelihood.reserve(row - start + 1)
    // All of them: likelihoods may have been learned since.
    for past in start...row {
      try likelihood.observe(
        .observations(history.observations[past]), tables, time: past - start)
    }
    for modality in 0..<ignored.count where ignored.base[modality] {
      history.ignore(modality, row: row)
    }
    time = row - start
    firstStep = history.first + start
    timeCount = time + 1 + layout.horizon
    reserve(timeCount)
    fillPrior(history)
    beginUniform()
    passMessages(sweeps)
  }

  private func fillPrior(_ history: StepHistory) {
    let prior = logPrior.base
    if firstStep == 0 {
      prior.update(from: initial.base, count: layout.states)
    } else if scheme.followsPymdp {
      prior.update(from: history.filtered.row(firstRow - 1), count: layout.states)
    } else {
      dynamics.predict(
        Belief(history.filtered.row(firstRow - 1)), action: history.actions.row(firstRow), tables,
        into: Belief(prior))
    }
  }

  /// Remembers what is believed of the step last inferred, for windows to come.
  ///
  /// - Parameter posterior: over policies.
  package func keep(_ posterior: UnsafePointer<Double>) {
    guard let history else { return }
    average(time, posterior, into: history.filtered.row(history.count))
    // The first step of a full window is the one before the next.
    if scheme.followsPymdp && time + 1 == history.horizon {
      average(0, posterior, into: history.filtered.row(firstRow))
    }
  }

  // MARK: - Saving

  package func followTransitions() { backward.refresh() }

  package func stepsNeeded(before step: Int) -> Range<Int> {
    history?.stepsNeeded(before: step) ?? 0..<0
  }

  package func record(before step: Int) -> WindowRecord {
    history?.record(before: step, initial: initial)
      ?? WindowRecord(initial: [], observations: [], actions: [], beliefs: [])
  }

  package func resume(_ record: WindowRecord, before step: Int) {
    guard let history else { return }
    for (state, p) in record.initial.enumerated() { initial.base[state] = p }
    history.restart(before: step)
    for row in record.observations.indices { history.restore(record, row: row) }
    time = -1
    firstStep = 0
  }
}
