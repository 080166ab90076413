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
final class InductivePreference {
  private let compiled: CompiledModel
  private let settings: PlanningSettings.Inductive
  /// By factor `[step back][state]`: 1 where the goal can be reached in so many steps.
  private let reachable: FixedBuffer<Double>
  /// Where a factor begins there.
  private let offsets: [Int]
  private let logEpsilon: Double
  /// By factor and state, in nats: what the present belief makes of being there next.
  let values: FixedBuffer<Double>

  /// - Throws: ``InvalidInput`` where the model has no goal, or a factor that has one does not depend
  ///   on itself alone.
  init(
    _ compiled: CompiledModel, _ settings: PlanningSettings.Inductive, _ tables: ModelTables
  ) throws(InvalidInput) {
    let model = compiled.model
    var faults: [Fault] = []
    if model.goals.allSatisfy({ $0 == nil }) {
      faults.append(
        Fault("planning.inductive", "the model has no goal", remedy: "add H for some factor"))
    }
    for (factor, goal) in model.goals.enumerated()
    where goal != nil && model.transitions[factor].given != [factor] {
      faults.append(
        Fault(
          "H[\(model.factors[factor].name)]",
          "inductive planning needs a factor that depends on itself alone",
          remedy: "leave the goal out, or planning.inductive"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
    self.compiled = compiled
    self.settings = settings
    logEpsilon = VectorMath.log(max(settings.epsilon, smallestProbability))
    offsets = model.factors.indices.map { compiled.factors.base[$0].stateOffset * settings.depth }
    reachable = FixedBuffer(repeating: 0, count: compiled.stateCount * settings.depth)
    values = FixedBuffer(repeating: 0, count: compiled.stateCount)
    refresh(tables)
  }

  /// Follows transitions that have changed.
  func refresh(_ tables: ModelTables) {
    for factor in 0..<compiled.factors.count {
      guard let goal = compiled.model.goals[factor] else { continue }
      let plan = compiled.factors.base[factor]
      let rows = reachable.base + offsets[factor]
      for state in 0..<plan.states { rows[state] = goal[state] }
      for step in 1..<max(settings.depth, 1) {
        let row = rows + step * plan.states
        for state in 0..<plan.states {
          row[state] = canReach(row - plan.states, from: state, plan, tables) ? 1 : 0
        }
      }
    }
  }

  private func canReach(
    _ targets: UnsafePointer<Double>, from state: Int, _ plan: CompiledModel.FactorPlan,
    _ tables: ModelTables
  ) -> Bool {
    for action in 0..<plan.actions {
      let next =
        tables.transitionColumns.base + plan.offset
        + (action * plan.columns + state) * plan.states
      for target in 0..<plan.states where targets[target] > 0 && next[target] > settings.threshold {
        return true
      }
    }
    return false
  }

  /// Anchors the preference to a belief.
  func begin(_ marginals: UnsafePointer<Double>) {
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      let result = values.base + plan.stateOffset
      for state in 0..<plan.states { result[state] = 0 }
      guard compiled.model.goals[factor] != nil else { continue }
      var likely = 0
      for state in 1..<max(plan.states, 1)
      where marginals[plan.stateOffset + state] > marginals[plan.stateOffset + likely] {
        likely = state
      }
      let rows = reachable.base + offsets[factor]
      var distance = 0
      while distance < settings.depth, rows[distance * plan.states + likely] == 0 {
        distance += 1
      }
      if distance == settings.depth { continue }
      let nearer = rows + max(distance - 1, 0) * plan.states
      for state in 0..<plan.states { result[state] = (1 - nearer[state]) * logEpsilon }
    }
  }
}
