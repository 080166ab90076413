import Inference
import Kernels

/// The habit at a belief where E depends on states: ln sum_s q(s) E(policy | s), in nats.
///
/// One object serves one agent, or one plan; reading a belief allocates nothing.
final class ConditionalHabit<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  private let tables: PlanningTables<Arithmetic.Parameter>
  private let dynamics: BeliefDynamics<Arithmetic>
  private let scope: Int
  private let columns: RunTable<Arithmetic.Parameter>
  /// ln E by policy at the belief last read.
  let logs: FixedBuffer<Number>
  /// Whether it is -infinity somewhere.
  @exclusivity(unchecked) private(set) var hasImpossiblePolicies = false

  /// Nil where E is the same in all states.
  init?(_ tables: PlanningTables<Arithmetic.Parameter>, _ dynamics: BeliefDynamics<Arithmetic>) {
    guard let scope = tables.compiled.habitScope, let columns = tables.habitColumns else {
      return nil
    }
    self.tables = tables
    self.dynamics = dynamics
    self.scope = scope
    self.columns = columns
    logs = FixedBuffer(zeros: columns.length)
  }

  /// Finds the habit at a belief.
  ///
  /// - Complexity: O(joint states of E's scope x policies).
  func read(_ belief: Belief<Number>) {
    Arithmetic.expect(
      columns, first: 0, dynamics.distribution(of: scope, in: belief), into: logs.base)
    hasImpossiblePolicies = tables.settings.convention.takeHabitLogarithms(logs)
  }
}
