import GenerativeModel
import Kernels

/// How beliefs about hidden states are held, and how they are read and carried forward.
///
/// A belief is a run of `size` numbers: under mean-field schemes the marginals of all factors, one
/// after the other; under the exact filter the probability of each joint state, the last factor
/// varying fastest.
public final class BeliefSpace: @unchecked Sendable {
  // Unchecked: everything is written during initialisation and only read afterwards.

  /// One factor's part in carrying a joint belief forward: its next state becomes the last axis, and
  /// the factors that nobody needs any more are summed out.
  struct JointStep {
    let factor: Int
    let sourceCount: Int
    let targetCount: Int
    /// For each source state, the column of the transition.
    let column: FixedBuffer<Int32>
    /// For each source state, the first of the target states it feeds.
    let target: FixedBuffer<Int>
  }

  /// The largest number of joint states that `auto` infers exactly.
  public static let automaticLimit = 4096
  /// The largest intermediate table of an exact prediction, in cells.
  public static let exactLimit = 1 << 26

  /// The structure of the model.
  public let compiled: CompiledModel
  /// Whether a belief is held over joint states.
  public let isJoint: Bool
  /// The number of numbers in a belief.
  public let size: Int
  /// Numbers of scratch memory that ``distribution(of:in:scratch:)`` and
  /// ``predict(_:action:tables:into:scratch:)`` need.
  public let scratchCount: Int
  /// The number of steps between neighbouring states of each factor in a joint state.
  let jointStrides: [Int]
  /// By scope: for each joint state its column, where it is not the joint state itself.
  let scopeColumns: [FixedBuffer<Int32>?]
  let jointSteps: [JointStep]
  /// What reading a scope's distribution needs of its first two factors: most scopes have no more.
  @usableFromInline
  struct ScopeShape: BitwiseCopyable {
    @usableFromInline let factorCount: Int
    let columns: Int
    /// Where the distribution begins in the scratch memory.
    let scratchOffset: Int
    @usableFromInline let firstOffset: Int
    let firstStates: Int
    let secondOffset: Int
    let secondStates: Int
  }

  @usableFromInline let shapes: FixedBuffer<ScopeShape>
  private let predictionOffset: Int
  /// By factor: whether its transition is contracted whole, not column by column of what is possible.
  private let isWhole: FixedBuffer<Bool>

  /// The space of beliefs about a model's states.
  ///
  /// - Throws: ``InvalidInput`` where the joint belief or a prediction of it has more than 2^26 cells.
  public init(_ compiled: CompiledModel, joint: Bool, tables: ModelTables) throws(InvalidInput) {
    self.compiled = compiled
    isJoint = joint
    let sizes = compiled.model.factors.map(\.size)
    var shapes: [ScopeShape] = []
    var offset = 0
    for scope in compiled.scopes {
      let plans = scope.factors.prefix(2).map { compiled.factors.base[$0] }
      shapes.append(
        ScopeShape(
          factorCount: scope.factors.count, columns: scope.columns, scratchOffset: offset,
          firstOffset: plans.first?.stateOffset ?? 0, firstStates: plans.first?.states ?? 1,
          secondOffset: plans.last?.stateOffset ?? 0, secondStates: plans.last?.states ?? 1))
      offset += scope.columns
    }
    self.shapes = FixedBuffer(shapes)
    predictionOffset = offset
    if joint {
      jointSteps = try BeliefSpace.jointSteps(compiled)
      size = compiled.jointStateCount
      jointStrides = strides(sizes)
      scopeColumns = compiled.scopes.map { scope in
        scope.factors == Array(sizes.indices)
          ? nil : projection(of: scope.factors, in: Array(sizes.indices), sizes: sizes)
      }
      scratchCount = offset + 2 * (jointSteps.map(\.targetCount).max() ?? 1)
    } else {
      jointSteps = []
      size = compiled.stateCount
      jointStrides = []
      scopeColumns = []
      scratchCount = offset
    }
    isWhole = FixedBuffer(
      sizes.indices.map { factor in
        let plan = compiled.factors.base[factor]
        return isContractedWhole(
          tables.transitionColumns.base + plan.offset, columns: plan.columns * plan.actions,
          size: plan.states)
      })
  }

