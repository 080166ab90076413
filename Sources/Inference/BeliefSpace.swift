import GenerativeModel
import Kernels

/// How beliefs about hidden states are held.
///
/// A belief is a run of `size` numbers: under mean-field schemes the marginals of all factors, one
/// after the other; under the exact filter the probability of each joint state, the last factor
/// varying fastest. Of a wide factor, one of many states with a sparse transition, the states that are
/// possible are known, so that a sharp belief costs what it touches.
public final class BeliefSpace: @unchecked Sendable {
  // Unchecked: everything is written during initialisation and only read afterwards.

  /// One factor's part in carrying a joint belief forward: its next state becomes the last axis, and
  /// the factors that nobody needs any more are summed out.
  @usableFromInline
  struct JointStep: BitwiseCopyable {
    @usableFromInline let factor: Int
    @usableFromInline let sourceCount: Int
    @usableFromInline let targetCount: Int
    /// For each source state, the column of the transition.
    @usableFromInline let column: UnsafePointer<Int32>
    /// For each source state, the first of the target states it feeds.
    @usableFromInline let target: UnsafePointer<Int>
  }

  /// The largest number of joint states that `auto` infers exactly.
  public static let automaticLimit = 4096
  /// The largest intermediate table of an exact prediction, in cells.
  public static let exactLimit = 1 << 26
  /// The fewest states of a wide factor.
  static let wideFrom = 1024

  /// The structure of the model.
  public let compiled: CompiledModel
  /// Whether a belief is held over joint states.
  public let isJoint: Bool
  /// The number of numbers in a belief.
  public let size: Int
  /// Whether some factor is wide.
  package let hasWideFactors: Bool
  /// By factor.
  @usableFromInline package let isWide: FixedBuffer<Bool>
  /// Whether a joint belief has several factors, of which some have a sparse transition.
  @usableFromInline let mayMoveAlone: Bool
  /// By factor, whether its transition has no other parent.
  @usableFromInline let dependsOnItselfAlone: FixedBuffer<Bool>
  /// The number of steps between neighbouring states of each factor in a joint state.
  @usableFromInline let jointStrides: [Int]
  /// By scope: for each joint state its column, where it is not the joint state itself.
  @usableFromInline let scopeColumns: [FixedBuffer<Int32>?]
  @usableFromInline let jointSteps: FixedBuffer<JointStep>
  /// What the steps point to.
  private let projections: [AnyObject]

  /// What reading a scope's distribution needs of its first two factors: most scopes have no more.
  @usableFromInline
  struct ScopeShape: BitwiseCopyable {
    @usableFromInline let factorCount: Int
    @usableFromInline let columns: Int
    @usableFromInline let firstOffset: Int
    @usableFromInline let firstStates: Int
    @usableFromInline let secondOffset: Int
    @usableFromInline let secondStates: Int
    /// Whether one of its factors is wide.
    @usableFromInline let isWide: Bool
  }

  let shapes: FixedBuffer<ScopeShape>

  /// The space of beliefs about a model's states.
  ///
  /// - Throws: ``InvalidInput`` where the joint belief or a prediction of it has more than 2^26 cells.
  public init(_ compiled: CompiledModel, joint: Bool) throws(InvalidInput) {
    self.compiled = compiled
    isJoint = joint
    let sizes = compiled.model.factors.map(\.size)
    let wide = sizes.indices.map { factor in
      !joint && sizes[factor] >= BeliefSpace.wideFrom && compiled.factors.base[factor].isSparse
    }
    isWide = FixedBuffer(wide)
    hasWideFactors = wide.contains(true)
    mayMoveAlone =
      joint && sizes.count > 1 && sizes.indices.contains { compiled.factors.base[$0].isSparse }
    dependsOnItselfAlone = FixedBuffer(
      sizes.indices.map { compiled.model.transitions[$0].given == [$0] })
    shapes = FixedBuffer(
      compiled.scopes.map { scope in
        let plans = scope.factors.prefix(2).map { compiled.factors.base[$0] }
        return ScopeShape(
          factorCount: scope.factors.count, columns: scope.columns,
          firstOffset: plans.first?.stateOffset ?? 0, firstStates: plans.first?.states ?? 1,
          secondOffset: plans.last?.stateOffset ?? 0, secondStates: plans.last?.states ?? 1,
          isWide: scope.factors.contains { wide[$0] })
      })
    guard joint else {
      jointSteps = FixedBuffer([])
      projections = []
      size = compiled.stateCount
      jointStrides = []
      scopeColumns = []
      return
    }
    var projections: [AnyObject] = []
    jointSteps = FixedBuffer(
      try BeliefSpace.jointSteps(compiled, Array(sizes.indices), &projections))
    self.projections = projections
    size = compiled.jointStateCount
    jointStrides = strides(sizes)
    scopeColumns = compiled.scopes.map { scope in
      scope.factors == Array(sizes.indices)
        ? nil : projection(of: scope.factors, in: Array(sizes.indices), sizes: sizes)
    }
  }

