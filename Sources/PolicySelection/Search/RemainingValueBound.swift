import GenerativeModel
import Inference
import Kernels

/// A proven upper bound on what the steps of a sequence of actions may still be worth.
///
/// Two bounds, of which the lesser holds. In the first whoever acts sees the state and acts on it, which is
/// never worse than a sequence fixed beforehand:
///
///     V_k(s) = max_u  N(s, u) + sum_s' P(s' | s, u) (R_k(s') + V_k+1(s'))
///
/// where N is the novelty of the transitions and R_k(s) the utility and the novelty of the likelihoods in
/// state s and, for the information gain, ln(outcomes) - H[P(o | s)], of which the expectation is never
/// below H[q(o)] - E H[P(o | s)]. In the second what is gained comes by itself: outcomes never tell more
/// of a state than there is to know, H[q(s)], which grows by at most max H[P(s' | s, u)] a step. Inductive
/// preferences are at most 0.
///
/// Where beliefs are products of marginals and some factors share a parent, or there are too many joint
/// states, V is instead the most that any state is worth in each step.
final class RemainingValueBound {
  private let context: PlannerContext
  private let horizon: Int
  private let isLegacyGain: Bool
  /// Whether a predicted belief is the one that joint states would have.
  private let isExact: Bool
  private let jointStates: Int?
  /// ln of the joint outcomes of all modalities: the most that outcomes can tell.
  private let logOutcomes: Double
  /// `[step][state]`, or `[step]`: with the bound on the information gain, and without any.
  private var withGain: [[Double]] = []
  private var withoutGain: [[Double]] = []
  /// By what a belief's entropy grows in a step at most.
  private var entropyGrowth = 0.0
  /// What rounding, and probabilities that sum to 1 within tolerance only, may add to a step.
  private var slack = 0.0
  private var isCurrent = false
  private var weights: [Double] = []

  /// Joint states and transitions of the largest table.
  private static let largest = 1 << 22

  init(_ context: PlannerContext, horizon: Int) {
    self.context = context
    self.horizon = horizon
    let compiled = context.space.compiled
    let model = compiled.model
    isLegacyGain =
      context.settings.informationGain == .joint && context.settings.convention.followsSPM
    var used = Set<Int>()
    isExact =
      context.space.isJoint
      || model.transitions.allSatisfy { $0.given.allSatisfy { used.insert($0).inserted } }
    logOutcomes = model.modalities.reduce(0) { $0 + VectorMath.log(Double($1.size)) }
    let actions = Double(max(context.policies.actions.count, 1))
    let cells = model.factors.indices.reduce(actions) {
      $0 * Double(RemainingValueBound.widestRun(context.tables.transitions.base[$1]))
    }
    let states = product(model.factors.map(\.size)) ?? .max
    let limit = Double(RemainingValueBound.largest)
    jointStates =
      isExact && states <= 4096 && cells * Double(states) <= limit
        && Double(states) * Double(horizon + 1) <= limit ? states : nil
  }

  private static func widestRun(_ table: RunTable<Double>) -> Int {
    (0..<table.count).reduce(1) { max($0, table.cells(of: $1).count) }
  }

  /// Has the bound follow tables that have changed, when it is next asked for.
  func refresh() { isCurrent = false }

  /// Makes the bound follow the tables.
  func update() throws(InvalidInput) {
    if isCurrent { return }
    isCurrent = true
    fillSlack()
    if let jointStates {
      try iterate(jointStates)
    } else {
      withGain = constants(gain: context.settings.stateInformationGain)
      withoutGain = constants(gain: false)
    }
    fillEntropyGrowth()
  }

  // MARK: - The bound

  /// The most that the steps from `step` on are worth, in nats.
  ///
  /// - Parameter lane: that of the belief in its block.
  func remaining(_ block: BeliefBuffer<Lanes>, lane: Int, step: Int) -> Double {
    let count = Double(horizon - step)
    if count == 0 { return 0 }
    let (first, second): (Double, Double)
    if let jointStates {
      fillWeights(block, lane)
      (first, second) = (
        expectation(withGain[step], jointStates), expectation(withoutGain[step], jointStates)
      )
    } else {
      (first, second) = (withGain[step][0], withoutGain[step][0])
    }
    var bound = first
    if context.settings.stateInformationGain && !isLegacyGain && isExact {
      bound = min(bound, second + gain(entropy(block, lane), steps: horizon - step))
    }
    return bound + slack * count * Double(horizon + 2)
  }

