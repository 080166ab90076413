import GenerativeModel
import Kernels

/// Infers the states of a sequence of times under each policy by marginal message passing.
///
/// Under each policy every factor's belief x at every time follows the gradient of its free energy, one
/// factor and time after the other, sweep after sweep:
///
///     v = ln(B x_before) + lnL - ln x      (at the first time ln of its prior instead of ln(B x_before))
///       + ln(B' x_after) + lnL - ln x      (at all times but the last)
///     x <- softmax(ln x + (v - mean v) / tau)
///
/// lnL is the logarithm of the likelihood of all that was observed at that time, averaged over the other
/// factors, and zero for times to come; B' is the transition backwards, its columns normalised. The free
/// energy of a policy is what the last sweep found. There are two schemes:
///
/// - `mmp-spm`: the times of an episode, whose H actions the policies say; beliefs go on from step to step,
///   flattened (``PolicyMessageSettings/erp``). (Parr, Markovic, Kiebel & Friston 2019,
///   doi:10.1038/s41598-018-38246-3; in every constant as `spm_MDP_VB_X.m` does it.)
/// - `mmp-legacy`: the times of the last steps, under the actions that were taken, and of the H actions that a
///   policy takes next; beliefs begin uniform at every step, and the last two times hear nothing of what comes after them.
///   (Heins et al. 2022, doi:10.21105/joss.04098; in every constant as `run_mmp` of pymdp 0.0.7.1.)
///
/// One object serves one agent and owns the memory it works in: a step allocates nothing, but where a window
/// has no horizon memory doubles as steps come.
public final class PolicyMessagePassing {
  let space: BeliefSpace
  let settings: InferenceSettings
  let tables: ModelTables<Double>
  let scheme: PolicyMessageScheme
  let likelihood: SequenceLikelihood
  let backward: BackwardTransitions
  let dynamics: BeliefDynamics<SingleArithmetic>
  @exclusivity(unchecked) private(set) var layout: PolicyMessageLayout
  /// What is known of past steps where the times are those of a window, and D as the episode began with it.
  let history: StepHistory?
  let initial: FixedBuffer<Double>
  /// The joint action of each factor's controls: `[policy][step][factor]`.
  public let actions: FixedBuffer<Int>
  private let message: FixedBuffer<Double>
  private let gradient: FixedBuffer<Double>
  private let logBelief: FixedBuffer<Double>
  let logPrior: FixedBuffer<Double>

  /// The number of policies.
  public var policyCount: Int { layout.policies }
  /// The number of times: of an episode one more than a policy has actions, of a window with the steps before.
  @exclusivity(unchecked) public internal(set) var timeCount: Int
  /// The numbers of one time: the marginals of all factors.
  public var stateCount: Int { layout.states }
  /// `[policy][time][factor, state]`, a policy every ``policyStride`` numbers.
  @exclusivity(unchecked) public private(set) var beliefs: FixedBuffer<Double>
  /// How far the beliefs of two policies are apart.
  public var policyStride: Int { layout.times * layout.states }
  /// Free energy by policy in nats, less is better (under pymdp 0.0.7's convention its negative, as there); 0
  /// where the policy has been dropped.
  public let freeEnergy: FixedBuffer<Double>
  /// By policy, whether it is still weighed.
  public let isWeighed: FixedBuffer<Bool>
  /// The modalities whose last observation was impossible and has been ignored.
  public var ignored: FixedBuffer<Bool> { likelihood.ignored }
  /// Whether under each policy the last sweep changed free energy by at most ``smallestChange``.
  @exclusivity(unchecked) public private(set) var converged = false
  /// The time last observed; -1 before the first.
  @exclusivity(unchecked) public internal(set) var time = -1
  /// The step that the first time is about.
  @exclusivity(unchecked) public internal(set) var firstStep = 0

  /// Under `mmp-spm` sweeps two to four are left out once free energy falls by at most this.
  public static let smallestChange = VectorMath.exp(-8)

  /// Memory for the policies of a model.
  ///
  /// - Parameter actions: the joint action of each factor's controls, `[policy][step][factor]`.
  /// - Throws: ``InvalidInput`` where messages cannot be passed in the model (``check(_:_:)``).
  public init(
    _ space: BeliefSpace, _ settings: InferenceSettings, _ tables: ModelTables<Double>,
    actions: [Int], policies: Int, horizon: Int
  ) throws(InvalidInput) {
    let compiled = space.compiled
    try PolicyMessagePassing.check(compiled, settings)
    self.space = space
    self.settings = settings
    self.tables = tables
    scheme = PolicyMessageScheme(settings)
    layout = PolicyMessageLayout(compiled, settings, policies: policies, horizon: horizon)
    likelihood = SequenceLikelihood(compiled, settings, times: layout.times)
    backward = BackwardTransitions(compiled, tables, scheme)
    dynamics = BeliefDynamics(space)
    history =
      scheme.isWindowed
      ? StepHistory(
        horizon: settings.horizon, states: space.size, factors: compiled.factors.count,
        modalities: compiled.modalities.count) : nil
    self.actions = FixedBuffer(actions)
    let widest = compiled.model.factors.map(\.size).max() ?? 1
    message = FixedBuffer(zeros: widest)
    gradient = FixedBuffer(zeros: widest)
    logBelief = FixedBuffer(zeros: widest)
    logPrior = FixedBuffer(zeros: layout.states)
    initial = FixedBuffer(zeros: layout.states)
    timeCount = horizon + 1
    beliefs = FixedBuffer(zeros: layout.beliefCount)
    freeEnergy = FixedBuffer(zeros: policies)
    isWeighed = FixedBuffer(repeating: true, count: policies)
    begin()
  }

