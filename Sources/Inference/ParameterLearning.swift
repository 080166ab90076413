import GenerativeModel
import Kernels

/// Learns the Dirichlet counts of a model from beliefs, each datum once.
///
///     count <- count0 + (1 - forgetting)(count - count0) + rate * evidence
///
/// `count0` is the model's. Cells whose count0 is zero stay zero. After every update the distribution
/// is the mean of its counts again, so A, B, D and their counts never part.
public final class ParameterLearning {
  private let space: BeliefSpace
  private let settings: LearningSettings
  /// The counts of the model itself.
  private let original: ModelTables
  /// By modality or factor: whether it learns.
  private let learnsLikelihood: [Bool]
  private let learnsTransition: [Bool]
  private let learnsPreference: [Bool]
  private let learnsInitialState: [Bool]
  /// What one update adds before it is scaled, and memory for beliefs over scopes.
  private let evidence: FixedBuffer<Double>
  private let scratch: FixedBuffer<Double>
  private let joint: FixedBuffer<Double>

  /// Whether transitions are learned, which needs the belief of the step before.
  public let learnsTransitions: Bool
  /// Whether likelihoods are learned.
  public let learnsLikelihoods: Bool
  /// Whether preferences are learned.
  public let learnsPreferences: Bool
  /// Whether habits are learned.
  public var learnsHabit: Bool { settings.habit != nil }

