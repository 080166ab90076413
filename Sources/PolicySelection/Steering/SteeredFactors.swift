import GenerativeModel
import Inference
import Kernels

/// The factors that actions steer, in a model where they are steered surely: each of their joint states
/// and each action leads to one next. The rest of the factors goes its own way whatever is done.
///
/// A belief that is certain of the steered factors stays so, and says the same of the rest wherever it
/// has been led: the joint state of the steered factors is all that tells two beliefs of as many steps
/// apart. Where somebody is in a maze is steered, and what there is to be found is not.
final class SteeredFactors {
  /// Where the numbers of a scope are that planning reads, seen from a state of the steered factors.
  struct Scope: BitwiseCopyable {
    /// By state, the joint state of the scope in which the rest is in its first.
    let columns: UnsafePointer<Int32>
    /// By joint state of what the scope has of the rest, how much further it stands.
    let offsets: UnsafePointer<Int32>
    let count: Int
    /// By joint state of the whole rest, which of those it is; only under joint beliefs.
    let place: UnsafePointer<Int32>?
    /// What the scope has of the rest, in the scope's order.
    let members: UnsafePointer<Member>
    let memberCount: Int
    /// The first of its weights among those of all scopes.
    let weights: Int
  }

  /// Where the marginal of a factor of the rest is among those of the rest.
  struct Member: BitwiseCopyable {
    let offset: Int
    let states: Int
  }

  /// The most numbers in a table that is made for this; beyond it beliefs are told apart by their bits.
  private static let largestTable = 1 << 18

  let space: BeliefSpace
  /// Ascending.
  let steered: [Int]
  let rest: [Int]
  /// The joint states of the steered factors.
  let count: Int
  /// `[state][action]`, for the joint actions of the policies.
  let next: FixedBuffer<Int32>
  let actionCount: Int
  /// One a plan of ``PlanningTables``.
  let scopes: FixedBuffer<Scope>
  /// The weights of all scopes.
  let weightCount: Int
  /// The numbers of what a belief says of the rest: of its joint states, or its marginals.
  let restSize: Int
  /// Under joint beliefs: by joint state of all factors the state of the steered ones, and `[state][rest]`
  /// the other way round.
  private let stateOf: FixedBuffer<Int32>
  private let cells: FixedBuffer<Int32>
  /// How far apart the states of each steered factor are.
  private let strides: [Int]
  /// What the scopes point to.
  private let tables: [AnyObject]

  /// Nil where some factor is steered by chance, by what is not steered or by what is being learned, or where
  /// tables would be large.
  init?<Parameter: StepNumber>(
    _ space: BeliefSpace, _ policies: PolicySet, _ model: ModelTables<Parameter>,
    _ planning: PlanningTables<Parameter>
  ) {
    let compiled = space.compiled
    let split = SteeredFactors.split(compiled, model)
    // OpenBLAS would carry the rest forward to other bits by itself than with nodes in lanes.
    guard let split,
      !split.rest.contains(where: { factor in
        let plan = compiled.factors.base[factor]
        return space.isWide.base[factor]
          || Contraction.usesBLAS(rows: plan.columns, columns: plan.states)
      })
    else { return nil }
    (steered, rest) = split
    let sizes = compiled.model.factors.map(\.size)
    let steeredSizes = steered.map { sizes[$0] }
    guard let count = product(steeredSizes),
      count <= SteeredFactors.largestTable / max(policies.actions.count, planning.plans.count, 1),
      !space.isJoint || space.size <= SteeredFactors.largestTable
    else { return nil }
    self.space = space
    self.count = count
    actionCount = policies.actions.count
    var stride = count
    strides = steeredSizes.map {
      stride /= $0
      return stride
    }
    next = SteeredFactors.next(compiled, policies, model, steered, steeredSizes, strides)
    let all = Array(sizes.indices)
    if space.isJoint {
      stateOf = projection(of: steered, in: all, sizes: sizes)
      let restOf = projection(of: rest, in: all, sizes: sizes)
      restSize = space.size / count
      cells = FixedBuffer(zeros: space.size)
      for cell in 0..<space.size {
        cells.base[Int(stateOf.base[cell]) * restSize + Int(restOf.base[cell])] = Int32(cell)
      }
    } else {
      stateOf = FixedBuffer([])
      cells = FixedBuffer([])
      restSize = rest.reduce(0) { $0 + sizes[$1] }
    }
    var tables: [AnyObject] = []
    var weights = 0
    scopes = FixedBuffer(
      (0..<planning.plans.count).map { plan in
        let scope = SteeredFactors.scope(
          compiled.scopes[planning.planScopes.base[plan]], split, sizes, isJoint: space.isJoint,
          weights: weights, &tables)
        weights += scope.count
        return scope
      })
    self.tables = tables
    weightCount = weights
  }

