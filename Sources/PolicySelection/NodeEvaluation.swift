import GenerativeModel
import Inference
import Kernels

/// Values the predicted beliefs of one level: what each promises of outcomes and teaches.
final class NodeEvaluation {
  private let space: BeliefSpace
  private let settings: PlanningSettings
  private let tables: PlanningTables
  private let joint: JointInformationGain?
  private let legacy: LegacyInformationGain?
  private let scratch: FixedBuffer<Double>
  private let marginals: FixedBuffer<Double>
  /// What is linear in each belief of a level, by node, scope and place in the scope's plan; and for
  /// entropies its logarithms.
  private let results: FixedBuffer<Double>
  private let logs: FixedBuffer<Double>
  private let weighted: FixedBuffer<Double>
  /// By plan: whether its table is contracted whole.
  private let isWhole: FixedBuffer<Bool>
  private let addsEntropies: Bool

  init(
    _ space: BeliefSpace, _ settings: PlanningSettings, _ tables: PlanningTables, capacity: Int
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.tables = tables
    let isJoint = settings.stateInformationGain && settings.informationGain == .joint
    let isLegacy = isJoint && settings.convention == .pymdp007
    joint = isJoint && !isLegacy ? JointInformationGain(space, tables) : nil
    legacy = isLegacy ? try LegacyInformationGain(space) : nil
    addsEntropies = settings.stateInformationGain && !isJoint
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    marginals = FixedBuffer(repeating: 0, count: space.compiled.stateCount)
    results = FixedBuffer(repeating: 0, count: capacity * tables.resultCount)
    logs = FixedBuffer(repeating: 0, count: addsEntropies ? capacity * tables.resultCount : 0)
    var widest = 1
    for modality in 0..<space.compiled.modalities.count {
      widest = max(widest, space.compiled.modalities.base[modality].outcomes)
    }
    for factor in 0..<space.compiled.factors.count {
      widest = max(widest, space.compiled.factors.base[factor].states)
    }
    weighted = FixedBuffer(repeating: 0, count: widest)
    isWhole = FixedBuffer(
      (0..<tables.plans.count).map {
        let plan = tables.plans.base[$0]
        return isContractedWhole(
          tables.folded.base + plan.table, columns: plan.columns, size: plan.width)
      })
  }

  /// Values `count` beliefs that a policy can arrive at in its `planningStep`-th step.
  func evaluate(
    _ beliefs: UnsafePointer<Double>, count: Int, planningStep: Int, _ model: ModelTables,
    inductive: UnsafePointer<Double>?, into terms: UnsafeMutablePointer<ExpectedFreeEnergy.Terms>
  ) throws(PlanningFailure) {
    let row = min(planningStep, tables.preferenceRows - 1)
    for node in 0..<count {
      let belief = beliefs + node * space.size
      let result = results.base + node * tables.resultCount
      var value = contract(belief, row: row, into: result)
      if let joint {
        value.stateInformationGain = try joint.gain(belief, model.likelihoodColumns.base, result)
      } else if let legacy {
        space.marginals(of: belief, into: marginals.base)
        value.stateInformationGain = legacy.gain(marginals.base, model.likelihoodColumns.base)
      }
      if tables.hasLikelihoodNovelty && settings.convention != .standard {
        value.parameterInformationGain = productNovelty(belief, result)
      }
      if let inductive {
        space.marginals(of: belief, into: marginals.base)
        value.inductive = Contraction.dot(
          marginals.base, inductive, count: space.compiled.stateCount)
      }
      terms[node] = value
    }
    if addsEntropies { addOutcomeEntropies(count, to: terms) }
  }

