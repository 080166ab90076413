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
  /// For each scope that some modality reads, the belief over it.
  private let distributions: FixedBuffer<UnsafePointer<Double>>
  private let readScopes: FixedBuffer<Int>
  /// Predicted outcomes by node and modality, and their logarithms.
  private let outcomes: FixedBuffer<Double>
  private let logs: FixedBuffer<Double>
  private let weighted: FixedBuffer<Double>
  private let usesBLAS: [Bool]
  private let needsOutcomes: Bool

  init(
    _ space: BeliefSpace, _ settings: PlanningSettings, _ tables: PlanningTables, capacity: Int
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.tables = tables
    let compiled = space.compiled
    let isJoint = settings.stateInformationGain && settings.informationGain == .joint
    let isLegacy = isJoint && settings.convention == .pymdp007
    joint = isJoint && !isLegacy ? JointInformationGain(space, tables) : nil
    legacy = isLegacy ? try LegacyInformationGain(space) : nil
    scratch = FixedBuffer(repeating: 0, count: space.scratchCount)
    marginals = FixedBuffer(repeating: 0, count: compiled.stateCount)
    distributions = FixedBuffer(
      repeating: UnsafePointer(scratch.base), count: compiled.scopes.count)
    readScopes = FixedBuffer(tables.readers.indices.filter { !tables.readers[$0].isEmpty })
    needsOutcomes =
      (settings.stateInformationGain && !isJoint)
      || (tables.hasLikelihoodNovelty && settings.convention != .standard)
    let count = needsOutcomes ? capacity * compiled.outcomeCount : 0
    outcomes = FixedBuffer(repeating: 0, count: count)
    logs = FixedBuffer(repeating: 0, count: count)
    var widest = 1
    for modality in 0..<compiled.modalities.count {
      widest = max(widest, compiled.modalities.base[modality].outcomes)
    }
    for factor in 0..<compiled.factors.count {
      widest = max(widest, compiled.factors.base[factor].states)
    }
    weighted = FixedBuffer(repeating: 0, count: widest)
    usesBLAS = (0..<compiled.modalities.count).map {
      let plan = compiled.modalities.base[$0]
      return Contraction.usesBLAS(rows: plan.columns, columns: plan.outcomes)
    }
  }

  /// Values `count` beliefs that a policy can arrive at in its `planningStep`-th step.
  func evaluate(
    _ beliefs: UnsafePointer<Double>, count: Int, planningStep: Int, _ model: ModelTables,
    inductive: UnsafePointer<Double>?, into terms: UnsafeMutablePointer<ExpectedFreeEnergy.Terms>
  ) throws(PlanningFailure) {
    for node in 0..<count {
      let belief = beliefs + node * space.size
      var value = ExpectedFreeEnergy.Terms()
      for index in 0..<readScopes.count {
        let scope = readScopes.base[index]
        distributions.base[scope] = space.distribution(
          of: scope, in: belief, scratch: scratch.base)
      }
      if settings.utility { value.utility = utility(planningStep) }
      if needsOutcomes {
        predictOutcomes(model, into: outcomes.base + node * space.compiled.outcomeCount)
      }
      if let joint {
        value.stateInformationGain = try joint.gain(
          belief, model.likelihoodColumns.base, distributions.base)
      } else if let legacy {
        space.marginals(of: belief, into: marginals.base)
        value.stateInformationGain = legacy.gain(marginals.base, model.likelihoodColumns.base)
      } else if settings.stateInformationGain {
        value.stateInformationGain = -linear(tables.ambiguity.base)
      }
      if tables.hasLikelihoodNovelty {
        value.parameterInformationGain =
          settings.convention == .standard
          ? linear(tables.novelty.base)
          : productNovelty(outcomes.base + node * space.compiled.outcomeCount)
      }
      if let inductive {
        space.marginals(of: belief, into: marginals.base)
        value.inductive = Contraction.dot(
          marginals.base, inductive, count: space.compiled.stateCount)
      }
      terms[node] = value
    }
    if settings.stateInformationGain && settings.informationGain == .perModality {
      addOutcomeEntropies(count, to: terms)
    }
  }

  private func utility(_ planningStep: Int) -> Double {
    let cells = tables.scopeOffsets[tables.scopeOffsets.count - 1]
    return linear(tables.utility.base + min(planningStep, tables.preferenceRows - 1) * cells)
  }

  /// The expectation of what has been folded into a row a scope.
  private func linear(_ rows: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for index in 0..<readScopes.count {
      let scope = readScopes.base[index]
      let start = tables.scopeOffsets[scope]
      sum += Contraction.dot(
        rows + start, distributions.base[scope], count: tables.scopeOffsets[scope + 1] - start)
    }
    return sum
  }

  /// q(o_m) = sum_s P(o_m | s) q(s) for every modality.
  private func predictOutcomes(
    _ model: ModelTables, into result: UnsafeMutablePointer<Double>
  ) {
    for modality in 0..<space.compiled.modalities.count {
      let plan = space.compiled.modalities.base[modality]
      let table = model.likelihoodColumns.base + plan.offset
      let q = distributions.base[plan.scope]
      let run = result + plan.outcomeOffset
      if usesBLAS[modality] {
        Contraction.transposedMatrixVector(
          table, rows: plan.columns, columns: plan.outcomes, q, into: run)
        continue
      }
      for outcome in 0..<plan.outcomes { run[outcome] = 0 }
      for column in 0..<plan.columns where q[column] != 0 {
        Contraction.addScaled(
          q[column], table + column * plan.outcomes, to: run, count: plan.outcomes)
      }
    }
  }

  /// Adds H[q(o_m)] of every modality, the logarithms of all beliefs taken together.
  private func addOutcomeEntropies(
    _ count: Int, to terms: UnsafeMutablePointer<ExpectedFreeEnergy.Terms>
  ) {
    let width = space.compiled.outcomeCount
    let floor = settings.convention == .pymdp1 ? smallestProbability : Double.leastNormalMagnitude
    for index in 0..<count * width { logs.base[index] = max(outcomes.base[index], floor) }
    VectorMath.log(inPlace: logs.base, count: count * width)
    for node in 0..<count {
      terms[node].stateInformationGain -= Contraction.dot(
        outcomes.base + node * width, logs.base + node * width, count: width)
    }
  }

  // MARK: - Novelty

  /// sum_m sum_o q(o_m) sum_s v(o_m, s) q(s): outcomes and states averaged apart, as in pymdp
  /// (`control.calc_pA_info_gain`).
  private func productNovelty(_ outcomes: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for modality in 0..<space.compiled.modalities.count {
      let plan = space.compiled.modalities.base[modality]
      sum += expectedWeight(
        tables.likelihoodWeights.base + plan.offset, distributions.base[plan.scope], plan.columns,
        outcomes + plan.outcomeOffset, plan.outcomes)
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
