import GenerativeModel
import Kernels

/// Infers the states of all steps of an episode under each policy by marginal message passing.
///
/// Policies are sequences over the whole episode: with H actions there are H + 1 times, of which those that
/// have come are observed. Under each policy every factor's belief x at every time follows the gradient of
/// its free energy, one factor and time after the other, sweep after sweep:
///
///     v = ln(B x_before) + lnL - ln x      (at the first time ln D instead of ln(B x_before))
///       + ln(B' x_after) + lnL - ln x      (at all times but the last)
///     x <- softmax(ln x + (v - mean v) / tau)
///
/// lnL is the logarithm of the likelihood of all that was observed at that time, averaged over the other
/// factors, and zero for times to come; B' is the transition backwards, its columns normalised. Beliefs are
/// carried from step to step, flattened (``PolicyMessageSettings/erp``). The free energy of a policy is
/// what the last sweep found. (Parr, Markovic, Kiebel & Friston 2019, doi:10.1038/s41598-018-38246-3; in
/// every constant as `spm_MDP_VB_X.m` does it.)
///
/// One object serves one agent and owns the memory it works in: a step allocates nothing.
public final class PolicyMessagePassing {
  private let space: BeliefSpace
  private let settings: InferenceSettings
  private let tables: ModelTables<Double>
  private let layout: PolicyMessageLayout
  private let likelihood: SequenceLikelihood
  private let backward: BackwardTransitions
  /// The joint action of each factor's controls: `[policy][step][factor]`.
  public let actions: FixedBuffer<Int>
  private let message: FixedBuffer<Double>
  private let gradient: FixedBuffer<Double>
  private let logBelief: FixedBuffer<Double>
  private let logPrior: FixedBuffer<Double>

  /// The number of policies, and of times: one more than a policy has actions.
  public var policyCount: Int { layout.policies }
  /// The number of times: one more than a policy has actions.
  public var timeCount: Int { layout.times }
  /// The numbers of one time: the marginals of all factors.
  public var stateCount: Int { layout.states }
  /// `[policy][time][factor, state]`.
  public let beliefs: FixedBuffer<Double>
  /// Free energy by policy in nats, less is better; 0 where the policy has been dropped.
  public let freeEnergy: FixedBuffer<Double>
  /// By policy, whether it is still weighed.
  public let isWeighed: FixedBuffer<Bool>
  /// The modalities whose last observation was impossible and has been ignored.
  public var ignored: FixedBuffer<Bool> { likelihood.ignored }
  /// Whether under each policy the last sweep changed free energy by at most ``smallestChange``.
  @exclusivity(unchecked) public private(set) var converged = false
  /// The step last inferred; -1 before the first.
  @exclusivity(unchecked) public private(set) var time = -1

  /// Sweeps two to four are left out once free energy falls by at most this.
  public static let smallestChange = VectorMath.exp(-8)

  /// Memory for the policies of a model.
  ///
  /// - Parameter actions: the joint action of each factor's controls, `[policy][step][factor]`.
  /// - Throws: ``InvalidInput`` where messages cannot be passed in the model (``check(_:)``).
  public init(
    _ space: BeliefSpace, _ settings: InferenceSettings, _ tables: ModelTables<Double>,
    actions: [Int], policies: Int, horizon: Int
  ) throws(InvalidInput) {
    try PolicyMessagePassing.check(space.compiled)
    self.space = space
    self.settings = settings
    self.tables = tables
    layout = PolicyMessageLayout(space.compiled, policies: policies, horizon: horizon)
    likelihood = SequenceLikelihood(space.compiled, settings, times: layout.times)
    backward = BackwardTransitions(space.compiled, tables)
    self.actions = FixedBuffer(actions)
    let widest = space.compiled.model.factors.map(\.size).max() ?? 1
    message = FixedBuffer(zeros: widest)
    gradient = FixedBuffer(zeros: widest)
    logBelief = FixedBuffer(zeros: widest)
    logPrior = FixedBuffer(zeros: layout.states)
    beliefs = FixedBuffer(zeros: layout.beliefCount)
    freeEnergy = FixedBuffer(zeros: policies)
    isWeighed = FixedBuffer(repeating: true, count: policies)
    begin()
  }

