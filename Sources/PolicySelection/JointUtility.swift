import GenerativeModel
import Kernels

/// What each joint state is worth by what is seen in it: the sum over modalities of E[C(o) | s], in nats.
package struct JointUtility {
  /// One number a joint state of all factors, the last factor varying fastest.
  package let values: [Double]

  /// Reads the likelihoods as they are now.
  ///
  /// - Parameter preferences: one number an outcome, modality after modality.
  /// - Complexity: O(joint states times modalities, and likelihoods that are not zero).
  package init(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>, preferences: UnsafePointer<Double>
  ) {
    let sizes = compiled.model.factors.map(\.size)
    var values = [Double](repeating: 0, count: compiled.jointStateCount)
    for modality in 0..<compiled.modalities.count {
      let plan = compiled.modalities.base[modality]
      let table = tables.likelihoodColumns.base[modality]
      let wanted = preferences + plan.outcomeOffset
      let columns = (0..<plan.columns).map { column in
        var expected = 0.0
        // What cannot be seen is worth nothing, whatever it would be.
        for cell in table.cells(of: column) where table.cells[cell] != 0 {
          expected += table.cells[cell] * wanted[table.place(cell, in: column)]
        }
        return expected
      }
      let scope = compiled.scopes[plan.scope]
      JointUtility.forEachColumn(of: scope.factors, sizes) { values[$0] += columns[$1] }
    }
    self.values = values
  }

  /// Goes through all joint states with the column that each has in a scope.
  package static func forEachColumn(
    of scope: [Int], _ sizes: [Int], _ body: (_ state: Int, _ column: Int) -> Void
  ) {
    var strides = [Int](repeating: 0, count: sizes.count)
    var stride = 1
    for factor in scope.reversed() {
      strides[factor] = stride
      stride *= sizes[factor]
    }
    var state = [Int](repeating: 0, count: sizes.count)
    var column = 0
    for index in 0..<sizes.reduce(1, *) {
      body(index, column)
      var factor = sizes.count - 1
      while factor >= 0 {
        state[factor] += 1
        column += strides[factor]
        if state[factor] < sizes[factor] { break }
        column -= strides[factor] * state[factor]
        state[factor] = 0
        factor -= 1
      }
    }
  }
}