  /// - Parameter tables: takes what the result points to.
  private static func scope(
    _ scope: CompiledModel.Scope, _ split: (steered: [Int], rest: [Int]), _ sizes: [Int],
    isJoint: Bool, weights: Int, _ tables: inout [AnyObject]
  ) -> Scope {
    let inside = scope.factors.filter(split.steered.contains)
    let outside = scope.factors.filter(split.rest.contains)
    func extents(_ factors: [Int]) -> [Int] { factors.map { sizes[$0] } }
    let ofState = projection(of: inside, in: split.steered, sizes: extents(split.steered))
    let steered = projection(of: inside, in: scope.factors, sizes: scope.sizes)
    let rest = projection(of: outside, in: scope.factors, sizes: scope.sizes)
    let count = extents(outside).reduce(1, *)
    let first = FixedBuffer<Int32>(repeating: 0, count: scope.columns / count)
    let offsets = FixedBuffer<Int32>(repeating: 0, count: count)
    for column in 0..<scope.columns {
      if rest.base[column] == 0 { first.base[Int(steered.base[column])] = Int32(column) }
      if steered.base[column] == 0 { offsets.base[Int(rest.base[column])] = Int32(column) }
    }
    let columns = FixedBuffer((0..<ofState.count).map { first.base[Int(ofState.base[$0])] })
    let place =
      isJoint ? projection(of: outside, in: split.rest, sizes: extents(split.rest)) : nil
    let members = FixedBuffer(
      outside.map { factor in
        Member(
          offset: split.rest.prefix { $0 < factor }.reduce(0) { $0 + sizes[$1] },
          states: sizes[factor])
      })
    tables += [columns, offsets, members] as [AnyObject]
    if let place { tables.append(place) }
    return Scope(
      columns: UnsafePointer(columns.base), offsets: UnsafePointer(offsets.base), count: count,
      place: place.map { UnsafePointer($0.base) }, members: UnsafePointer(members.base),
      memberCount: members.count, weights: weights)
  }

  /// The factors that some action changes, however far on, and the others; nil where the former do not
  /// move surely and by themselves.
  private static func split<Parameter: StepNumber>(
    _ compiled: CompiledModel, _ model: ModelTables<Parameter>
  ) -> (steered: [Int], rest: [Int])? {
    let factors = compiled.model.factors.indices
    let parents = compiled.model.transitions.map(\.given)
    var isSteered = factors.map { compiled.factors.base[$0].actions > 1 }
    var known = 0
    repeat {
      known = isSteered.count { $0 }
      for factor in factors where parents[factor].contains(where: { isSteered[$0] }) {
        isSteered[factor] = true
      }
    } while isSteered.count(where: { $0 }) > known
    let steered = factors.filter { isSteered[$0] }
    let isSure = steered.allSatisfy { factor in
      model.transitions.base[factor].sure != nil
        && parents[factor].allSatisfy { isSteered[$0] }
    }
    return isSure && !steered.isEmpty ? (steered, factors.filter { !isSteered[$0] }) : nil
  }