  /// Begins an episode.
  public func begin() {
    time = -1
    converged = false
    for policy in 0..<layout.policies {
      isWeighed.base[policy] = true
      freeEnergy.base[policy] = 0
      for time in 0..<layout.times {
        let belief = beliefs.base + layout.offset(policy, time)
        for factor in 0..<layout.factors {
          let plan = space.compiled.factors.base[factor]
          for state in 0..<plan.states {
            belief[plan.stateOffset + state] =
              time == 0
              ? tables.initialStates.base[plan.stateOffset + state] : 1 / Double(plan.states)
          }
        }
      }
    }
    backward.refresh()
  }

  /// Takes in the observation of the next step and passes messages under every policy that is weighed.
  ///
  /// - Parameters:
  ///   - posterior: over policies, of the step before; those that fell too low are dropped. Not read at the
  ///     first step.
  ///   - sweeps: takes the free energy, less is better, and the beliefs that each sweep found under a
  ///     policy, `[time][factor, state]`, where somebody wants to know.
  /// - Throws: ``ImpossibleObservation`` where no state lets the observation be seen and the settings call
  ///   that an error; nothing has changed then.
  /// - Complexity: O(policies x sweeps x times x (joint states x factors + transitions)).
  public func infer(
    _ evidence: Evidence, posterior: UnsafePointer<Double>,
    sweeps: ((_ policy: Int, _ freeEnergy: Double, _ beliefs: UnsafePointer<Double>) -> Void)? = nil
  ) throws(ImpossibleObservation) {
    try likelihood.observe(evidence, tables, time: time + 1)
    time += 1
    if time > 0 { dropPolicies(posterior) }
    settings.convention.logarithms(
      tables.initialStates.base, into: logPrior.base, count: layout.states)
    flatten()
    converged = true
    for policy in 0..<layout.policies {
      freeEnergy.base[policy] = 0
      if isWeighed.base[policy] { pass(policy, sweeps) }
    }
  }

  private func dropPolicies(_ posterior: UnsafePointer<Double>) {
    var greatest = 0.0
    for policy in 0..<layout.policies where isWeighed.base[policy] {
      greatest = max(greatest, posterior[policy])
    }
    let bound = VectorMath.log(greatest) - settings.policyMessages.zeta
    for policy in 0..<layout.policies where isWeighed.base[policy] {
      isWeighed.base[policy] = VectorMath.log(posterior[policy]) > bound
    }
  }

  /// x <- softmax(ln x / erp), everywhere.
  private func flatten() {
    settings.convention.logarithms(beliefs.base, into: beliefs.base, count: layout.beliefCount)
    let rate = settings.policyMessages.erp
    for index in 0..<layout.beliefCount { beliefs.base[index] /= rate }
    for policy in 0..<layout.policies {
      for time in 0..<layout.times {
        let belief = beliefs.base + layout.offset(policy, time)
        for factor in 0..<layout.factors {
          let plan = space.compiled.factors.base[factor]
          softmax(inPlace: belief + plan.stateOffset, count: plan.states)
        }
      }
    }
  }

  // MARK: - Sweeps

  private func pass(_ policy: Int, _ sweeps: ((Int, Double, UnsafePointer<Double>) -> Void)?) {
    let own = beliefs.base + layout.offset(policy, 0)
    var last = 0.0
    var change = 1.0
    for sweep in 0..<settings.iterations {
      var energy = last
      if change > PolicyMessagePassing.smallestChange || sweep > 3 {
        energy = 0
        for time in 0..<layout.times {
          for factor in 0..<layout.factors { energy += update(policy, time, factor) }
        }
      }
      if sweep > 0 { change = energy - last }
      last = energy
      sweeps?(policy, -energy, own)
    }
    freeEnergy.base[policy] = -last
    converged = converged && abs(change) <= PolicyMessagePassing.smallestChange
  }

