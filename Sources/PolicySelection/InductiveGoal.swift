import GenerativeModel
import Inference
import Kernels

/// The joint states of some factors from which a goal over them can be reached, step by step backwards.
///
/// A transition is possible where that of each factor is more probable than the threshold under one joint
/// action. A state that is to be avoided leads nowhere, unless the agent is there already.
final class InductiveGoal<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number
  typealias Parameter = Arithmetic.Parameter

  /// One of the factors, and how far apart its states are among the joint states.
  private struct Member: BitwiseCopyable {
    let plan: CompiledModel.FactorPlan
    let factor: Int
    let stride: Int
    let isWide: Bool
  }

  let factorCount: Int
  private let space: BeliefSpace
  private let members: FixedBuffer<Member>
  /// By member and member: how far apart the states of the second are among the columns of the first.
  private let columnStrides: FixedBuffer<Int>
  /// By action and member: the first run of its table.
  private let firstRuns: FixedBuffer<Int>
  private let actionCount: Int
  private let stateCount: Int
  private let depth: Int
  private let threshold: Parameter
  private let logEpsilon: Double
  private let isGoal: FixedBuffer<Bool>
  private let isAvoided: FixedBuffer<Bool>
  /// Whether some state is to be avoided.
  private let avoids: Bool
  /// `[step back][joint state]`: 1 where the goal can be reached in so many steps, -1 where it could from a
  /// state that is to be avoided, else 0.
  private let reachable: FixedBuffer<Parameter>
  /// By lane: the row of the states that are near enough; -1 where the goal is out of reach.
  private let rows: FixedBuffer<Int>
  /// What it was last anchored to: equal anchors make equal preferences.
  var anchor: [Int] { rows.array(0..<rows.count) }
  /// The state of each member in the making, or of each factor of the model.
  private let counter: FixedBuffer<Int>
  /// By factor of the model, how far apart its states are among the joint states; 0 of the others.
  private let strides: FixedBuffer<Int>

  init(_ space: BeliefSpace, _ scope: InductiveScope, _ settings: PlanningSettings.Inductive) {
    let model = space.compiled.model
    let factors = scope.factors
    let sizes = factors.map { model.factors[$0].size }
    self.space = space
    factorCount = factors.count
    stateCount = sizes.reduce(1, *)
    depth = settings.depth
    threshold = Parameter(broadcast: settings.threshold)
    logEpsilon = VectorMath.log(max(settings.epsilon, smallestProbability))
    var members: [Member] = []
    var columnStrides: [Int] = []
    var stride = stateCount
    for (index, factor) in factors.enumerated() {
      stride /= max(sizes[index], 1)
      members.append(
        Member(
          plan: space.compiled.factors.base[factor], factor: factor, stride: stride,
          isWide: space.isWide.base[factor]))
      var strides = [Int](repeating: 0, count: factors.count)
      var columns = 1
      for parent in model.transitions[factor].given.reversed() {
        if let position = factors.firstIndex(of: parent) { strides[position] = columns }
        columns *= model.factors[parent].size
      }
      columnStrides += strides
    }
    self.members = FixedBuffer(members)
    strides = FixedBuffer(
      model.factors.indices.map { factor in
        members.first { $0.factor == factor }?.stride ?? 0
      })
    self.columnStrides = FixedBuffer(columnStrides)
    let actions = scope.actions(model)
    actionCount = actions.count
    firstRuns = FixedBuffer(
      actions.flatMap { action in
        members.map { space.compiled.jointAction(of: $0.factor, action) * $0.plan.columns }
      })
    isGoal = FixedBuffer(repeating: true, count: stateCount)
    isAvoided = FixedBuffer(repeating: false, count: stateCount)
    for (member, size) in zip(members, sizes) {
      let (goal, avoided) = (model.goals[member.factor], model.avoided[member.factor])
      for state in 0..<(goal == nil && avoided == nil ? 0 : stateCount) {
        let own = state / member.stride % size
        if let goal, goal[own] != 1 { isGoal.base[state] = false }
        if let avoided, avoided[own] == 1 { isAvoided.base[state] = true }
      }
    }
    avoids = factors.contains { model.avoided[$0] != nil }
    reachable = FixedBuffer(zeros: stateCount * settings.depth)
    rows = FixedBuffer(repeating: -1, count: Number.laneCount)
    counter = FixedBuffer(repeating: 0, count: model.factors.count)
  }

  // MARK: - From the goal backwards

  /// Follows transitions that have changed.
  func refresh(_ tables: ModelTables<Parameter>) {
    for state in 0..<stateCount {
      let value = isGoal.base[state] ? (isAvoided.base[state] ? -1.0 : 1) : 0
      reachable.base[state] = Parameter(broadcast: value)
    }
    for step in 1..<max(depth, 1) {
      fillRow(reachable.base + step * stateCount, tables)
    }
  }

  /// Fills a row from the one before it.
  private func fillRow(_ row: UnsafeMutablePointer<Parameter>, _ tables: ModelTables<Parameter>) {
    let one = Parameter(broadcast: 1)
    let minusOne = Parameter(broadcast: -1)
    for state in 0..<stateCount {
      var rest = state
      for member in 0..<factorCount {
        counter.base[member] = rest / members.base[member].stride
        rest %= members.base[member].stride
      }
      var reaches = Parameter.zero
      for action in 0..<actionCount {
        extend(
          0, target: 0, isPossible: one, action, row - stateCount, tables, into: &reaches)
      }
      let isReached = Parameter.isGreater(reaches, .zero)
      row[state] = .choose(isReached, isAvoided.base[state] ? minusOne : one, .zero)
    }
  }

  /// Goes through the next states of one member after another from the state in `counter`.
  private func extend(
    _ index: Int, target: Int, isPossible: Parameter, _ action: Int,
    _ targets: UnsafeMutablePointer<Parameter>, _ tables: ModelTables<Parameter>,
    into reaches: inout Parameter
  ) {
    guard index < factorCount else {
      let leads = Parameter.Mask.and(
        Parameter.isGreater(targets[target], .zero), Parameter.isGreater(isPossible, .zero))
      reaches = .choose(leads, Parameter(broadcast: 1), reaches)
      return
    }
    let member = members.base[index]
    let table = tables.transitions.base[member.factor]
    var run = firstRuns.base[action * factorCount + index]
    for other in 0..<factorCount {
      run += columnStrides.base[index * factorCount + other] * counter.base[other]
    }
    for cell in table.cells(of: run) {
      let leads = Parameter.isGreater(table.cells[cell], threshold)
      guard leads.any else { continue }
      extend(
        index + 1, target: target + table.place(cell, in: run) * member.stride,
        isPossible: .choose(leads, isPossible, .zero), action, targets, tables, into: &reaches)
    }
  }

  // MARK: - What a belief makes of it

  /// Anchors the preference to a belief: the most probable state of each factor says how far away the goal is.
  func begin(_ marginals: Belief<Number>) {
    for lane in 0..<Number.laneCount {
      var likely = 0
      for member in 0..<factorCount {
        let member = members.base[member]
        likely += member.stride * mostProbable(member, marginals, lane)
      }
      var distance = 0
      while distance < depth,
        Arithmetic.parameter(reachable.base[distance * stateCount + likely], lane: lane) == 0
      {
        distance += 1
      }
      rows.base[lane] = distance == depth ? -1 : max(distance - 1, 0)
    }
  }

  private func mostProbable(_ member: Member, _ marginals: Belief<Number>, _ lane: Int) -> Int {
    let marginal = marginals.base + member.plan.stateOffset
    if member.isWide, let support = marginals.supports?[member.factor] {
      var likely = support.count > 0 ? Int(support.states[0]) : 0
      for index in 0..<support.count {
        let state = Int(support.states[index])
        if marginal[state][lane: lane] > marginal[likely][lane: lane] { likely = state }
      }
      return likely
    }
    var likely = 0
    for state in 1..<max(member.plan.states, 1)
    where marginal[state][lane: lane] > marginal[likely][lane: lane] { likely = state }
    return likely
  }

  /// Adds the expectation of the cost over the product of marginals.
  func addExpectation(over marginals: Belief<Lanes>, to total: inout Lanes) {
    addExpectation(0, state: 0, weight: Lanes(broadcast: 1), marginals, to: &total)
  }

  private func addExpectation(
    _ index: Int, state: Int, weight: Lanes, _ marginals: Belief<Lanes>, to total: inout Lanes
  ) {
    guard index < factorCount else {
      total += weight * Arithmetic.spread(cost(state))
      return
    }
    let member = members.base[index]
    let marginal = marginals.base + member.plan.stateOffset
    if member.isWide, let support = marginals.supports?[member.factor] {
      for place in 0..<support.count {
        let own = Int(support.states[place])
        addExpectation(
          index + 1, state: state + own * member.stride, weight: weight * marginal[own], marginals,
          to: &total)
      }
    } else {
      for own in 0..<member.plan.states where marginal[own].isAnyNonzero {
        addExpectation(
          index + 1, state: state + own * member.stride, weight: weight * marginal[own], marginals,
          to: &total)
      }
    }
  }

  /// Adds the expectation of the cost over joint beliefs of all factors, the last varying fastest.
  func addExpectation(overJoint belief: Belief<Lanes>, to total: inout Lanes) {
    for factor in 0..<counter.count { counter.base[factor] = 0 }
    var state = 0
    for place in 0..<space.size {
      if belief.base[place].isAnyNonzero {
        total += belief.base[place] * Arithmetic.spread(cost(state))
      }
      var factor = counter.count - 1
      while factor >= 0 {
        counter.base[factor] += 1
        state += strides.base[factor]
        if counter.base[factor] < space.compiled.factors.base[factor].states { break }
        state -= counter.base[factor] * strides.base[factor]
        counter.base[factor] = 0
        factor -= 1
      }
    }
  }

  /// What it makes of a joint state, by lane.
  private func cost(_ state: Int) -> Number {
    var cost = Number.zero
    for lane in 0..<Number.laneCount {
      let row = rows.base[lane]
      if row < 0 {
        if avoids, isAvoided.base[state] { cost[lane: lane] = logEpsilon }
        continue
      }
      let isNear = Arithmetic.parameter(reachable.base[row * stateCount + state], lane: lane)
      cost[lane: lane] = (1 - max(isNear, 0)) * logEpsilon
    }
    return cost
  }
}