  /// Begins an episode.
  public func begin() {
    time = -1
    firstStep = 0
    timeCount = layout.horizon + 1
    converged = false
    for policy in 0..<layout.policies {
      isWeighed.base[policy] = true
      freeEnergy.base[policy] = 0
    }
    beginUniform()
    if !scheme.isWindowed {
      for policy in 0..<layout.policies {
        (beliefs.base + layout.offset(policy, 0))
          .update(from: tables.initialStates.base, count: layout.states)
      }
    }
    backward.refresh()
  }

  /// Makes all beliefs uniform.
  func beginUniform() {
    for policy in 0..<layout.policies {
      for time in 0..<timeCount {
        let belief = beliefs.base + layout.offset(policy, time)
        for factor in 0..<layout.factors {
          let plan = space.compiled.factors.base[factor]
          for state in 0..<plan.states {
            belief[plan.stateOffset + state] = 1 / Double(plan.states)
          }
        }
      }
    }
  }

  /// Makes room for as many times; beliefs are lost where there was not enough.
  func reserve(_ times: Int) {
    if times <= layout.times { return }
    layout.times = max(times, 2 * layout.times)
    beliefs = FixedBuffer(zeros: layout.beliefCount)
  }

  // MARK: - Sweeps

  /// Passes messages under every policy that is weighed.
  ///
  /// - Parameter sweeps: takes the free energy and the beliefs that each sweep found under a policy.
  func passMessages(_ sweeps: ((Int, Double, UnsafePointer<Double>) -> Void)?) {
    settings.convention.logarithms(logPrior.base, into: logPrior.base, count: layout.states)
    converged = true
    for policy in 0..<layout.policies {
      freeEnergy.base[policy] = 0
      if isWeighed.base[policy] { pass(policy, sweeps) }
    }
  }

  private func pass(_ policy: Int, _ sweeps: ((Int, Double, UnsafePointer<Double>) -> Void)?) {
    let own = beliefs.base + layout.offset(policy, 0)
    var last = 0.0
    var change = 1.0
    for sweep in 0..<settings.iterations {
      var energy = last
      if change > PolicyMessagePassing.smallestChange || sweep > 3 || scheme.isWindowed {
        energy = 0
        for time in 0..<timeCount {
          for factor in 0..<layout.factors { energy += update(policy, time, factor) }
        }
      }
      if sweep > 0 { change = energy - last }
      last = energy
      sweeps?(policy, scheme.freeEnergy(ofNegative: energy), own)
    }
    freeEnergy.base[policy] = scheme.freeEnergy(ofNegative: last)
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
    fillForward(policy, time, plan, factor)
    for state in 0..<count { gradient.base[state] += likely[state] - logBelief.base[state] }
    if time < timeCount - scheme.deafTimes {
      let after = beliefs.base + layout.offset(policy, time + 1) + plan.stateOffset
      backward.predict(
        factor, action: action(policy, time, factor), from: after, into: backward.result)
      settings.convention.logarithms(backward.result, into: backward.result, count: count)
      for state in 0..<count {
        gradient.base[state] += backward.result[state] + likely[state] - logBelief.base[state]
      }
    }
    let energy = negativeFreeEnergy(time, own, likely, count)
    let mean = Double.sum(gradient.base, count: count) / Double(count)
    for state in 0..<count {
      own[state] =
        logBelief.base[state] + (gradient.base[state] - mean) / settings.policyMessages.tau
    }
    softmax(inPlace: own, count: count)
    return energy
  }

  /// A factor's part of the negative free energy at a time, whose gradient has been found.
  @inline(__always)
  private func negativeFreeEnergy(
    _ time: Int, _ own: UnsafePointer<Double>, _ likely: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    if time == timeCount - 1 { return 0.5 * Double.dot(own, gradient.base, count: count) }
    // One share of the likelihood is left to each of the other factors at inner times.
    let share =
      time == 0
      ? 0 : scheme.omittedLikelihood * (Double(layout.factors - 1) / Double(layout.factors))
    var energy = 0.0
    for state in 0..<count {
      energy += own[state] * (0.5 * gradient.base[state] - share * likely[state])
    }
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

  /// The joint action of a factor between a time and the next: what was done, or what the policy does.
  @inline(__always)
  private func action(_ policy: Int, _ time: Int, _ factor: Int) -> Int {
    var step = time
    if let history {
      if time < self.time { return history.actions.row(firstRow + time + 1)[factor] }
      step -= self.time
    }
    return actions.base[(policy * layout.horizon + step) * layout.factors + factor]
  }

  /// The row of the history that the first time is about.
  var firstRow: Int { firstStep - (history?.first ?? 0) }

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
