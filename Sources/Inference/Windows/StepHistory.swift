import Kernels

/// What is known of past steps that are inferred together: what was observed and done, and what was
/// believed of each when it was the newest.
///
/// Holds the steps of a window and the one before it, so that a step that fails leaves what the next one
/// needs. Its memory is laid out once where the window has a horizon, and else doubles when it is full.
class StepHistory {
  /// The most steps of a window; nil where it has all.
  final let horizon: Int?
  /// The step of the first row.
  @exclusivity(unchecked) final private(set) var first = 0
  /// The rows of past steps; the row after them is that of the step that is being taken.
  @exclusivity(unchecked) final private(set) var count = 0
  /// The belief of each step when it was the newest.
  final let filtered: StepRows<Double>
  /// The joint action of each factor that led to a step.
  final let actions: StepRows<Int>
  /// What was observed, an outcome that was ignored being missing.
  @exclusivity(unchecked) final private(set) var observations: [[Observation]]
  private let modalityCount: Int

  init(horizon: Int?, states: Int, factors: Int, modalities: Int) {
    self.horizon = horizon
    let rows = StepHistory.reserved(horizon) + 1
    filtered = StepRows(0, width: states, capacity: rows)
    actions = StepRows(0, width: factors, capacity: rows)
    modalityCount = modalities
    observations = Array(repeating: Array(repeating: .missing, count: modalities), count: rows)
  }

  /// The steps whose memory is laid out beforehand: a short window's at once, a long one's as it fills.
  static func reserved(_ horizon: Int?) -> Int { min(horizon ?? 15, 1023) }

  /// The rows that there is room for.
  final var capacity: Int { filtered.capacity }

  /// The first step of the window that a step ends.
  final func windowStart(_ step: Int) -> Int { horizon.map { max(0, step + 1 - $0) } ?? 0 }

  /// The first step that the window ending with a step needs anything of.
  final func firstNeeded(_ step: Int) -> Int { horizon.map { max(0, step - $0) } ?? 0 }

  /// The steps that the windows from a step on need.
  final func stepsNeeded(before step: Int) -> Range<Int> {
    step == 0 ? 0..<0 : firstNeeded(step)..<step
  }

  /// Makes room for a step, whose row is then the one after ``count``, and drops what no later step needs.
  final func begin(_ step: Int) {
    if step == 0 {
      first = 0
    } else {
      let kept = max(first, firstNeeded(step))
      if kept > first { drop(kept - first, of: step - first) }
      first = kept
    }
    count = step - first
    if count + 1 > capacity { reserve(count + 1) }
  }

  /// Begins with rows from elsewhere, which are yet to be written.
  final func restart(before step: Int) {
    first = firstNeeded(step)
    count = step - first
    if count + 1 > capacity { reserve(count + 1) }
  }

  /// Drops the first rows of so many.
  func drop(_ rows: Int, of held: Int) {
    filtered.drop(rows, of: held)
    actions.drop(rows, of: held)
    // Swapped, so that every row keeps memory of its own.
    for row in 0..<held - rows { observations.swapAt(row, row + rows) }
  }

  /// Makes room for as many rows.
  func reserve(_ rows: Int) {
    filtered.reserve(rows)
    actions.reserve(rows)
    while observations.count < capacity {
      observations.append(Array(repeating: .missing, count: modalityCount))
    }
  }

  /// Notes what was observed, entry by entry into memory that is already there.
  final func note(_ observation: [Observation], row: Int) {
    for modality in 0..<modalityCount { observations[row][modality] = observation[modality] }
  }

  /// Notes that an outcome does not count.
  final func ignore(_ modality: Int, row: Int) { observations[row][modality] = .missing }

  // MARK: - Saving

  /// What the windows from a step on need.
  ///
  /// - Parameter initial: D as the episode began with it.
  final func record(before step: Int, initial: FixedBuffer<Double>) -> WindowRecord {
    let rows = stepsNeeded(before: step).map { $0 - first }
    func array<Element>(_ rows: StepRows<Element>, _ row: Int) -> [Element] {
      Array(UnsafeBufferPointer(start: rows.row(row), count: rows.width))
    }
    return WindowRecord(
      initial: initial.array(0..<initial.count),
      observations: rows.map { observations[$0] },
      actions: rows.map { array(actions, $0) },
      beliefs: rows.map { array(filtered, $0) })
  }

  /// Takes a row over from a record.
  final func restore(_ record: WindowRecord, row: Int) {
    for (factor, action) in record.actions[row].enumerated() { actions.row(row)[factor] = action }
    for (state, p) in record.beliefs[row].enumerated() { filtered.row(row)[state] = p }
    note(record.observations[row], row: row)
  }
}

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

/// What infers windows of steps, and can go on where another was.
package protocol WindowKeeper: AnyObject {
  /// The steps that the windows from a step on need.
  func stepsNeeded(before step: Int) -> Range<Int>

  /// What the windows from a step on need.
  func record(before step: Int) -> WindowRecord

  /// Goes on from what ``record(before:)`` of such a window said.
  ///
  /// - Precondition: there is an entry for each of ``stepsNeeded(before:)``, all in range.
  func resume(_ record: WindowRecord, before step: Int)

  /// Follows transitions that have changed.
  func followTransitions()
}
