import GenerativeModel
import Kernels

/// Learns the Dirichlet counts of a model from beliefs, each datum once.
///
///     count <- count0 + (1 - forgetting)(count - count0) + rate * evidence
///
/// `count0` is the model's. Where learning is active, as much of an update is kept as it is worth. Cells whose count0 is zero stay zero. After every update the distribution
/// is the mean of its counts again, so A, B, D and their counts never part. Without forgetting, asymptote and
/// active learning an update costs what it touches.
public final class ParameterLearning<Arithmetic: StepArithmetic>
where Arithmetic.Parameter == Arithmetic.Number {
  /// What a belief consists of, and a count.
  public typealias Number = Arithmetic.Number
  typealias Tables = ModelTables<Number>

  let space: BeliefSpace
  let settings: LearningSettings
  let dynamics: BeliefDynamics<Arithmetic>
  /// The counts of the model itself.
  let original: ModelTables<Double>
  /// By modality or factor: whether it learns.
  let learnsLikelihood: FixedBuffer<Bool>
  let learnsTransition: FixedBuffer<Bool>
  let learnsPreference: FixedBuffer<Bool>
  private let learnsInitialState: FixedBuffer<Bool>
  /// By modality and by factor: what the last update changed.
  public let changedLikelihoods: [ChangedRuns]
  /// By factor: what the last update changed.
  public let changedTransitions: [ChangedRuns]
  /// The joint states of E's scope whose habits the last update changed; none where E is the same in all.
  public let changedHabits: ChangedRuns
  /// Where likelihoods, and where transitions, are learned actively: what weighs their updates.
  let likelihoodAcceptance: UpdateAcceptance<Number>?
  let transitionAcceptance: UpdateAcceptance<Number>?
  /// Pairs of states under joint beliefs: what an update adds before it is scaled, and memory for it.
  let pairs: FixedBuffer<Double>
  let joint: FixedBuffer<Double>

  /// Whether transitions are learned, which needs the belief of the step before.
  public let learnsTransitions: Bool
  /// Whether likelihoods are learned.
  public let learnsLikelihoods: Bool
  /// Whether preferences are learned.
  public let learnsPreferences: Bool
  /// Whether the transition of a factor is learned.
  func learns(transitionOf factor: Int) -> Bool { learnsTransition.base[factor] }

  /// Whether habits are learned.
  public var learnsHabit: Bool { settings.habit != nil }

  /// Learning of what the settings name.
  ///
  /// - Throws: ``InvalidInput`` where the settings name an unknown modality or factor, or one without
  ///   counts.
  public init(
    _ space: BeliefSpace, _ settings: LearningSettings, _ dynamics: BeliefDynamics<Arithmetic>,
    original: ModelTables<Double>
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.dynamics = dynamics
    self.original = original
    let learned = try LearnedTables(settings, space.compiled.model)
    learnsLikelihood = FixedBuffer(learned.likelihood)
    learnsTransition = FixedBuffer(learned.transition)
    learnsPreference = FixedBuffer(learned.preference)
    learnsInitialState = FixedBuffer(learned.initialState)
    learnsLikelihoods = learned.likelihood.contains(true)
    learnsTransitions = learned.transition.contains(true)
    learnsPreferences = learned.preference.contains(true)
    let compiled = space.compiled
    changedLikelihoods = learned.likelihood.indices.map {
      ChangedRuns(learned.likelihood[$0] ? compiled.modalities.base[$0].columns : 0)
    }
    changedTransitions = learned.transition.indices.map {
      let plan = compiled.factors.base[$0]
      return ChangedRuns(learned.transition[$0] ? plan.columns * plan.actions : 0)
    }
    let habitStates = compiled.habitScope.map { compiled.scopes[$0].columns }
    changedHabits = ChangedRuns(settings.habit == nil ? 0 : habitStates ?? 0)
    likelihoodAcceptance =
      settings.likelihood?.activeLearningPrecision == nil
      ? nil : UpdateAcceptance(original.likelihoodColumns)
    transitionAcceptance =
      settings.transition?.activeLearningPrecision == nil
      ? nil : UpdateAcceptance(original.transitions)
    var largest = 0
    for factor in learned.transition.indices where learned.transition[factor] && space.isJoint {
      let plan = compiled.factors.base[factor]
      largest = max(largest, plan.columns * plan.states)
    }
    pairs = FixedBuffer(zeros: largest)
    joint = FixedBuffer(zeros: largest > 0 ? 3 * space.size : 0)
  }

  // MARK: - Likelihood (A)

  /// Adds o_t x q_t to the likelihood counts of every modality that learns and was observed.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func learnLikelihoods(
    _ evidence: Evidence, ignored: FixedBuffer<Bool>, belief: Belief<Number>,
    tables: ModelTables<Number>, logs: LogLikelihoodTables<Number>?
  ) {
    guard let rule = settings.likelihood else { return }
    for modality in 0..<learnsLikelihood.count where learnsLikelihood.base[modality] {
      let changed = changedLikelihoods[modality]
      changed.begin()
      if ignored.base[modality] || !evidence.isObserved(modality) { continue }
      guard let counts = tables.likelihoodCounts.base[modality],
        let first = original.likelihoodCounts.base[modality]
      else { continue }
      let table = tables.likelihoodColumns.base[modality]
      let update = CountUpdate(counts, first, rule)
      likelihoodAcceptance?.begin(counts, table.cellCount)
      if rule.forgetting > 0 { update.forget(table.cellCount) }
      if update.isWhole { changed.isEverything = true }
      let plan = space.compiled.modalities.base[modality]
      let states = dynamics.distribution(of: plan.scope, in: belief)
      for index in 0..<states.count where states.weights[index].isAnyNonzero {
        let column = states.column(index)
        changed.insert(column)
        add(evidence, modality, states.weights[index], update, table, column)
      }
      update.saturate(
        table.cellCount, accepted: acceptLikelihood(modality, update, table, tables))
      changed.forEach(of: table.count) { tables.averageLikelihood(modality, column: $0) }
      logs?.refresh(modality, tables, changed)
    }
  }

  private func add(
    _ evidence: Evidence, _ modality: Int, _ weight: Number, _ update: CountUpdate<Number>,
    _ table: RunTable<Number>, _ column: Int
  ) {
    let lanes = Number.laneCount
    for lane in 0..<lanes where weight[lane: lane] != 0 {
      guard let weights = evidence.weights(modality) else {
        let outcome = evidence.outcome(modality, lane: lane, lanes: lanes)
        if let cell = table.cell(of: column, at: outcome) {
          update.add(weight[lane: lane], to: cell, lane: lane)
        }
        continue
      }
      for cell in table.cells(of: column) {
        update.add(
          weights[table.place(cell, in: column)] * weight[lane: lane], to: cell, lane: lane)
      }
    }
  }

  // MARK: - Transition (B)

  /// Adds the transition from the last belief to this one to the transition counts of every factor
  /// that learns.
  ///
  /// Mean-field beliefs give the product of the two beliefs (pymdp `learning.py`); joint beliefs
  /// give the exact posterior of both states given all observations so far,
  /// q_{t-1}(s) P(s' | s, u) q_t(s') / prior(s').
  ///
  /// - Parameter actions: the joint action of each `[factor][lane]`.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func learnTransitions(
    from last: Belief<Number>, prior: Belief<Number>, to belief: Belief<Number>,
    actions: UnsafePointer<Int>, tables: ModelTables<Number>
  ) {
    guard let rule = settings.transition else { return }
    let lanes = Number.laneCount
    for factor in 0..<learnsTransition.count where learnsTransition.base[factor] {
      guard let counts = tables.transitionCounts.base[factor],
        let first = original.transitionCounts.base[factor]
      else { continue }
      let changed = changedTransitions[factor]
      changed.begin()
      let table = tables.transitions.base[factor]
      let update = CountUpdate(counts, first, rule)
      transitionAcceptance?.begin(counts, table.cellCount)
      if rule.forgetting > 0 { update.forget(table.cellCount) }
      if update.isWhole { changed.isEverything = true }
      for lane in 0..<lanes {
        if space.isJoint {
          addPairs(factor, last, prior, belief, actions, lane, tables, update)
        } else {
          addProduct(factor, last, belief, actions[factor * lanes + lane], lane, table, update)
        }
      }
      update.saturate(table.cellCount, accepted: acceptTransition(update, table))
    }
    // Only now: the pairs of the next factor are those of the model before this datum.
    for factor in 0..<learnsTransition.count where learnsTransition.base[factor] {
      changedTransitions[factor].forEach(of: tables.transitions.base[factor].count) {
        tables.averageTransition(factor, run: $0)
      }
    }
  }

  private func addProduct(
    _ factor: Int, _ last: Belief<Number>, _ belief: Belief<Number>, _ action: Int, _ lane: Int,
    _ table: RunTable<Number>, _ update: CountUpdate<Number>
  ) {
    let plan = space.compiled.factors.base[factor]
    let parents = dynamics.distribution(of: plan.scope, in: last)
    let next = belief.base + plan.stateOffset
    for index in 0..<parents.count {
      let weight = parents.weights[index][lane: lane]
      if weight == 0 { continue }
      let run = action * plan.columns + parents.column(index)
      changedTransitions[factor].insert(run)
      for cell in table.cells(of: run) {
        update.add(weight * next[table.place(cell, in: run)][lane: lane], to: cell, lane: lane)
      }
    }
  }

  // MARK: - Preference, initial state, habit (C, D, E)

  /// Adds the outcome to the preference counts of every modality that learns and was observed.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func learnPreferences(
    _ evidence: Evidence, ignored: FixedBuffer<Bool>, tables: ModelTables<Number>
  ) {
    guard let rule = settings.preference, let counts = tables.preferenceCounts,
      let first = original.preferenceCounts
    else { return }
    let lanes = Number.laneCount
    for modality in 0..<learnsPreference.count where learnsPreference.base[modality] {
      if ignored.base[modality] || !evidence.isObserved(modality) { continue }
      let plan = space.compiled.modalities.base[modality]
      let update = CountUpdate(
        counts.base + plan.outcomeOffset, first.base + plan.outcomeOffset, rule)
      if rule.forgetting > 0 { update.forget(plan.outcomes) }
      for lane in 0..<lanes {
        if let weights = evidence.weights(modality) {
          for outcome in 0..<plan.outcomes { update.add(weights[outcome], to: outcome, lane: lane) }
        } else {
          update.add(1, to: evidence.outcome(modality, lane: lane, lanes: lanes), lane: lane)
        }
      }
      update.saturate(plan.outcomes)
    }
  }

  /// Adds q_0 to the counts of the first states; once an episode.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func learnInitialStates(_ marginals: Belief<Number>, tables: ModelTables<Number>) {
    guard let rule = settings.initialState, let counts = tables.initialStateCounts,
      let first = original.initialStateCounts
    else { return }
    for factor in 0..<learnsInitialState.count where learnsInitialState.base[factor] {
      let plan = space.compiled.factors.base[factor]
      CountUpdate(counts.base + plan.stateOffset, first.base + plan.stateOffset, rule)
        .addAll(marginals.base + plan.stateOffset, plan.states)
      tables.averageInitialState(plan)
    }
  }

  /// Adds the policy posterior to the counts of the policies, where they are given states to those of each
  /// by its probability: q(s) q(policy).
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func learnHabit(
    _ policyPosterior: UnsafePointer<Number>, belief: Belief<Number>, tables: ModelTables<Number>
  ) {
    guard let rule = settings.habit, let counts = tables.habitCounts,
      let first = original.habitCounts
    else { return }
    let update = CountUpdate(counts.base, first.base, rule)
    guard let scope = space.compiled.habitScope else {
      update.addAll(policyPosterior, counts.count)
      return
    }
    changedHabits.begin()
    if rule.forgetting > 0 { update.forget(counts.count) }
    if update.isWhole { changedHabits.isEverything = true }
    let columns = space.compiled.scopes[scope].columns
    let states = dynamics.distribution(of: scope, in: belief)
    for index in 0..<states.count where states.weights[index].isAnyNonzero {
      let column = states.column(index)
      changedHabits.insert(column)
      for policy in 0..<counts.count / columns {
        let share = states.weights[index] * policyPosterior[policy]
        for lane in 0..<Number.laneCount {
          update.add(share[lane: lane], to: policy * columns + column, lane: lane)
        }
      }
    }
    update.saturate(counts.count)
  }
}
