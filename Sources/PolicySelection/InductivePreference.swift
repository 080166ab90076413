import GenerativeModel
import Inference
import Kernels

/// A preference for states from which the goal can still be reached in time.
///
/// From each goal (H) backwards it knows the states from which it can be reached in k transitions. The
/// belief's most probable state says how far away the goal is; states that are not one step nearer cost
/// ln(epsilon) nats, and so do those that are to be avoided. Anchored to the belief of the step, for all
/// steps of a policy (pymdp `control.py`, `generate_I_matrix` and `calc_inductive_value_t`).
final class InductivePreference<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  private let space: BeliefSpace
  private let goals: [InductiveGoal<Arithmetic>]

  init(
    _ space: BeliefSpace, _ settings: PlanningSettings.Inductive,
    _ tables: ModelTables<Arithmetic.Parameter>
  ) {
    self.space = space
    goals = InductiveScope.all(of: space.compiled.model).map {
      InductiveGoal(space, $0, settings)
    }
    refresh(tables)
  }

  /// Follows transitions that have changed.
  func refresh(_ tables: ModelTables<Arithmetic.Parameter>) {
    for goal in goals { goal.refresh(tables) }
  }

  /// Anchors the preference to a belief.
  func begin(_ marginals: Belief<Number>) {
    for goal in goals { goal.begin(marginals) }
  }

  /// What the preference was last anchored to: equal anchors make equal preferences.
  var anchor: [Int] { goals.flatMap(\.anchor) }

  /// What it makes of being somewhere next, in nats: the expectation over the beliefs of nodes.
  ///
  /// - Parameter marginals: those of the beliefs.
  func value(_ belief: Belief<Lanes>, marginals: Belief<Lanes>) -> Lanes {
    var total = Lanes.zero
    for goal in goals { add(goal, belief, marginals, to: &total) }
    return total
  }

  /// What each goal makes of it, by the first of the factors that have it; 0 for the others.
  func valueByFactor(_ belief: Belief<Lanes>, marginals: Belief<Lanes>) -> [Lanes] {
    let model = space.compiled.model
    var values = [Lanes](repeating: .zero, count: model.factors.count)
    for (goal, scope) in zip(goals, InductiveScope.all(of: model)) {
      guard let first = scope.factors.first(where: { model.goals[$0] != nil }) else { continue }
      add(goal, belief, marginals, to: &values[first])
    }
    return values
  }

  @inline(__always)
  private func add(
    _ goal: InductiveGoal<Arithmetic>, _ belief: Belief<Lanes>, _ marginals: Belief<Lanes>,
    to total: inout Lanes
  ) {
    if space.isJoint && goal.factorCount > 1 {
      goal.addExpectation(overJoint: belief, to: &total)
    } else {
      goal.addExpectation(over: marginals, to: &total)
    }
  }
}

/// The factors that a goal is over: those that have one and all that they depend on, however far back.
///
/// Goals that share a factor are one goal over the factors of both.
struct InductiveScope {
  /// Ascending.
  let factors: [Int]

  /// The scopes of a model's goals, in the order of their first factor.
  static func all(of model: GenerativeModel) -> [InductiveScope] {
    var scopes: [Set<Int>] = []
    for factor in model.factors.indices where model.goals[factor] != nil {
      var scope: Set<Int> = []
      var waiting = [factor]
      while let next = waiting.popLast() {
        if scope.insert(next).inserted { waiting += model.transitions[next].given }
      }
      for other in scopes where !other.isDisjoint(with: scope) { scope.formUnion(other) }
      scopes.removeAll { !$0.isDisjoint(with: scope) }
      scopes.append(scope)
    }
    return scopes.map { InductiveScope(factors: $0.sorted()) }
      .sorted { $0.factors[0] < $1.factors[0] }
  }

  /// The number of joint states, which may be beyond all memory.
  func stateCount(_ model: GenerativeModel) -> Double {
    factors.reduce(1) { $0 * Double(model.factors[$1].size) }
  }

  /// The joint actions of the controls that drive its factors; the other controls are at 0.
  func actions(_ model: GenerativeModel) -> [[Int]] {
    combinations(
      model.controls.indices.map { drives($0, model) ? model.controls[$0].size : 1 })
  }

  /// About how many transitions between joint states there are, over all actions.
  func transitionCount(_ compiled: CompiledModel) -> Double {
    let model = compiled.model
    var count = stateCount(model)
    for control in model.controls.indices where drives(control, model) {
      count *= Double(model.controls[control].size)
    }
    for factor in factors {
      let plan = compiled.factors.base[factor]
      count *= Double(compiled.transitionCells[factor])
      count /= Double(max(plan.columns * plan.actions, 1))
    }
    return count
  }

  private func drives(_ control: Int, _ model: GenerativeModel) -> Bool {
    factors.contains { model.transitions[$0].controls.contains(control) }
  }
}
