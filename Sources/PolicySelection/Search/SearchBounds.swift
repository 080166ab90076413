import GenerativeModel
import Inference
import Kernels

/// What can be proven of the value of a belief before anything is expanded there.
///
/// Preferred outcomes: between what could be had at most, and at least, by somebody who sees the states, by
/// value iteration over states, sum_s q(s) V(s); where beliefs are marginals between the best and the worst
/// of every step. State information gain: not below 0, not above what outcomes can tell or states can hide,
/// and under the exact filter in all steps together not above what is uncertain now and what transitions
/// add, H[q] + d max H[P(s' | s, u)]. Parameter information gain: between 0 and its greatest weight. Inductive
/// preference: between ln(epsilon) for each goal and 0. A branch that is left out counts as nothing, so all
/// bounds are of what follows or nothing.
final class SearchBounds {
  private let context: PlannerContext
  private let depth: Int
  private let clips: Bool
  private let size: Int
  /// By steps to come, from 0 to the depth: the least and the greatest utility, whatever is believed.
  private let least: FixedBuffer<Double>
  private let most: FixedBuffer<Double>
  /// By steps to come `[steps][state]`; empty where there are too many.
  private let leastByState: FixedBuffer<Double>
  private let mostByState: FixedBuffer<Double>
  private let logs: FixedBuffer<Double>
  @exclusivity(unchecked) private var gain = 0.0
  /// What rounding inside logarithms may take away from or add to that.
  @exclusivity(unchecked) private var gainDrift = 0.0
  @exclusivity(unchecked) private var gainFactor = 0.0
  @exclusivity(unchecked) private var transitionEntropy = 0.0
  @exclusivity(unchecked) private var novelty = 0.0
  @exclusivity(unchecked) private var inductive = 0.0
  @exclusivity(unchecked) private var rounding = 0.0
  @exclusivity(unchecked) private var isUpToDate = false

  init(_ context: PlannerContext, depth: Int) {
    self.context = context
    self.depth = depth
    let settings = context.settings.sophisticated
    clips = settings.policyThreshold > 0 || settings.outcomeThreshold > 0
    size = context.space.size
    least = FixedBuffer(zeros: depth + 1)
    most = FixedBuffer(zeros: depth + 1)
    let work = Double(size) * Double(context.policies.actions.count)
    let hasTables =
      context.space.isJoint && work <= 0x1p22 && Double(size) * Double(depth) <= 0x1p22
    leastByState = FixedBuffer(zeros: hasTables ? size * (depth + 1) : 0)
    mostByState = FixedBuffer(zeros: hasTables ? size * (depth + 1) : 0)
    logs = FixedBuffer(zeros: context.space.isJoint ? size : 0)
  }

  /// Follows tables that have changed.
  func refresh() { isUpToDate = false }

  /// The bounds of what a belief is worth with so many steps to come, and the utility nearest to none that
  /// they leave.
  func bounds(
    _ belief: UnsafePointer<Double>, _ steps: Int
  ) -> (lower: Double, upper: Double, estimate: Double) {
    if !isUpToDate { prepare() }
    if steps == 0 { return (0, 0, 0) }
    var (low, high) = (least.base[steps], most.base[steps])
    if mostByState.count > 0 {
      low = max(low, Double.dot(belief, leastByState.base + steps * size, count: size))
      high = min(high, Double.dot(belief, mostByState.base + steps * size, count: size))
    }
    var gain = Double(steps) * self.gain
    if gainFactor > 0 {
      gain = min(gain, gainFactor * (entropy(belief) + Double(steps) * transitionEntropy))
    }
    let slack =
      rounding * Double(steps) * (1 + most.base[steps].magnitude + least.base[steps].magnitude)
    low -= slack
    high += slack
    let estimate = min(max(0, low), high)
    let count = Double(steps)
    return (
      low + count * (inductive - gainDrift) - slack,
      high + gain + count * (novelty + gainDrift) + slack, estimate
    )
  }

  private func entropy(_ belief: UnsafePointer<Double>) -> Double {
    VectorMath.log(belief, atLeast: .leastNormalMagnitude, into: logs.base, count: size)
    return -Double.dot(belief, logs.base, count: size)
  }

  // MARK: - Preparing

  private func prepare() {
    isUpToDate = true
    prepareUtility()
    prepareGain()
    novelty = context.settings.parameterInformationGain ? greatestNovelty() : 0
    inductive = 0
    if let settings = context.settings.inductive {
      let goals = context.space.compiled.model.goals.count { $0 != nil }
      inductive = Double(goals) * VectorMath.log(max(settings.epsilon, smallestProbability))
    }
    rounding = 1e-12 + 4 * largestDrift()
  }

