import GenerativeModel
import Kernels

/// What windows to come need of the steps that have been.
package struct WindowRecord {
  /// D as the episode began with it, by state of all factors.
  package var initial: [Double]
  /// `[step][modality]`, of the steps that a window to come needs.
  package var observations: [[Observation]]
  /// The joint action of each factor that led to each step.
  package var actions: [[Int]]
  /// The belief about each step when it was the newest, by state of all factors.
  package var beliefs: [[Double]]

  package init(
    initial: [Double], observations: [[Observation]], actions: [[Int]], beliefs: [[Double]]
  ) {
    self.initial = initial
    self.observations = observations
    self.actions = actions
    self.beliefs = beliefs
  }
}

extension WindowInference {
  /// The first step of the window that was inferred last.
  package var windowStart: Int { found.start }

  /// The number of its steps.
  package var windowLength: Int { found.count }

  /// What is believed of a step of that window.
  package func smoothed(at time: Int) -> UnsafePointer<Double> {
    UnsafePointer(found.beliefs.row(time))
  }

  /// Follows transitions that have changed.
  package func followTransitions() { messages.refresh(tables) }

  /// The steps that the windows from a step on need.
  package func stepsNeeded(before step: Int) -> Range<Int> {
    step == 0 ? 0..<0 : history.firstNeeded(step)..<step
  }

  /// What the windows from a step on need.
  package func record(before step: Int) -> WindowRecord {
    let rows = stepsNeeded(before: step).map { $0 - history.first }
    func array<Element>(_ rows: StepRows<Element>, _ row: Int) -> [Element] {
      Array(UnsafeBufferPointer(start: rows.row(row), count: rows.width))
    }
    return WindowRecord(
      initial: initial.array(0..<initial.count),
      observations: rows.map { history.observations[$0] },
      actions: rows.map { array(history.actions, $0) },
      beliefs: rows.map { array(history.filtered, $0) })
  }

  /// Goes on from what ``record(before:)`` of such a window said.
  ///
  /// - Precondition: there is an entry for each of ``stepsNeeded(before:)``, all in range.
  package func resume(_ record: WindowRecord, before step: Int) {
    for (state, p) in record.initial.enumerated() { initial.base[state] = p }
    history.restart(before: step)
    let prior = BeliefBuffer<Double>(space)
    let ignored = FixedBuffer(repeating: false, count: space.compiled.modalities.count)
    for row in record.observations.indices {
      for (factor, action) in record.actions[row].enumerated() {
        history.actions.row(row)[factor] = action
      }
      for (state, p) in record.beliefs[row].enumerated() { history.filtered.row(row)[state] = p }
      history.note(record.observations[row], row: row)
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
