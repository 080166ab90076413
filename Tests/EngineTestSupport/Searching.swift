import ActiveInference

/// A planner of joint actions with all that it needs, one belief at a time.
package final class Searching {
  package let planner: SophisticatedPlanner
  package let policies: PolicySet
  private let space: BeliefSpace
  private let tables: ModelTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let inference: StateInference<SingleArithmetic>
  private let logs: LogLikelihoodTables<Double>?

  /// What a step of the search found.
  package struct Found: Equatable {
    package var values: [Double]
    package var report: SearchReport
    package var terms: [ExpectedFreeEnergyTerms]
  }

  package init(_ model: GenerativeModel, _ configuration: AgentConfiguration) throws {
    let compiled = try CompiledModel(model)
    let settings = configuration.inference.resolved(for: compiled)
    tables = ModelTables(compiled)
    space = try BeliefSpace(compiled, joint: settings.algorithm == .exact)
    logs = space.isJoint ? nil : LogLikelihoodTables(tables, settings.convention)
    dynamics = BeliefDynamics(space)
    inference = StateInference(space, settings, dynamics)
    policies = try PolicySet(compiled, configuration.planning)
    planner = try SophisticatedPlanner(
      PlannerContext(
        space: space, inference: settings, settings: configuration.planning, tables: tables,
        logs: logs,
        planning: PlanningTables(compiled, tables, configuration.planning, policies),
        policies: policies))
  }

  /// The beliefs of an agent that sees these outcomes and does these things, as it holds them.
  package func beliefs(_ record: BehaviourRecord) throws -> [[Double]] {
    var beliefs: [[Double]] = []
    let (prior, belief) = (BeliefBuffer<Double>(space), BeliefBuffer<Double>(space))
    for (t, observation) in record.observations.enumerated() {
      if t == 0 {
        dynamics.setIndependent(tables.initialStates.base, prior.belief)
      } else {
        let action = (0..<space.compiled.factors.count).map {
          space.compiled.jointAction(of: $0, record.actions[t - 1])
        }
        dynamics.predict(belief.belief, action: action, tables, into: prior.belief)
      }
      try inference.infer(
        prior: prior.belief, .observations(observation), tables, logs, into: belief.belief)
      beliefs.append((0..<space.size).map { belief.base[$0] })
    }
    return beliefs
  }

  /// Scores the actions from a belief.
  package func search(_ belief: [Double]) throws -> Found {
    let buffer = BeliefBuffer<Double>(space)
    for (index, number) in belief.enumerated() { buffer.base[index] = number }
    dynamics.noteSupports(buffer.belief)
    let values = FixedBuffer<Double>(zeros: policies.count)
    try planner.evaluate(
      buffer.belief, at: PlanningMoment(seed: 0, episode: 0, step: 0), into: values.base)
    guard let report = planner.report else { preconditionFailure("a search has a report") }
    return Found(
      values: values.array(0..<policies.count), report: report, terms: planner.terms)
  }
}
