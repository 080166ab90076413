import GenerativeModel
import Kernels

/// Infers the states of all steps of a window from what was observed in them: `vmp` and `mmp` of pymdp 1.x
/// (`algos.py`, `update_marginals`; `inference.py`, `_run_sequence_inference`).
///
///     ln q_t(s_f) = E[ln P(o_t | s)] + message from t-1 + message from t+1 + constant
///
/// All steps and factors at once, exactly ``InferenceSettings/iterations`` sweeps, beginning with uniform
/// beliefs. The prior of the window's first step is D, or once the window slides the belief that was held
/// about the step before it when that was the newest, carried forward: no evidence enters twice. A window
/// holds the steps there are and is never padded.
///
/// - Complexity: O(iterations x steps of the window x (cells of the likelihood given an outcome + cells of
///   the transitions given an action)) a step. Allocates nothing in a step where the horizon is at most
///   1,023; else memory doubles as steps come.
package final class WindowInference {
  typealias Arithmetic = SingleArithmetic

  let space: BeliefSpace
  let settings: InferenceSettings
  let tables: ModelTables<Double>
  private let logs: LogLikelihoodTables<Double>
  let history: WindowHistory
  let messages: TransitionMessages
  let dynamics: BeliefDynamics<SingleArithmetic>
  /// Whose log likelihoods, and messages between the factors of a step, are those of the window too.
  let meanField: MeanFieldInference<SingleArithmetic>
  /// By group of modalities: where its table begins in a row of ``WindowHistory/joint``.
  let jointOffsets: [Int]
  /// Whether likelihoods change, so that those of past steps are found anew.
  private let learnsLikelihoods: Bool
  /// Whether a sweep that changes no bit is the last, which changes no belief.
  private let endsIterations: Bool
  private let none: FixedBuffer<Bool>

  /// D as the episode began with it.
  let initial: FixedBuffer<Double>
  /// ln P of the window's first states before any of its observations.
  let logPrior: FixedBuffer<Double>
  /// ln q before normalisation, `[time][state]`.
  let logBeliefs: StepRows<Double>
  /// Messages in the making, `[time][state]`: from the past, and by edge from the future.
  let fromPast: StepRows<Double>
  let fromFuture: StepRows<Double>
  /// One state's worth of memory, and that of the joint states that a transition depends on.
  let scratch: FixedBuffer<Double>
  let weights: FixedBuffer<Double>
  let contracted: FixedBuffer<Double>
  let ones: FixedBuffer<Double>

  /// What an inference found about a window.
  final class Found {
    @exclusivity(unchecked) var start = 0
    @exclusivity(unchecked) var count = 0
    let beliefs: StepRows<Double>

    init(states: Int, capacity: Int) {
      beliefs = StepRows(0, width: states, capacity: capacity)
    }
  }

  /// What was found in this step and in the last, in turn.
  @exclusivity(unchecked) var found: Found
  @exclusivity(unchecked) private var lastFound: Found
  /// What the last inference found beside the beliefs.
  @exclusivity(unchecked) package private(set) var outcome = InferenceOutcome()

  /// Memory for the windows of one agent.
  ///
  /// - Parameters:
  ///   - space: of a mean-field belief.
  ///   - tables: those of the agent, which may learn.
  ///   - logs: the logarithms of their likelihoods.
  ///   - learnsLikelihoods: whether likelihoods change between steps.
  ///   - endsIterations: whether a sweep that changes no bit is the last, which changes no belief.
  package init(
    _ space: BeliefSpace, _ settings: InferenceSettings,
    _ dynamics: BeliefDynamics<SingleArithmetic>, _ tables: ModelTables<Double>,
    _ logs: LogLikelihoodTables<Double>, learnsLikelihoods: Bool, endsIterations: Bool
  ) {
    self.space = space
    self.settings = settings
    self.tables = tables
    self.logs = logs
    self.dynamics = dynamics
    self.learnsLikelihoods = learnsLikelihoods
    self.endsIterations = endsIterations
    let compiled = space.compiled
    meanField = MeanFieldInference(space, settings, dynamics, endsIterations: true)
    messages = TransitionMessages(
      compiled, tables, settings.convention,
      readsBackward: settings.algorithm == .marginalMessagePassing)
    var offsets: [Int] = []
    var cells = 0
    for group in meanField.groups.indices {
      offsets.append(cells)
      if meanField.groups[group].factors.count > 1 { cells += meanField.columns.base[group] }
    }
    jointOffsets = offsets
    history = WindowHistory(
      horizon: settings.horizon, states: space.size, jointCells: cells,
      factors: compiled.factors.count, modalities: compiled.modalities.count,
      rulesOut: settings.convention == .standard && settings.impossible != .floored)
    none = FixedBuffer(repeating: false, count: compiled.modalities.count)
    initial = FixedBuffer(zeros: space.size)
    logPrior = FixedBuffer(zeros: space.size)
    let rows = history.local.capacity
    logBeliefs = StepRows(0, width: space.size, capacity: rows)
    fromPast = StepRows(0, width: space.size, capacity: rows)
    fromFuture = StepRows(0, width: messages.edgeStates, capacity: rows)
    found = Found(states: space.size, capacity: rows)
    lastFound = Found(states: space.size, capacity: rows)
    scratch = FixedBuffer(zeros: space.size)
    let widest = WindowInference.widest(compiled)
    weights = FixedBuffer(zeros: widest.columns)
    contracted = FixedBuffer(zeros: max(widest.columns, widest.cells))
    ones = FixedBuffer(repeating: 1, count: widest.states)
  }

  /// The most joint states that a transition depends on where it depends on several factors, what a table
  /// of two of the factors takes, and the states of the largest factor.
  static func widest(_ compiled: CompiledModel) -> (columns: Int, cells: Int, states: Int) {
    var columns = 0
    var cells = 0
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      let scope = compiled.scopes[plan.scope]
      if scope.factors.count < 2 { continue }
      columns = max(columns, scope.columns)
      cells = max(cells, plan.states * (scope.sizes.max() ?? 1))
    }
    return (columns, cells, compiled.model.factors.map(\.size).max() ?? 1)
  }

  // MARK: - One step

  /// Makes what was found in this step what was found in the last, and the other way round.
  package func swapBeliefs() { swap(&found, &lastFound) }

  /// Infers the window that ends with a step.
  ///
  /// - Parameters:
  ///   - step: one more than the last step that was inferred and kept, or that again, or 0.
  ///   - observation: one entry a modality, each outcome in range.
  ///   - prior: the belief before the observation, by which impossible outcomes are known.
  ///   - actions: the joint action of each factor that led here.
  ///   - ignored: takes the modalities whose outcome was impossible and is ignored.
  ///   - posterior: where the belief about the step goes.
  ///   - iterates: takes the belief about the step and the window's free energy after each sweep.
  /// - Throws: ``ImpossibleObservation`` where an observation has probability zero and the settings call
  ///   that an error.
  package func infer(
    step: Int, _ observation: [Observation], prior: Belief<Double>, actions: UnsafePointer<Int>,
    ignored: FixedBuffer<Bool>, into posterior: Belief<Double>,
    iterates: ((_ belief: Belief<Double>, _ freeEnergy: Double) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    history.begin(step)
    if step == 0 { initial.base.update(from: tables.initialStates.base, count: space.size) }
    let row = history.count
    history.actions.row(row).update(from: actions, count: space.compiled.factors.count)
    history.note(observation, row: row)
    for modality in 0..<ignored.count { ignored.base[modality] = false }
    try rule(row, prior, ignored)
    let start = history.windowStart(step) - history.first
    for past in (learnsLikelihoods ? start : row)...row { fill(past) }
    fillPrior(start)
    found.start = history.windowStart(step)
    found.count = row - start + 1
    logBeliefs.reserve(found.count)
    fromPast.reserve(found.count)
    fromFuture.reserve(found.count)
    found.beliefs.reserve(found.count)
    fromPast.base.update(from: logPrior.base, count: space.size)
    sweep(start, iterates)
    let last = found.beliefs.row(found.count - 1)
    posterior.base.update(from: last, count: space.size)
    dynamics.noteSupports(posterior)
    history.filtered.row(row).update(from: last, count: space.size)
  }

  /// Finds the states that cannot be, and the outcomes.
  func rule(
    _ row: Int, _ prior: Belief<Double>, _ ignored: FixedBuffer<Bool>
  ) throws(ImpossibleObservation) {
    guard settings.impossible != .floored else { return }
    try meanField.findImpossible(
      prior.base, prior, .observations(history.observations[row]), tables, ignored)
    for modality in 0..<ignored.count where ignored.base[modality] {
      history.ignore(modality, row: row)
    }
    guard let ruledOut = history.ruledOut?.row(row) else { return }
    for state in 0..<space.size {
      ruledOut[state] = meanField.possible.base[state] > 0 ? 0 : -.infinity
    }
  }

  /// Fills a row with what its observation says of the states.
  func fill(_ row: Int) {
    let evidence = Evidence.observations(history.observations[row])
    if settings.convention == .pymdp007 {
      meanField.fillJoint(evidence, tables, none)
    } else {
      meanField.fillByScope(evidence, tables, logs, none)
    }
    let local = history.local.row(row)
    let joint = history.joint.row(row)
    for state in 0..<space.size { local[state] = 0 }
    history.constant.row(row)[0] = 0
    for group in meanField.groups.indices {
      let factors = meanField.groups[group].factors
      let values = meanField.logLikelihood.base + meanField.offsets.base[group]
      let count = meanField.columns.base[group]
      if factors.count > 1 {
        (joint + jointOffsets[group]).update(from: values, count: count)
      } else if let factor = factors.first {
        let target = local + space.compiled.factors.base[factor].stateOffset
        for state in 0..<count { target[state] += values[state] }
      } else {
        history.constant.row(row)[0] += values[0]
      }
    }
  }

  /// Finds the prior of the window's first step.
  private func fillPrior(_ start: Int) {
    let logs = logPrior.base
    if history.first + start == 0 {
      logs.update(from: initial.base, count: space.size)
    } else {
      dynamics.predict(
        Belief(history.filtered.row(start - 1)), action: history.actions.row(start), tables,
        into: Belief(logs))
    }
    settings.convention.logarithms(logs, into: logs, count: space.size)
  }

  // MARK: - Sweeps

  private func sweep(
    _ start: Int, _ iterates: ((_ belief: Belief<Double>, _ freeEnergy: Double) -> Void)?
  ) {
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      for time in 0..<found.count {
        let run = found.beliefs.row(time) + plan.stateOffset
        for state in 0..<plan.states { run[state] = 1 / Double(plan.states) }
      }
    }
    var sweeps = 0
    var isUnchanged = false
    while sweeps < settings.iterations && !(endsIterations && isUnchanged) {
      sweeps += 1
      isUnchanged = sweepOnce(start)
      if let iterates {
        iterates(Belief(found.beliefs.row(found.count - 1)), measure(start).freeEnergy)
      }
    }
    outcome = measure(start)
    outcome.sweeps = sweeps
    outcome.converged = isUnchanged
  }

  /// Updates every factor of every step from the others' present beliefs; true where no bit changed.
  private func sweepOnce(_ start: Int) -> Bool {
    let count = found.count * space.size
    logBeliefs.base.update(from: history.local.row(start), count: count)
    for time in 0..<found.count {
      let belief = UnsafePointer(found.beliefs.row(time))
      let table = history.joint.row(start + time)
      let logs = logBeliefs.row(time)
      for index in 0..<meanField.messages.count {
        let message = meanField.messages.base[index]
        meanField.addMessage(
          of: message.group, table + jointOffsets[message.group], to: message.position, belief,
          logs + meanField.frame.offsets.base[message.factor])
      }
    }
    if settings.algorithm == .marginalMessagePassing {
      addMarginalMessages(start)
    } else {
      addVariationalMessages(start)
    }
    if let ruledOut = history.ruledOut?.row(start) {
      for place in 0..<count { logBeliefs.base[place] += ruledOut[place] }
    }
    return normalize()
  }

  /// Softmax of every factor of every step, with one call for all exponentials.
  private func normalize() -> Bool {
    let sizes = UnsafePointer(meanField.frame.sizes.base)
    let factors = meanField.frame.sizes.count
    var run = logBeliefs.base
    for _ in 0..<found.count {
      for factor in 0..<factors {
        let largest = Double.greatest(run, count: sizes[factor])
        for state in 0..<sizes[factor] { run[state] -= largest }
        run += sizes[factor]
      }
    }
    VectorMath.exp(inPlace: logBeliefs.base, count: found.count * space.size)
    var isUnchanged = true
    run = logBeliefs.base
    var target = found.beliefs.base
    for _ in 0..<found.count {
      for factor in 0..<factors {
        let total = Double.sum(run, count: sizes[factor])
        for state in 0..<sizes[factor] {
          let value = run[state] / total
          if value.bitPattern != target[state].bitPattern { isUnchanged = false }
          target[state] = value
        }
        run += sizes[factor]
        target += sizes[factor]
      }
    }
    return isUnchanged
  }
}