  /// Takes everything that is linear in a belief, one contraction a scope, and sums it up.
  private func contract(
    _ belief: UnsafePointer<Double>, row: Int, into results: UnsafeMutablePointer<Double>
  ) -> ExpectedFreeEnergy.Terms {
    var utility = 0.0
    var ambiguity = 0.0
    var novelty = 0.0
    for index in 0..<tables.plans.count {
      let plan = tables.plans.base[index]
      let q = space.distribution(
        of: tables.planScopes.base[index], in: belief, scratch: scratch.base)
      let table = tables.folded.base + plan.table
      let run = results + plan.result
      if isWhole.base[index] {
        Contraction.transposedMatrixVector(
          table, rows: plan.columns, columns: plan.width, q, into: run)
      } else {
        for place in 0..<plan.width { run[place] = 0 }
        for column in 0..<plan.columns where q[column] != 0 {
          Contraction.addScaled(q[column], table + column * plan.width, to: run, count: plan.width)
        }
      }
      utility += run[plan.utility + row]
      ambiguity += run[plan.ambiguity]
      if tables.hasLikelihoodNovelty { novelty += run[plan.novelty] }
    }
    var value = ExpectedFreeEnergy.Terms()
    if settings.utility { value.utility = utility }
    if addsEntropies { value.stateInformationGain = -ambiguity }
    if settings.convention == .standard { value.parameterInformationGain = novelty }
    return value
  }

  /// Adds H[q(o_m)] of every modality, the logarithms of all beliefs taken together.
  private func addOutcomeEntropies(
    _ count: Int, to terms: UnsafeMutablePointer<ExpectedFreeEnergy.Terms>
  ) {
    let width = tables.resultCount
    let floor = tables.entropyFloor
    VectorMath.log(results.base, atLeast: floor, into: logs.base, count: count * width)
    for node in 0..<count {
      for index in 0..<tables.plans.count {
        let plan = tables.plans.base[index]
        let start = node * width + plan.result
        terms[node].stateInformationGain -= Contraction.dot(
          results.base + start, logs.base + start, count: plan.outcomes)
      }
    }
  }

  // MARK: - Novelty

  /// sum_m sum_o q(o_m) sum_s v(o_m, s) q(s): outcomes and states averaged apart, as in pymdp
  /// (`control.calc_pA_info_gain`).
  private func productNovelty(
    _ belief: UnsafePointer<Double>, _ results: UnsafePointer<Double>
  ) -> Double {
    var sum = 0.0
    for modality in 0..<space.compiled.modalities.count {
      let plan = space.compiled.modalities.base[modality]
      let q = space.distribution(of: plan.scope, in: belief, scratch: scratch.base)
      sum += expectedWeight(
        tables.likelihoodWeights.base + plan.offset, q, plan.columns,
        results + tables.outcomeResults.base[modality], plan.outcomes)
    }
    return sum
  }

  /// What taking an action from a belief teaches about the transitions, in nats.
  func transitionNovelty(
    _ belief: UnsafePointer<Double>, action: UnsafePointer<Int>, next: UnsafePointer<Double>,
    scratch: UnsafeMutablePointer<Double>
  ) -> Double {
    var sum = 0.0
    if settings.convention != .standard { space.marginals(of: next, into: marginals.base) }
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      let parents = space.distribution(of: plan.scope, in: belief, scratch: scratch)
      if settings.convention == .standard {
        let row = tables.noveltyOffsets[factor] + action[factor] * plan.columns
        sum += Contraction.dot(
          tables.transitionNovelty.base + row, parents, count: plan.columns)
      } else {
        let start = plan.offset + action[factor] * plan.columns * plan.states
        sum += expectedWeight(
          tables.transitionWeights.base + start, parents, plan.columns,
          marginals.base + plan.stateOffset, plan.states)
      }
    }
    return sum
  }

  private func expectedWeight(
    _ weights: UnsafePointer<Double>, _ given: UnsafePointer<Double>, _ columns: Int,
    _ values: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    for value in 0..<count { weighted.base[value] = 0 }
    for column in 0..<columns where given[column] != 0 {
      Contraction.addScaled(
        given[column], weights + column * count, to: weighted.base, count: count)
    }
    return Contraction.dot(weighted.base, values, count: count)
  }
}