  private static func next<Parameter: StepNumber>(
    _ compiled: CompiledModel, _ policies: PolicySet, _ model: ModelTables<Parameter>,
    _ steered: [Int], _ sizes: [Int], _ strides: [Int]
  ) -> FixedBuffer<Int32> {
    let count = sizes.reduce(1, *)
    let actions = policies.actions.count
    let result = FixedBuffer<Int32>(repeating: 0, count: count * actions)
    for (factor, stride) in zip(steered, strides) {
      guard let sure = model.transitions.base[factor].sure else { continue }
      let columns = projection(
        of: compiled.model.transitions[factor].given, in: steered, sizes: sizes)
      for action in 0..<actions {
        let own = policies.factorActions.base[action * compiled.factors.count + factor]
        let first = own * compiled.factors.base[factor].columns
        for state in 0..<count {
          result.base[state * actions + action] +=
            sure[first + Int(columns.base[state])] * Int32(stride)
        }
      }
    }
    return result
  }

  /// The one state of the steered factors that a lane of a belief has; nil where it has several.
  func state<Number: StepNumber>(of belief: Belief<Number>, lane: Int) -> Int? {
    let lanes = Number.laneCount
    let numbers = numbers(belief.base) + lane
    if space.isJoint {
      var state: Int32 = -1
      for cell in 0..<space.size where numbers[cell * lanes] != 0 {
        if state < 0 { state = stateOf.base[cell] }
        if state != stateOf.base[cell] { return nil }
      }
      return state < 0 ? nil : Int(state)
    }
    var state = 0
    for index in 0..<steered.count {
      let factor = space.compiled.factors.base[steered[index]]
      let marginal = numbers + factor.stateOffset * lanes
      var found: Int?
      func look(_ state: Int) -> Bool {
        if marginal[state * lanes] == 0 { return true }
        // A marginal that does not sum to 1 would be a factor in all that is multiplied with it.
        if found != nil || marginal[state * lanes] != 1 { return false }
        found = state
        return true
      }
      if space.isWide.base[steered[index]], let support = belief.supports?[steered[index]] {
        for index in 0..<support.count where !look(Int(support.states[index])) { return nil }
      } else {
        for state in 0..<factor.states where !look(state) { return nil }
      }
      guard let found else { return nil }
      state += found * strides[index]
    }
    return state
  }

  /// Copies what a lane of a belief says of the rest, in a state of the steered factors.
  func copyRest<Number: StepNumber>(
    of belief: Belief<Number>, state: Int, lane: Int, to rest: UnsafeMutablePointer<Number>
  ) {
    let lanes = Number.laneCount
    let source = numbers(belief.base) + lane
    let target = numbers(rest) + lane
    if space.isJoint {
      let cells = self.cells.base + state * restSize
      for cell in 0..<restSize { target[cell * lanes] = source[Int(cells[cell]) * lanes] }
      return
    }
    var place = 0
    for factor in self.rest {
      let plan = space.compiled.factors.base[factor]
      for state in 0..<plan.states {
        target[place * lanes] = source[(plan.stateOffset + state) * lanes]
        place += 1
      }
    }
  }

  /// Finds the probability of each joint state of what the scopes have of the rest, in the order in which
  /// ``BeliefDynamics`` reads a whole belief, which has the same bits.
  func weigh<Number: StepNumber>(
    _ rest: UnsafePointer<Number>, into weights: UnsafeMutablePointer<Number>
  ) {
    for index in 0..<scopes.count {
      let scope = scopes.base[index]
      let result = weights + scope.weights
      if let place = scope.place {
        for column in 0..<scope.count { result[column] = .zero }
        for cell in 0..<restSize { result[Int(place[cell])] += rest[cell] }
      } else {
        result[0] = Number(broadcast: 1)
        var count = 1
        for member in 0..<scope.memberCount {
          let factor = scope.members[member]
          count = outerProduct(result, count, rest + factor.offset, factor.states)
        }
      }
    }
  }
}