  /// Updates the belief about a factor at a time, and gives its part of the negative free energy before.
  @inline(__always)
  private func update(_ policy: Int, _ time: Int, _ factor: Int) -> Double {
    let plan = space.compiled.factors.base[factor]
    let count = plan.states
    let belief = beliefs.base + layout.offset(policy, time)
    let own = belief + plan.stateOffset
    let likely = message.base
    if time <= self.time {
      likelihood.average(time, belief, over: factor, into: likely)
      settings.convention.logarithms(likely, into: likely, count: count)
    } else {
      for state in 0..<count { likely[state] = 0 }
    }
    settings.convention.logarithms(own, into: logBelief.base, count: count)
    let isFirst = time == 0
    let isLast = time == layout.times - 1
    fillForward(policy, time, plan, factor)
    for state in 0..<count { gradient.base[state] += likely[state] - logBelief.base[state] }
    // One share of the likelihood is left to each of the other factors at inner times.
    let share = isFirst || isLast ? 0 : Double(layout.factors - 1) / Double(layout.factors)
    var energy = 0.0
    if isLast {
      energy = 0.5 * Double.dot(own, gradient.base, count: count)
    } else {
      let before = beliefs.base + layout.offset(policy, time + 1) + plan.stateOffset
      backward.predict(
        factor, action: action(policy, time, factor), from: before, into: backward.result)
      settings.convention.logarithms(backward.result, into: backward.result, count: count)
      for state in 0..<count {
        gradient.base[state] += backward.result[state] + likely[state] - logBelief.base[state]
      }
      for state in 0..<count {
        energy += own[state] * (0.5 * gradient.base[state] - share * likely[state])
      }
    }
    let mean = Double.sum(gradient.base, count: count) / Double(count)
    for state in 0..<count {
      own[state] =
        logBelief.base[state] + (gradient.base[state] - mean) / settings.policyMessages.tau
    }
    softmax(inPlace: own, count: count)
    return energy
  }

  /// Writes ln(B x) of the time before, or ln D, to `gradient`.
  @inline(__always)
  private func fillForward(
    _ policy: Int, _ time: Int, _ plan: CompiledModel.FactorPlan, _ factor: Int
  ) {
    if time == 0 {
      gradient.base.update(from: logPrior.base + plan.stateOffset, count: plan.states)
      return
    }
    let table = tables.transitions.base[factor]
    let first = action(policy, time - 1, factor) * plan.columns
    if plan.columns == 1 {
      SingleArithmetic.expect(
        table, first: first, ScopeDistribution(certain.base, count: 1), into: gradient.base)
    } else {
      let before = beliefs.base + layout.offset(policy, time - 1) + plan.stateOffset
      SingleArithmetic.expect(
        table, first: first, ScopeDistribution(before, count: plan.columns), into: gradient.base)
    }
    settings.convention.logarithms(gradient.base, into: gradient.base, count: plan.states)
  }

  /// The only weight of a transition that depends on nothing.
  private let certain = FixedBuffer(repeating: 1.0, count: 1)

  @inline(__always)
  private func action(_ policy: Int, _ step: Int, _ factor: Int) -> Int {
    actions.base[(policy * (layout.times - 1) + step) * layout.factors + factor]
  }

  // MARK: - Averages

  /// The average over policies of the beliefs about a time.
  ///
  /// - Parameter posterior: over policies.
  public func average(
    _ time: Int, _ posterior: UnsafePointer<Double>, into belief: UnsafeMutablePointer<Double>
  ) {
    for state in 0..<layout.states { belief[state] = 0 }
    for policy in 0..<layout.policies where posterior[policy] != 0 {
      Contraction.addScaled(
        posterior[policy], beliefs.base + layout.offset(policy, time), to: belief,
        count: layout.states)
    }
  }
}