  /// Learning of what the settings name.
  ///
  /// - Throws: ``InvalidInput`` where the settings name an unknown modality or factor, or one without
  ///   counts.
  public init(_ space: BeliefSpace, _ settings: LearningSettings, original: ModelTables)
    throws(InvalidInput)
  {
    self.space = space
    self.settings = settings
    self.original = original
    let model = space.compiled.model
    let counts = model.concentration
    var faults: [Fault] = []
    let modalities = model.modalities.map(\.name)
    let factors = model.factors.map(\.name)
    learnsLikelihood = chosen(
      settings.likelihood, "A", modalities, counts.likelihood.map { $0 != nil }, &faults)
    learnsTransition = chosen(
      settings.transition, "B", factors, counts.transition.map { $0 != nil }, &faults)
    learnsPreference = chosen(
      settings.preference, "C", modalities, counts.preference.map { $0?.shape.count == 1 }, &faults)
    learnsInitialState = chosen(
      settings.initialState, "D", factors, counts.initialState.map { $0 != nil }, &faults)
    if settings.habit != nil && counts.habit == nil {
      faults.append(
        Fault("learning.E", "the model has no counts for E", remedy: "add concentration.E"))
    }
    if !faults.isEmpty { throw InvalidInput(source: "", faults) }
    learnsLikelihoods = learnsLikelihood.contains(true)
    learnsTransitions = learnsTransition.contains(true)
    learnsPreferences = learnsPreference.contains(true)
    let compiled = space.compiled
    var largest = 1
    for modality in 0..<compiled.modalities.count {
      let plan = compiled.modalities.base[modality]
      largest = max(largest, plan.outcomes * plan.columns)
    }
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      largest = max(largest, plan.columns * plan.states * plan.actions)
    }
    evidence = FixedBuffer(repeating: 0, count: largest)
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    joint = FixedBuffer(repeating: 0, count: space.isJoint ? 2 * space.size : 0)
  }

  // MARK: - Likelihood (A)

  /// Adds o_t x q_t to the likelihood counts of every modality that learns and was observed.
  public func learnLikelihoods(
    _ observations: [Observation], ignored: FixedBuffer<Bool>, belief: UnsafePointer<Double>,
    tables: ModelTables, logs: LogLikelihoodTables?
  ) {
    guard let rule = settings.likelihood, let counts = tables.likelihoodCounts,
      let first = original.likelihoodCounts
    else { return }
    for modality in 0..<observations.count where learnsLikelihood[modality] {
      if ignored.base[modality] { continue }
      if case .missing = observations[modality] { continue }
      let plan = space.compiled.modalities.base[modality]
      let states = space.distribution(of: plan.scope, in: belief, scratch: scratch.base)
      for column in 0..<plan.columns {
        let cell = evidence.base + column * plan.outcomes
        for outcome in 0..<plan.outcomes {
          cell[outcome] = weight(observations[modality], outcome) * states[column]
        }
      }
      update(
        counts.base + plan.offset, from: first.base + plan.offset, rule,
        count: plan.columns * plan.outcomes)
      tables.averageLikelihood(plan)
      logs?.refresh(modality: modality, tables)
    }
  }

  private func weight(_ observation: Observation, _ outcome: Int) -> Double {
    switch observation {
    case .missing: return 0
    case .outcome(let observed): return observed == outcome ? 1 : 0
    case .distribution(let weights): return weights[outcome]
    }
  }

  // MARK: - Transition (B)

  /// Adds the transition from the last belief to this one to the transition counts of every factor
  /// that learns.
  ///
  /// Mean-field beliefs give the product of the two beliefs (pymdp `learning.py`); joint beliefs
  /// give the exact posterior of both states given all observations so far,
  /// q_{t-1}(s) P(s' | s, u) q_t(s') / prior(s').
  public func learnTransitions(
    from last: UnsafePointer<Double>, prior: UnsafePointer<Double>,
    to belief: UnsafePointer<Double>, action: UnsafePointer<Int>, tables: ModelTables
  ) {
    guard let rule = settings.transition, let counts = tables.transitionCounts,
      let first = original.transitionCounts
    else { return }
    for factor in 0..<space.compiled.factors.count where learnsTransition[factor] {
      let plan = space.compiled.factors.base[factor]
      let block = plan.columns * plan.states
      for cell in 0..<block * plan.actions { evidence.base[cell] = 0 }
      let taken = evidence.base + action[factor] * block
      if space.isJoint {
        addPairs(of: factor, last, prior, belief, action, tables, to: taken)
      } else {
        let parents = space.distribution(of: plan.scope, in: last, scratch: scratch.base)
        for column in 0..<plan.columns {
          Contraction.addScaled(
            parents[column], belief + plan.stateOffset, to: taken + column * plan.states,
            count: plan.states)
        }
      }
      update(
        counts.base + plan.offset, from: first.base + plan.offset, rule,
        count: block * plan.actions)
    }
    // Only now: the pairs of the next factor are those of the model before this datum.
    for factor in 0..<space.compiled.factors.count where learnsTransition[factor] {
      tables.averageTransition(space.compiled.factors.base[factor])
    }
  }

  /// The posterior of a factor's next state with the states it depends on, under joint beliefs.
  private func addPairs(
    of factor: Int, _ last: UnsafePointer<Double>, _ prior: UnsafePointer<Double>,
    _ belief: UnsafePointer<Double>, _ action: UnsafePointer<Int>, _ tables: ModelTables,
    to result: UnsafeMutablePointer<Double>
  ) {
    let size = space.size
    let plan = space.compiled.factors.base[factor]
    let ratio = joint.base
    let next = joint.base + size
    for state in 0..<size { ratio[state] = prior[state] > 0 ? belief[state] / prior[state] : 0 }
    let columns = space.scopeColumns[plan.scope]?.base
    for state in 0..<size where last[state] > 0 {
      nextStates(after: state, action, tables, into: next)
      let cell = result + Int(columns?[state] ?? Int32(state)) * plan.states
      let stride = space.jointStrides[factor]
      for successor in 0..<size where next[successor] != 0 {
        cell[successor / stride % plan.states] += last[state] * next[successor] * ratio[successor]
      }
    }
  }

  /// P(next joint state | joint state, action).
  private func nextStates(
    after state: Int, _ action: UnsafePointer<Int>, _ tables: ModelTables,
    into next: UnsafeMutablePointer<Double>
  ) {
    next[0] = 1
    var count = 1
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      let column = Int(space.scopeColumns[plan.scope]?.base[state] ?? Int32(state))
      let row =
        tables.transitionColumns.base + plan.offset
        + (action[factor] * plan.columns + column) * plan.states
      count = outerProduct(next, count, row, plan.states)
    }
  }

  // MARK: - Preference, initial state, habit (C, D, E)

  /// Adds the outcome to the preference counts of every modality that learns and was observed.
  public func learnPreferences(
    _ observations: [Observation], ignored: FixedBuffer<Bool>, tables: ModelTables
  ) {
    guard let rule = settings.preference, let counts = tables.preferenceCounts,
      let first = original.preferenceCounts
    else { return }
    for modality in 0..<observations.count where learnsPreference[modality] {
      if ignored.base[modality] { continue }
      if case .missing = observations[modality] { continue }
      let plan = space.compiled.modalities.base[modality]
      for outcome in 0..<plan.outcomes {
        evidence.base[outcome] = weight(observations[modality], outcome)
      }
      update(
        counts.base + plan.outcomeOffset, from: first.base + plan.outcomeOffset, rule,
        count: plan.outcomes)
    }
  }

  /// Adds q_0 to the counts of the first states; once an episode.
  public func learnInitialStates(_ marginals: UnsafePointer<Double>, tables: ModelTables) {
    guard let rule = settings.initialState, let counts = tables.initialStateCounts,
      let first = original.initialStateCounts
    else { return }
    for factor in 0..<space.compiled.factors.count where learnsInitialState[factor] {
      let plan = space.compiled.factors.base[factor]
      for state in 0..<plan.states { evidence.base[state] = marginals[plan.stateOffset + state] }
      update(
        counts.base + plan.stateOffset, from: first.base + plan.stateOffset, rule,
        count: plan.states)
      tables.averageInitialState(plan)
    }
  }

  /// Adds the policy posterior to the counts of the policies.
  public func learnHabit(_ policyPosterior: UnsafePointer<Double>, tables: ModelTables) {
    guard let rule = settings.habit, let counts = tables.habitCounts,
      let first = original.habitCounts
    else { return }
    for policy in 0..<counts.count {
      counts.base[policy] = updated(
        counts.base[policy], from: first.base[policy], rule, policyPosterior[policy])
    }
  }

  // MARK: - The formula

  private func update(
    _ counts: UnsafeMutablePointer<Double>, from first: UnsafePointer<Double>,
    _ rule: LearningSettings.Rule, count: Int
  ) {
    for cell in 0..<count {
      counts[cell] = updated(counts[cell], from: first[cell], rule, evidence.base[cell])
    }
  }

  private func updated(
    _ count: Double, from first: Double, _ rule: LearningSettings.Rule, _ evidence: Double
  ) -> Double {
    guard first > 0 else { return 0 }
    return first + (1 - rule.forgetting) * (count - first) + rule.rate * evidence
  }
}

/// Which of the named tables learn under a rule; what the rule asks for and cannot have is a fault.
private func chosen(
  _ rule: LearningSettings.Rule?, _ letter: String, _ names: [String], _ counted: [Bool],
  _ faults: inout [Fault]
) -> [Bool] {
  guard let rule else { return names.map { _ in false } }
  guard let subset = rule.subset else {
    if !counted.contains(true) {
      faults.append(
        Fault(
          "learning.\(letter)", "the model has no counts for \(letter)",
          remedy: "add concentration.\(letter)"))
    }
    return counted
  }
  for name in subset {
    guard let index = names.firstIndex(of: name) else {
      faults.append(
        Fault(
          "learning.\(letter)", "'\(name)' is not in the model",
          remedy: "it has \(names.joined(separator: ", "))"))
      continue
    }
    if !counted[index] {
      faults.append(
        Fault(
          "learning.\(letter)", "the model has no counts for \(letter)[\(name)]",
          remedy: letter == "C"
            ? "add concentration.C for it, one row for all planning steps"
            : "add concentration.\(letter) for it"))
    }
  }
  return zip(names, counted).map { $1 && subset.contains($0) }
}
