import GenerativeModel
import Inference
import Kernels

/// A preference for states from which the goal can still be reached in time.
///
/// From the goal (H) backwards, row k of the table holds the states from which it can be reached in k
/// transitions, each more probable than `threshold` under some action. The belief's most probable
/// state says how far away the goal is; states that are not one step nearer cost ln(epsilon) nats.
/// Anchored to the belief of the step, for all steps of a policy (pymdp `control.py`,
/// `generate_I_matrix` and `calc_inductive_value_t`).
final class InductivePreference<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  private let space: BeliefSpace
  private let settings: PlanningSettings.Inductive
  private let hasGoal: FixedBuffer<Bool>
  /// By factor `[step back][state]`: 1 where the goal can be reached in so many steps.
  private let reachable: FixedBuffer<Arithmetic.Parameter>
  /// Where a factor begins there.
  private let offsets: FixedBuffer<Int>
  private let logEpsilon: Double
  /// By factor and lane: the row of the states that are near enough; -1 where the goal is out of reach.
  private let rows: FixedBuffer<Int>

  init(
    _ space: BeliefSpace, _ settings: PlanningSettings.Inductive,
    _ tables: ModelTables<Arithmetic.Parameter>
  ) {
    let model = space.compiled.model
    self.space = space
    self.settings = settings
    hasGoal = FixedBuffer(model.goals.map { $0 != nil })
    logEpsilon = VectorMath.log(max(settings.epsilon, smallestProbability))
    offsets = FixedBuffer(
      model.factors.indices.map { space.compiled.factors.base[$0].stateOffset * settings.depth })
    reachable = FixedBuffer(zeros: space.compiled.stateCount * settings.depth)
    rows = FixedBuffer(repeating: -1, count: model.factors.count * Number.laneCount)
    refresh(tables)
  }

  /// Follows transitions that have changed.
  func refresh(_ tables: ModelTables<Arithmetic.Parameter>) {
    for factor in 0..<hasGoal.count {
      guard let goal = space.compiled.model.goals[factor] else { continue }
      let plan = space.compiled.factors.base[factor]
      let rows = reachable.base + offsets.base[factor]
      for state in 0..<plan.states { rows[state] = Arithmetic.Parameter(broadcast: goal[state]) }
      for step in 1..<max(settings.depth, 1) {
        fillRow(rows + step * plan.states, plan, tables.transitions.base[factor])
      }
    }
  }

  /// Fills a row from the one before it.
  private func fillRow(
    _ row: UnsafeMutablePointer<Arithmetic.Parameter>, _ plan: CompiledModel.FactorPlan,
    _ table: RunTable<Arithmetic.Parameter>
  ) {
    let targets = row - plan.states
    let one = Arithmetic.Parameter(broadcast: 1)
    let threshold = Arithmetic.Parameter(broadcast: settings.threshold)
    for state in 0..<plan.states {
      var reaches = Arithmetic.Parameter.zero
      for action in 0..<plan.actions {
        let run = action * plan.columns + state
        for cell in table.cells(of: run) {
          let leads = Arithmetic.Parameter.Mask.and(
            Arithmetic.Parameter.isGreater(targets[table.place(cell, in: run)], .zero),
            Arithmetic.Parameter.isGreater(table.cells[cell], threshold))
          reaches = .choose(leads, one, reaches)
        }
      }
      row[state] = reaches
    }
  }

  /// Anchors the preference to a belief.
  func begin(_ marginals: Belief<Number>) {
    let lanes = Number.laneCount
    for factor in 0..<hasGoal.count where hasGoal.base[factor] {
      let plan = space.compiled.factors.base[factor]
      let table = reachable.base + offsets.base[factor]
      for lane in 0..<lanes {
        let likely = mostProbable(factor, plan, marginals, lane)
        var distance = 0
        while distance < settings.depth,
          Arithmetic.parameter(table[distance * plan.states + likely], lane: lane) == 0
        {
          distance += 1
        }
        rows.base[factor * lanes + lane] =
          distance == settings.depth ? -1 : max(distance - 1, 0)
      }
    }
  }

  /// What the preference was last anchored to: equal anchors make equal preferences.
  var anchor: [Int] { rows.array(0..<rows.count) }

  /// Whether that is a certain anchor.
  func isAnchored(as anchor: [Int]) -> Bool {
    anchor.count == rows.count && anchor.indices.allSatisfy { anchor[$0] == rows.base[$0] }
  }

  private func mostProbable(
    _ factor: Int, _ plan: CompiledModel.FactorPlan, _ marginals: Belief<Number>, _ lane: Int
  ) -> Int {
    let marginal = marginals.base + plan.stateOffset
    if space.isWide.base[factor], let support = marginals.supports?[factor] {
      var likely = support.count > 0 ? Int(support.states[0]) : 0
      for index in 0..<support.count {
        let state = Int(support.states[index])
        if marginal[state][lane: lane] > marginal[likely][lane: lane] { likely = state }
      }
      return likely
    }
    var likely = 0
    for state in 1..<max(plan.states, 1)
    where marginal[state][lane: lane] > marginal[likely][lane: lane] { likely = state }
    return likely
  }

  /// What it makes of being somewhere next, in nats: the expectation over the marginals of nodes.
  func value(_ marginals: Belief<Lanes>) -> Lanes {
    var total = Lanes.zero
    for factor in 0..<hasGoal.count where hasGoal.base[factor] {
      let plan = space.compiled.factors.base[factor]
      let marginal = marginals.base + plan.stateOffset
      if space.isWide.base[factor], let support = marginals.supports?[factor] {
        for index in 0..<support.count {
          let state = Int(support.states[index])
          total += marginal[state] * Arithmetic.spread(cost(factor, plan, state))
        }
      } else {
        for state in 0..<plan.states {
          total += marginal[state] * Arithmetic.spread(cost(factor, plan, state))
        }
      }
    }
    return total
  }

  /// What it makes of a state, by lane.
  private func cost(_ factor: Int, _ plan: CompiledModel.FactorPlan, _ state: Int) -> Number {
    let lanes = Number.laneCount
    let table = reachable.base + offsets.base[factor]
    var cost = Number.zero
    for lane in 0..<lanes {
      let row = rows.base[factor * lanes + lane]
      if row < 0 { continue }
      let isNear = Arithmetic.parameter(table[row * plan.states + state], lane: lane)
      cost[lane: lane] = (1 - isNear) * logEpsilon
    }
    return cost
  }
}
