import GenerativeModel
import Kernels

/// What a window needs of past steps: beside what is known of them, what their observations say of the
/// states.
final class WindowHistory: StepHistory {
  /// The log likelihood of what depends on one factor alone, by state.
  let local: StepRows<Double>
  /// The log likelihood of what depends on several factors together, one table a group.
  let joint: StepRows<Double>
  /// The log likelihood of what depends on no factor.
  let constant: StepRows<Double>
  /// 0, or minus infinity where a state is ruled out; no rows where no state ever is.
  let ruledOut: StepRows<Double>?

  init(
    horizon: Int?, states: Int, jointCells: Int, factors: Int, modalities: Int, rulesOut: Bool
  ) {
    let rows = StepHistory.reserved(horizon) + 1
    local = StepRows(0, width: states, capacity: rows)
    joint = StepRows(0, width: jointCells, capacity: rows)
    constant = StepRows(0, width: 1, capacity: rows)
    ruledOut = rulesOut ? StepRows(0, width: states, capacity: rows) : nil
    super.init(horizon: horizon, states: states, factors: factors, modalities: modalities)
  }

  override func drop(_ rows: Int, of held: Int) {
    super.drop(rows, of: held)
    local.drop(rows, of: held)
    joint.drop(rows, of: held)
    constant.drop(rows, of: held)
    ruledOut?.drop(rows, of: held)
  }

  override func reserve(_ rows: Int) {
    super.reserve(rows)
    local.reserve(rows)
    joint.reserve(rows)
    constant.reserve(rows)
    ruledOut?.reserve(rows)
  }
}