  private func expectation(_ values: [Double], _ count: Int) -> Double {
    var sum = 0.0
    for state in 0..<count where weights[state] != 0 { sum += weights[state] * values[state] }
    return sum
  }

  /// The probability of each joint state.
  private func fillWeights(_ block: BeliefBuffer<Lanes>, _ lane: Int) {
    let space = context.space
    let source = numbers(block.base) + lane
    weights.removeAll(keepingCapacity: true)
    if space.isJoint {
      for state in 0..<space.size { weights.append(source[state * Lanes.laneCount]) }
      return
    }
    weights.append(1)
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      var next: [Double] = []
      next.reserveCapacity(weights.count * plan.states)
      for weight in weights {
        for state in 0..<plan.states {
          next.append(weight * source[(plan.stateOffset + state) * Lanes.laneCount])
        }
      }
      weights = next
    }
  }

  /// H[q(s)], of a product the sum over its factors.
  private func entropy(_ block: BeliefBuffer<Lanes>, _ lane: Int) -> Double {
    let source = numbers(block.base) + lane
    var sum = 0.0
    for state in 0..<context.space.size {
      let p = source[state * Lanes.laneCount]
      if p > 0 { sum -= p * VectorMath.log(p) }
    }
    return sum
  }

  /// The most that outcomes can tell in so many steps from a belief of some entropy.
  private func gain(_ entropy: Double, steps: Int) -> Double {
    let modalities =
      context.settings.informationGain == .perModality
      ? Double(context.space.compiled.modalities.count) : 1
    var sum = 0.0
    for ahead in 1...steps {
      let each = entropy + Double(ahead) * entropyGrowth
      let most = modalities * each
      if most >= logOutcomes { return sum + Double(steps - ahead + 1) * logOutcomes }
      sum += most
    }
    return sum
  }

  // MARK: - Tables

  /// What arriving at a joint state of a scope is worth at most in a planning step.
  private func worth(_ plan: Int, column: Int, step: Int, gain: Bool) -> Double {
    let planning = context.planning
    let scope = planning.plans.base[plan]
    let row = min(step, planning.preferenceRows - 1)
    let cell = planning.folded.base + scope.table + column * scope.width
    var value = context.settings.utility ? cell[scope.utility + row] : 0
    if gain && !isLegacyGain {
      for modality in planning.compiled.modalitiesOfScope[planning.planScopes.base[plan]] {
        value += VectorMath.log(Double(planning.compiled.modalities.base[modality].outcomes))
      }
      value -= cell[scope.ambiguity]
    }
    if planning.hasLikelihoodNovelty && isStandard { value += cell[scope.novelty] }
    return value
  }

  private var isStandard: Bool { context.settings.convention == .standard }

  /// What a step is worth at most beside that: what is averaged apart, and the legacy information gain.
  private func constant(gain: Bool) -> Double {
    let planning = context.planning
    var sum = 0.0
    if gain && isLegacyGain {
      let states = context.space.compiled.model.factors.reduce(1) { $0 * Double($1.size) }
      let outcomes = VectorMath.exp(min(logOutcomes, 700))
      sum += logOutcomes + VectorMath.exp(-16) * (outcomes + states * (1 + logOutcomes))
    }
    guard !isStandard else { return sum }
    func greatest(_ table: RunTable<Double>) -> Double {
      var greatest = 0.0
      for cell in 0..<table.cellCount { greatest = max(greatest, table.cells[cell]) }
      return greatest
    }
    for modality in 0..<planning.likelihoodWeights.count {
      sum += greatest(planning.likelihoodWeights.base[modality])
    }
    for factor in 0..<planning.transitionWeights.count {
      sum += greatest(planning.transitionWeights.base[factor])
    }
    return sum
  }

  /// The novelty of a factor's transition from a joint state of its parents.
  private func novelty(_ factor: Int, _ action: Int, _ column: Int) -> Double {
    let planning = context.planning
    guard planning.hasTransitionNovelty && isStandard else { return 0 }
    let plan = context.space.compiled.factors.base[factor]
    return planning.transitionNovelty.base[
      planning.noveltyOffsets.base[factor] + action * plan.columns + column]
  }

  /// By step, the sum over the steps from there on of what any state is worth at most.
  private func constants(gain: Bool) -> [[Double]] {
    let compiled = context.space.compiled
    var most = constant(gain: gain)
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      var greatest = 0.0
      for action in 0..<plan.actions {
        for column in 0..<plan.columns { greatest = max(greatest, novelty(factor, action, column)) }
      }
      most += greatest
    }
    var result = [[Double]](repeating: [0], count: horizon + 1)
    for step in (0..<horizon).reversed() {
      var value = most
      for plan in 0..<context.planning.plans.count {
        value += (0..<context.planning.plans.base[plan].columns).reduce(-.infinity) {
          max($0, worth(plan, column: $1, step: step, gain: gain))
        }
      }
      result[step] = [result[step + 1][0] + value]
    }
    return result
  }

  private func iterate(_ states: Int) throws(InvalidInput) {
    let compiled = context.space.compiled
    let transition = try JointTransition(compiled, context.tables)
    let all = Array(compiled.model.factors.indices)
    let sizes = compiled.model.factors.map(\.size)
    let scopes = (0..<context.planning.plans.count).map {
      projection(
        of: compiled.scopes[context.planning.planScopes.base[$0]].factors, in: all, sizes: sizes)
    }
    let parents = compiled.model.transitions.map {
      projection(of: $0.given, in: all, sizes: sizes)
    }
    func solve(gain: Bool) -> [[Double]] {
      var values = [[Double]](repeating: [Double](repeating: 0, count: states), count: horizon + 1)
      let most = constant(gain: gain)
      for step in (0..<horizon).reversed() {
        let arrived = (0..<states).map { state in
          scopes.indices.reduce(values[step + 1][state] + most) {
            $0 + worth($1, column: Int(scopes[$1].base[state]), step: step, gain: gain)
          }
        }
        for state in 0..<states {
          var best = -Double.infinity
          for action in transition.actions.indices {
            let joint = context.policies.factorActions.base + action * all.count
            var value = 0.0
            for factor in all {
              value += novelty(factor, joint[factor], Int(parents[factor].base[state]))
            }
            for cell in transition.cells(action: action, state: state) {
              value += transition.probabilities[cell] * arrived[Int(transition.nextStates[cell])]
            }
            best = max(best, value)
          }
          values[step][state] = best
        }
      }
      return values
    }
    withoutGain = solve(gain: false)
    withGain = context.settings.stateInformationGain ? solve(gain: true) : withoutGain
  }

  private func fillEntropyGrowth() {
    entropyGrowth = 0
    for factor in 0..<context.space.compiled.factors.count {
      let table = context.tables.transitions.base[factor]
      var greatest = 0.0
      for run in 0..<table.count {
        var entropy = 0.0
        for cell in table.cells(of: run) where table.cells[cell] > 0 {
          entropy -= table.cells[cell] * VectorMath.log(table.cells[cell])
        }
        greatest = max(greatest, entropy)
      }
      entropyGrowth += greatest
    }
  }

  private func fillSlack() {
    let compiled = context.space.compiled
    var deviation = 0.0
    func note(_ table: RunTable<Double>) {
      for run in 0..<table.count {
        let sum = table.cells(of: run).reduce(0) { $0 + table.cells[$1] }
        deviation = max(deviation, (sum - 1).magnitude)
      }
    }
    for modality in 0..<compiled.modalities.count {
      note(context.tables.likelihoodColumns.base[modality])
    }
    for factor in 0..<compiled.factors.count { note(context.tables.transitions.base[factor]) }
    var largest = constant(gain: context.settings.stateInformationGain)
    for plan in 0..<context.planning.plans.count {
      for column in 0..<context.planning.plans.base[plan].columns {
        for step in 0..<min(horizon, context.planning.preferenceRows) {
          largest = max(largest, worth(plan, column: column, step: step, gain: true).magnitude)
        }
      }
    }
    let variables = Double(compiled.modalities.count + compiled.factors.count)
    slack = variables * (1 + logOutcomes + largest) * (8 * deviation + 1e-13)
  }
}