  /// By how much a distribution of the model may sum to more or less than 1.
  private func largestDrift() -> Double {
    func drift(_ table: RunTable<Double>) -> Double {
      var greatest = 0.0
      for run in 0..<table.count {
        var sum = 0.0
        for cell in table.cells(of: run) { sum += table.cells[cell] }
        if sum > 0 { greatest = max(greatest, (sum - 1).magnitude) }
      }
      return greatest
    }
    let tables = context.tables
    let compiled = context.space.compiled
    let likelihoods = (0..<compiled.modalities.count).map {
      drift(tables.likelihoodColumns.base[$0])
    }
    let transitions = (0..<compiled.factors.count).map { drift(tables.transitions.base[$0]) }
    return (likelihoods + transitions).reduce(0, +)
  }

  /// The utility of being somewhere with so many steps to come, that one among them, by column of each plan.
  private func utility(_ plan: Int, _ column: Int, _ steps: Int) -> Double {
    guard context.settings.utility else { return 0 }
    let planning = context.planning
    let scope = planning.plans.base[plan]
    let row = min(depth - steps, planning.preferenceRows - 1)
    return planning.folded.base[scope.table + column * scope.width + scope.utility + row]
  }

  private func prepareUtility() {
    let planning = context.planning
    least.base[0] = 0
    most.base[0] = 0
    for steps in 1..<(depth + 1) {
      var (low, high) = (0.0, 0.0)
      for plan in 0..<planning.plans.count {
        let values = (0..<planning.plans.base[plan].columns).map { utility(plan, $0, steps) }
        low += values.min() ?? 0
        high += values.max() ?? 0
      }
      least.base[steps] = low + (clips ? min(0, least.base[steps - 1]) : least.base[steps - 1])
      most.base[steps] = high + (clips ? max(0, most.base[steps - 1]) : most.base[steps - 1])
    }
    guard mostByState.count > 0,
      let dynamics = try? JointTransition(context.space.compiled, context.tables)
    else { return }
    for steps in 1..<(depth + 1) { iterate(steps, dynamics) }
  }

  /// Value iteration over states, one step.
  private func iterate(_ steps: Int, _ dynamics: JointTransition) {
    let planning = context.planning
    let maps = (0..<planning.plans.count).map {
      context.space.columns(ofScope: planning.planScopes.base[$0])
    }
    var low = [Double](repeating: 0, count: size)
    var high = low
    for state in 0..<size {
      var here = 0.0
      for plan in maps.indices {
        here += utility(plan, maps[plan].map { Int($0[state]) } ?? state, steps)
      }
      let (l, h) = (
        leastByState.base[(steps - 1) * size + state], mostByState.base[(steps - 1) * size + state]
      )
      low[state] = here + (clips ? min(0, l) : l)
      high[state] = here + (clips ? max(0, h) : h)
    }
    for state in 0..<size {
      var (worst, best) = (Double.infinity, -Double.infinity)
      for action in dynamics.actions.indices {
        var (l, h) = (0.0, 0.0)
        for cell in dynamics.cells(action: action, state: state) {
          l += dynamics.probabilities[cell] * low[Int(dynamics.nextStates[cell])]
          h += dynamics.probabilities[cell] * high[Int(dynamics.nextStates[cell])]
        }
        worst = min(worst, l)
        best = max(best, h)
      }
      leastByState.base[steps * size + state] = worst
      mostByState.base[steps * size + state] = best
    }
  }

  private func prepareGain() {
    gain = 0
    gainDrift = 0
    gainFactor = 0
    transitionEntropy = 0
    let settings = context.settings
    guard settings.stateInformationGain else { return }
    let model = context.space.compiled.model
    let states = model.factors.reduce(0) { $0 + VectorMath.log(Double($1.size)) }
    let outcomes = model.modalities.map { VectorMath.log(Double($0.size)) }
    let isJoint = settings.informationGain == .joint
    gain =
      isJoint
      ? min(states, outcomes.reduce(0, +)) : outcomes.reduce(0) { $0 + min(states, $1) }
    if settings.convention.followsSPM {
      // e^-16 within its logarithms, and states below that left out, make up for no more than this.
      gainDrift = 1e-4 * (1 + states + outcomes.reduce(0, +))
      return
    }
    guard context.space.isJoint, context.inference.impossible != .floored else { return }
    gainFactor = isJoint ? 1 : Double(model.modalities.count)
    let compiled = context.space.compiled
    for factor in 0..<compiled.factors.count {
      let table = context.tables.transitions.base[factor]
      var greatest = 0.0
      for run in 0..<table.count {
        var entropy = 0.0
        for cell in table.cells(of: run) where table.cells[cell] > 0 {
          entropy -= table.cells[cell] * VectorMath.log(table.cells[cell])
        }
        greatest = max(greatest, entropy)
      }
      transitionEntropy += greatest
    }
    transitionEntropy += 1e-12
  }

  /// The most that a step can teach about the parameters.
  private func greatestNovelty() -> Double {
    func greatest(_ tables: FixedBuffer<RunTable<Double>>) -> Double {
      (0..<tables.count).reduce(0) { sum, index in
        let table = tables.base[index]
        return sum + (0..<table.cellCount).reduce(0) { max($0, table.cells[$1]) }
      }
    }
    let planning = context.planning
    return greatest(planning.likelihoodWeights) + greatest(planning.transitionWeights)
  }
}
