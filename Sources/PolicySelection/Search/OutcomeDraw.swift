import GenerativeModel
import Inference
import Kernels

/// Draws joint outcomes in proportion to their probability under a predicted belief: states first, then an
/// outcome of every modality in these states. No list of joint outcomes is ever made, so there may be any
/// number of them.
final class OutcomeDraw {
  private let space: BeliefSpace
  private let tables: ModelTables<Double>
  /// By modality the number of its parents, and of these one after the other the factor and its states;
  /// under beliefs by factor.
  private let parentCounts: FixedBuffer<Int>
  private let parents: FixedBuffer<Int>
  private let sizes: FixedBuffer<Int>
  private let states: FixedBuffer<Int>

  init(_ space: BeliefSpace, _ tables: ModelTables<Double>) {
    self.space = space
    self.tables = tables
    let compiled = space.compiled
    let scopes = (0..<compiled.modalities.count).map {
      compiled.scopes[compiled.modalities.base[$0].scope]
    }
    parentCounts = FixedBuffer(scopes.map(\.factors.count))
    parents = FixedBuffer(scopes.flatMap(\.factors))
    sizes = FixedBuffer(scopes.flatMap(\.sizes))
    states = FixedBuffer(repeating: 0, count: compiled.factors.count)
  }

  /// Draws one outcome a modality.
  func draw(
    _ belief: UnsafePointer<Double>, _ random: inout RandomStream,
    into outcomes: UnsafeMutablePointer<Int>
  ) {
    let compiled = space.compiled
    var joint = 0
    if space.isJoint {
      joint = random.categorical(UnsafeBufferPointer(start: belief, count: space.size))
    } else {
      for factor in 0..<compiled.factors.count {
        let plan = compiled.factors.base[factor]
        states.base[factor] = random.categorical(
          UnsafeBufferPointer(start: belief + plan.stateOffset, count: plan.states))
      }
    }
    var first = 0
    for modality in 0..<compiled.modalities.count {
      var column = joint
      if space.isJoint {
        if let columns = space.columns(ofScope: compiled.modalities.base[modality].scope) {
          column = Int(columns[joint])
        }
      } else {
        column = 0
        for parent in first..<first + parentCounts.base[modality] {
          column = column * sizes.base[parent] + states.base[parents.base[parent]]
        }
      }
      first += parentCounts.base[modality]
      let table = tables.likelihoodColumns.base[modality]
      let cells = table.cells(of: column)
      let cell = random.categorical(
        UnsafeBufferPointer(start: table.cells + cells.lowerBound, count: cells.count))
      outcomes[modality] = table.place(cells.lowerBound + cell, in: column)
    }
  }
}
