import GenerativeModel
import Kernels

/// What a window needs of past steps: what was observed and done, what that says of the states, and what
/// was believed when each step was the newest.
///
/// Holds the steps of a window and the one before it, so that a step that fails leaves what the next one
/// needs. Its memory is laid out once where the window has a horizon, and else doubles when it is full.
final class WindowHistory {
  /// The most steps of a window; nil where it has all.
  let horizon: Int?
  /// The step of the first row.
  @exclusivity(unchecked) private(set) var first = 0
  /// The rows of past steps; the row after them is that of the step that is being taken.
  @exclusivity(unchecked) private(set) var count = 0
  /// The log likelihood of what depends on one factor alone, by state.
  let local: StepRows<Double>
  /// The log likelihood of what depends on several factors together, one table a group.
  let joint: StepRows<Double>
  /// The log likelihood of what depends on no factor.
  let constant: StepRows<Double>
  /// 0, or minus infinity where a state is ruled out; no rows where no state ever is.
  let ruledOut: StepRows<Double>?
  /// The belief of each step when it was the newest.
  let filtered: StepRows<Double>
  /// The joint action of each factor that led to a step.
  let actions: StepRows<Int>
  /// What was observed, an outcome that was ignored being missing.
  @exclusivity(unchecked) private(set) var observations: [[Observation]]
  private let modalityCount: Int

  init(
    horizon: Int?, states: Int, jointCells: Int, factors: Int, modalities: Int, rulesOut: Bool
  ) {
    self.horizon = horizon
    let rows = WindowInference.reserved(horizon) + 1
    local = StepRows(0, width: states, capacity: rows)
    joint = StepRows(0, width: jointCells, capacity: rows)
    constant = StepRows(0, width: 1, capacity: rows)
    ruledOut = rulesOut ? StepRows(0, width: states, capacity: rows) : nil
    filtered = StepRows(0, width: states, capacity: rows)
    actions = StepRows(0, width: factors, capacity: rows)
    modalityCount = modalities
    observations = Array(repeating: Array(repeating: .missing, count: modalities), count: rows)
  }

  /// The first step of the window that a step ends.
  func windowStart(_ step: Int) -> Int { horizon.map { max(0, step + 1 - $0) } ?? 0 }

  /// The first step that the window ending with a step needs anything of.
  func firstNeeded(_ step: Int) -> Int { horizon.map { max(0, step - $0) } ?? 0 }

  /// Makes room for a step, whose row is then the one after ``count``, and drops what no later step needs.
  func begin(_ step: Int) {
    if step == 0 {
      first = 0
    } else {
      let kept = max(first, firstNeeded(step))
      drop(kept - first, of: step - first)
      first = kept
    }
    count = step - first
    reserve(count + 1)
  }

  /// Begins with rows from elsewhere, which are yet to be written.
  func restart(before step: Int) {
    first = firstNeeded(step)
    count = step - first
    reserve(count + 1)
  }

  private func drop(_ rows: Int, of held: Int) {
    if rows == 0 { return }
    local.drop(rows, of: held)
    joint.drop(rows, of: held)
    constant.drop(rows, of: held)
    ruledOut?.drop(rows, of: held)
    filtered.drop(rows, of: held)
    actions.drop(rows, of: held)
    // Swapped, so that every row keeps memory of its own.
    for row in 0..<held - rows { observations.swapAt(row, row + rows) }
  }

  private func reserve(_ rows: Int) {
    if rows <= local.capacity { return }
    local.reserve(rows)
    joint.reserve(rows)
    constant.reserve(rows)
    ruledOut?.reserve(rows)
    filtered.reserve(rows)
    actions.reserve(rows)
    while observations.count < local.capacity {
      observations.append(Array(repeating: .missing, count: modalityCount))
    }
  }

  /// Notes what was observed, entry by entry into memory that is already there.
  func note(_ observation: [Observation], row: Int) {
    for modality in 0..<modalityCount { observations[row][modality] = observation[modality] }
  }

  /// Notes that an outcome does not count.
  func ignore(_ modality: Int, row: Int) { observations[row][modality] = .missing }
}