  private static func jointSteps(_ compiled: CompiledModel) throws(InvalidInput) -> [JointStep] {
    let transitions = compiled.model.transitions
    let sizes = compiled.model.factors.map(\.size)
    let lastUse = sizes.indices.map { factor in
      transitions.lastIndex { $0.given.contains(factor) } ?? 0
    }
    var steps: [JointStep] = []
    // Axes are numbered: a factor's last state by the factor, its next state by factor + count.
    var axes = Array(sizes.indices)
    func axisSizes(_ axes: [Int]) -> [Int] { axes.map { sizes[$0 % sizes.count] } }
    for factor in sizes.indices {
      let kept = axes.filter { $0 >= sizes.count || lastUse[$0] > factor }
      let target = kept + [factor + sizes.count]
      guard let sourceCount = product(axisSizes(axes)),
        let targetCount = product(axisSizes(target)),
        max(sourceCount, targetCount) <= exactLimit
      else {
        throw tooManyJointStates(
          compiled, "inference.algorithm", "exact needs",
          remedy: "use cavi, which needs \(compiled.stateCount)")
      }
      let next = sizes[factor]
      let source = axisSizes(axes)
      let column = projection(of: transitions[factor].given, in: axes, sizes: source)
      let targets = projection(of: kept, in: axes, sizes: source)
      steps.append(
        JointStep(
          factor: factor, sourceCount: sourceCount, targetCount: targetCount, column: column,
          target: FixedBuffer((0..<sourceCount).map { Int(targets.base[$0]) * next })))
      axes = target
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

  /// The probability of each joint state of a scope.
  ///
  /// - Returns: memory inside `belief` where it holds just that, else inside `scratch`; valid until
  ///   either changes.
  @inlinable
  public func distribution(
    of scope: Int, in belief: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>
  ) -> UnsafePointer<Double> {
    // Most scopes are one factor, whose marginal stands in the belief.
    if !isJoint && shapes.base[scope].factorCount == 1 {
      return belief + shapes.base[scope].firstOffset
    }
    return spread(scope, belief, scratch)
  }

  /// Writes the distribution over several factors, or over none, to scratch memory.
  @usableFromInline
  func spread(
    _ scope: Int, _ belief: UnsafePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
  ) -> UnsafePointer<Double> {
    let shape = shapes.base[scope]
    let result = scratch + shape.scratchOffset
    if isJoint {
      guard let map = scopeColumns[scope]?.base else { return belief }
      for column in 0..<shape.columns { result[column] = 0 }
      for state in 0..<size { result[Int(map[state])] += belief[state] }
      return UnsafePointer(result)
    }
    if shape.factorCount == 0 {
      result[0] = 1
      return UnsafePointer(result)
    }
    let first = belief + shape.firstOffset
    let second = belief + shape.secondOffset
    var count = 0
    for state in 0..<shape.firstStates {
      for other in 0..<shape.secondStates {
        result[count] = first[state] * second[other]
        count += 1
      }
    }
    if shape.factorCount > 2 {
      for factor in compiled.scopes[scope].factors[2...] {
        let plan = compiled.factors.base[factor]
        count = outerProduct(result, count, belief + plan.stateOffset, plan.states)
      }
    }
    return UnsafePointer(result)
  }

  /// The belief about the next states when the action is taken: the empirical prior.
  ///
  /// Exact for joint beliefs; for mean-field beliefs the product of the marginals goes through the
  /// transitions (pymdp `control.compute_expected_state`).
  ///
  /// - Parameter action: the joint action of each factor.
  /// - Complexity: O(states with probability above zero x next states).
  public func predict(
    _ belief: UnsafePointer<Double>, action: UnsafePointer<Int>, tables: ModelTables,
    into next: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
  ) {
    if isJoint {
      predictJoint(
        belief, action, tables.transitionColumns.base, into: next,
        scratch: scratch + predictionOffset)
      return
    }
    for factor in 0..<compiled.factors.count {
      predict(
        factor, belief, action: action[factor], tables: tables,
        into: next + compiled.factors.base[factor].stateOffset, scratch: scratch)
    }
  }

  /// The belief about one factor's next state, under mean-field beliefs.
  package func predict(
    _ factor: Int, _ belief: UnsafePointer<Double>, action: Int, tables: ModelTables,
    into result: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
  ) {
    let plan = compiled.factors.base[factor]
    let parents = distribution(of: plan.scope, in: belief, scratch: scratch)
    let table =
      tables.transitionColumns.base + plan.offset + action * plan.columns * plan.states
    if isWhole.base[factor] {
      Contraction.transposedMatrixVector(
        table, rows: plan.columns, columns: plan.states, parents, into: result)
      return
    }
    for state in 0..<plan.states { result[state] = 0 }
    for column in 0..<plan.columns where parents[column] != 0 {
      Contraction.addScaled(
        parents[column], table + column * plan.states, to: result, count: plan.states)
    }
  }

  private func predictJoint(
    _ belief: UnsafePointer<Double>, _ action: UnsafePointer<Int>,
    _ transitions: UnsafePointer<Double>, into next: UnsafeMutablePointer<Double>,
    scratch: UnsafeMutablePointer<Double>
  ) {
    let half = (scratchCount - predictionOffset) / 2
    var source = belief
    for index in jointSteps.indices {
      let step = jointSteps[index]
      let plan = compiled.factors.base[step.factor]
      let isLast = index == jointSteps.count - 1
      let target = isLast ? next : scratch + (index % 2) * half
      let table = transitions + plan.offset + action[step.factor] * plan.columns * plan.states
      let columns = step.column.base
      let targets = step.target.base
      for cell in 0..<step.targetCount { target[cell] = 0 }
      for cell in 0..<step.sourceCount where source[cell] != 0 {
        Contraction.addScaled(
          source[cell], table + Int(columns[cell]) * plan.states, to: target + targets[cell],
          count: plan.states)
      }
      source = UnsafePointer(target)
    }
  }

  /// The marginals of all factors, one after the other.
  public func marginals(
    of belief: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    guard isJoint else {
      for state in 0..<size { result[state] = belief[state] }
      return
    }
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      let marginal = result + plan.stateOffset
      for state in 0..<plan.states { marginal[state] = 0 }
      let stride = jointStrides[factor]
      var cell = 0
      while cell < size {
        for state in 0..<plan.states {
          marginal[state] += Contraction.sum(belief + cell, count: stride)
          cell += stride
        }
      }
    }
  }

  /// For each joint state the column of a scope, where it is not the joint state itself; only under
  /// joint beliefs.
  package func columns(ofScope scope: Int) -> UnsafePointer<Int32>? {
    scopeColumns[scope].map { UnsafePointer($0.base) }
  }

  /// The belief in which the factors are independent with these marginals.
  public func independent(
    _ marginals: UnsafePointer<Double>, into belief: UnsafeMutablePointer<Double>
  ) {
    guard isJoint else {
      for state in 0..<size { belief[state] = marginals[state] }
      return
    }
    jointStates(of: marginals, into: belief)
  }

  /// The product of the marginals of all factors, the last varying fastest.
  package func jointStates(
    of marginals: UnsafePointer<Double>, into belief: UnsafeMutablePointer<Double>
  ) {
    belief[0] = 1
    var count = 1
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      count = outerProduct(belief, count, marginals + plan.stateOffset, plan.states)
    }
  }
}

/// Multiplies every one of `count` numbers with every one of `others`, in place, from the end.
package func outerProduct(
  _ values: UnsafeMutablePointer<Double>, _ count: Int, _ others: UnsafePointer<Double>,
  _ otherCount: Int
) -> Int {
  var index = count - 1
  while index >= 0 {
    let value = values[index]
    let run = values + index * otherCount
    for other in 0..<otherCount { run[other] = value * others[other] }
    index -= 1
  }
  return count * otherCount
}

/// Whether a table of columns is better multiplied whole than column by column where the belief is not
/// zero: it is small, or not sparse. The bits are the same, except that OpenBLAS takes the large ones.
package func isContractedWhole(_ table: UnsafePointer<Double>, columns: Int, size: Int) -> Bool {
  let cells = columns * size
  if cells <= 1024 { return true }
  var nonzero = 0
  for cell in 0..<cells where table[cell] != 0 { nonzero += 1 }
  return nonzero > cells / 4
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
