import GenerativeModel
import Inference
import Kernels

/// What each joint state of some factors is worth of itself, in nats: rewards for a ``SuccessorMap``.
///
/// The published rewards of Millidge & Buckley are `utility`, `utility - ambiguity` and, as their code has
/// it, `utility + ambiguity`.
public struct StateRewards: Hashable, Sendable {
  /// Expected preference, sum over modalities of E[C(o) | s].
  public var utility: [Double]
  /// Ambiguity, sum over modalities of H[P(o | s)].
  public var ambiguity: [Double]

  /// The rewards of a model's joint states.
  ///
  /// - Parameter factors: their names; nil for all.
  /// - Throws: ``InvalidInput`` where an outcome depends on another factor, or preferences differ by planning
  ///   step.
  /// - Complexity: O(joint states x modalities).
  public init(_ model: GenerativeModel, factors: [String]? = nil) throws(InvalidInput) {
    var settings = PlanningSettings()
    settings.method = .successor
    settings.successor.factors = factors ?? model.factors.map(\.name)
    try settings.successor.check(model)
    let laidOut = try model.laidOut()
    let policies = try PolicySet(laidOut.compiled, horizon: nil)
    let tables = try PlanningTables(
      laidOut.compiled, laidOut.tables, PlanningSettings(), policies)
    let chosen = try settings.successor.factors(of: model)
    let count = chosen.reduce(1) { $0 * model.factors[$1].size }
    let utility = FixedBuffer<Double>(zeros: count)
    let ambiguity = FixedBuffer<Double>(zeros: count)
    tables.fillRewards(
      ofStatesOf: chosen, count: count, utility: utility.base, ambiguity: ambiguity.base)
    self.utility = utility.array(0..<count)
    self.ambiguity = ambiguity.array(0..<count)
  }
}

extension PlanningTables where Parameter == Double {
  /// Writes what each joint state of some factors, on which alone outcomes depend, is worth.
  func fillRewards(
    ofStatesOf factors: [Int], count: Int, utility: UnsafeMutablePointer<Double>,
    ambiguity: UnsafeMutablePointer<Double>
  ) {
    let sizes = factors.map { compiled.model.factors[$0].size }
    for state in 0..<count {
      utility[state] = 0
      ambiguity[state] = 0
    }
    for index in 0..<plans.count {
      let plan = plans.base[index]
      let scope = compiled.scopes[planScopes.base[index]].factors
      // How far apart in the scope the states of each factor are.
      var strides = [Int](repeating: 0, count: factors.count)
      var stride = 1
      for factor in scope.reversed() {
        if let place = factors.firstIndex(of: factor) { strides[place] = stride }
        stride *= compiled.model.factors[factor].size
      }
      var place = [Int](repeating: 0, count: factors.count)
      var column = 0
      for state in 0..<count {
        let cell = folded.base + plan.table + column * plan.width
        utility[state] += cell[plan.utility]
        ambiguity[state] += cell[plan.ambiguity]
        var axis = factors.count - 1
        while axis >= 0 {
          place[axis] += 1
          column += strides[axis]
          if place[axis] < sizes[axis] { break }
          column -= strides[axis] * sizes[axis]
          place[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
