import GenerativeModel
import Kernels

extension WindowInference: WindowKeeper {
  /// The first step of the window that was inferred last.
  package var windowStart: Int { found.start }

  /// The number of its steps.
  package var windowLength: Int { found.count }

  /// What is believed of a step of that window.
  package func smoothed(at time: Int) -> UnsafePointer<Double> {
    UnsafePointer(found.beliefs.row(time))
  }

  package func followTransitions() { messages.refresh(tables) }

  package func stepsNeeded(before step: Int) -> Range<Int> { history.stepsNeeded(before: step) }

  package func record(before step: Int) -> WindowRecord {
    history.record(before: step, initial: initial)
  }

  package func resume(_ record: WindowRecord, before step: Int) {
    for (state, p) in record.initial.enumerated() { initial.base[state] = p }
    history.restart(before: step)
    let prior = BeliefBuffer<Double>(space)
    let ignored = FixedBuffer(repeating: false, count: space.compiled.modalities.count)
    for row in record.observations.indices {
      history.restore(record, row: row)
      fill(row)
      // The first row's prior is known only where it is the first of all; else no window holds the row.
      if row > 0 {
        dynamics.predict(
          Belief(history.filtered.row(row - 1)), action: history.actions.row(row), tables,
          into: prior.belief)
      } else {
        prior.base.update(from: initial.base, count: space.size)
      }
      dynamics.noteSupports(prior.belief)
      // What was possible when the step was taken is so again; a step from elsewhere rules out nothing.
      let ruledOut = history.ruledOut?.row(row)
      for state in 0..<space.size { ruledOut?[state] = 0 }
      try? rule(row, prior.belief, ignored)
    }
    found.count = 0
    found.start = 0
  }
}
