import GenerativeModel
import Inference
import Kernels

/// Draws joint outcomes in proportion to their probability under a predicted belief: states first, then an
/// outcome of every modality in these states. No list of joint outcomes is ever made, so there may be any
/// number of them.
struct OutcomeDraw {
  private let space: BeliefSpace
  private let tables: ModelTables<Double>

  init(_ space: BeliefSpace, _ tables: ModelTables<Double>) {
    self.space = space
    self.tables = tables
  }

  /// One outcome a modality.
  func draw(_ belief: Belief<Double>, _ random: inout RandomStream) -> [Int] {
    let compiled = space.compiled
    var joint = 0
    var states: [Int] = []
    if space.isJoint {
      joint = random.categorical(UnsafeBufferPointer(start: belief.base, count: space.size))
    } else {
      for factor in 0..<compiled.factors.count {
        let plan = compiled.factors.base[factor]
        states.append(
          random.categorical(
            UnsafeBufferPointer(start: belief.base + plan.stateOffset, count: plan.states)))
      }
    }
    return (0..<compiled.modalities.count).map { modality in
      let scope = compiled.modalities.base[modality].scope
      let column: Int
      if space.isJoint {
        column = space.columns(ofScope: scope).map { Int($0[joint]) } ?? joint
      } else {
        let description = compiled.scopes[scope]
        column = zip(description.factors, description.sizes).reduce(0) {
          $0 * $1.1 + states[$1.0]
        }
      }
      let table = tables.likelihoodColumns.base[modality]
      let cells = table.cells(of: column)
      let cell = random.categorical(
        UnsafeBufferPointer(start: table.cells + cells.lowerBound, count: cells.count))
      return table.place(cells.lowerBound + cell, in: column)
    }
  }
}