  /// Refuses joint beliefs that are too large, before memory is taken.
  ///
  /// - Throws: ``InvalidInput`` where the joint belief or a prediction of it has more than 2^26 cells.
  package static func checkJoint(_ compiled: CompiledModel) throws(InvalidInput) {
    var projections: [AnyObject] = []
    _ = try jointSteps(
      compiled, Array(compiled.model.factors.indices), &projections, isMade: false)
  }

  /// The steps that carry the joint states of some factors forward.
  ///
  /// - Parameters:
  ///   - factors: in order; none depends on another that is not among them.
  ///   - isMade: whether the steps are made; else only their sizes are checked.
  static func jointSteps(
    _ compiled: CompiledModel, _ factors: [Int], _ projections: inout [AnyObject],
    isMade: Bool = true
  ) throws(InvalidInput) -> [JointStep] {
    let transitions = compiled.model.transitions
    let sizes = compiled.model.factors.map(\.size)
    let lastUse = sizes.indices.map { factor in
      transitions.lastIndex { $0.given.contains(factor) } ?? 0
    }
    var steps: [JointStep] = []
    // Axes are numbered: a factor's last state by the factor, its next state by factor + count.
    var axes = factors
    func axisSizes(_ axes: [Int]) -> [Int] { axes.map { sizes[$0 % sizes.count] } }
    for factor in factors {
      let kept = axes.filter { $0 >= sizes.count || lastUse[$0] > factor }
      let after = kept + [factor + sizes.count]
      guard let sourceCount = product(axisSizes(axes)),
        let targetCount = product(axisSizes(after)),
        max(sourceCount, targetCount) <= exactLimit
      else {
        throw tooManyJointStates(
          compiled, "inference.algorithm", "exact needs",
          remedy: "use cavi, which needs \(compiled.stateCount)")
      }
      defer { axes = after }
      guard isMade else { continue }
      let next = sizes[factor]
      let source = axisSizes(axes)
      let column = projection(of: transitions[factor].given, in: axes, sizes: source)
      let cells = projection(of: kept, in: axes, sizes: source)
      let target = FixedBuffer((0..<sourceCount).map { Int(cells.base[$0]) * next })
      projections += [column, target] as [AnyObject]
      steps.append(
        JointStep(
          factor: factor, sourceCount: sourceCount, targetCount: targetCount,
          column: UnsafePointer(column.base), target: UnsafePointer(target.base)))
    }
    return steps
  }

  static func tooManyJointStates(
    _ compiled: CompiledModel, _ place: String, _ problem: String, remedy: String
  ) -> InvalidInput {
    InvalidInput(
      source: compiled.model.name,
      [Fault(place, "\(problem) more than \(exactLimit) joint states", remedy: remedy)])
  }

  /// For each joint state the column of a scope, where it is not the joint state itself; only under
  /// joint beliefs.
  package func columns(ofScope scope: Int) -> UnsafePointer<Int32>? {
    scopeColumns[scope].map { UnsafePointer($0.base) }
  }
}

/// The row-major strides of a shape.
func strides(_ sizes: [Int]) -> [Int] {
  var result = [Int](repeating: 1, count: sizes.count)
  for axis in sizes.indices.dropLast().reversed() {
    result[axis] = result[axis + 1] * sizes[axis + 1]
  }
  return result
}

/// For each cell of a table over `axes`, the row-major index of its coordinates on `chosen`.
package func projection(of chosen: [Int], in axes: [Int], sizes: [Int]) -> FixedBuffer<Int32> {
  let positions = chosen.compactMap { axes.firstIndex(of: $0) }
  let chosenStrides = strides(positions.map { sizes[$0] })
  var weight = [Int](repeating: 0, count: axes.count)
  for (position, stride) in zip(positions, chosenStrides) { weight[position] = stride }
  let result = FixedBuffer<Int32>(repeating: 0, count: sizes.reduce(1, *))
  var coordinates = [Int](repeating: 0, count: axes.count)
  var column = 0
  for cell in 0..<result.count {
    result.base[cell] = Int32(column)
    var axis = axes.count - 1
    while axis >= 0 {
      coordinates[axis] += 1
      column += weight[axis]
      if coordinates[axis] < sizes[axis] { break }
      column -= weight[axis] * sizes[axis]
      coordinates[axis] = 0
      axis -= 1
    }
  }
  return result
}
