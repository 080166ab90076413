import GenerativeModel
import Inference
import Kernels

/// Values predicted beliefs, a block of them at once: what each promises of outcomes and teaches.
final class NodeEvaluation<Arithmetic: StepArithmetic> {
  typealias Nodes = Arithmetic.Nodes
  typealias Parameter = Arithmetic.Parameter

  let space: BeliefSpace
  let settings: PlanningSettings
  let tables: PlanningTables<Parameter>
  private let dynamics: BeliefDynamics<Nodes>
  let plans: UnsafePointer<PlanningScope>
  private let planScopes: UnsafePointer<Int>
  let planCount: Int
  let joint: JointInformationGain<Parameter>?
  let legacy: LegacyInformationGain<Parameter>?
  /// What is linear in each belief of a block, by scope and place in the scope's plan; and for entropies
  /// its logarithms.
  let results: FixedBuffer<Lanes>
  private let logs: FixedBuffer<Lanes>
  private let weighted: FixedBuffer<Lanes>
  /// What is linear in one belief, of one scope.
  let sums: FixedBuffer<Double>
  /// Predicted outcomes of sparse likelihoods.
  let outcomes: FixedBuffer<Lanes>
  private let outcomeList: FixedBuffer<Int32>
  @exclusivity(unchecked) var reached: MarkSet
  let addsEntropies: Bool

  init(
    _ space: BeliefSpace, _ settings: PlanningSettings, _ tables: PlanningTables<Parameter>,
    _ dynamics: BeliefDynamics<Nodes>
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.tables = tables
    self.dynamics = dynamics
    plans = UnsafePointer(tables.plans.base)
    planScopes = UnsafePointer(tables.planScopes.base)
    planCount = tables.plans.count
    let isJoint = settings.takesInformationGain && settings.informationGain == .joint
    let isLegacy = isJoint && settings.convention.followsSPM
    joint = isJoint && !isLegacy ? JointInformationGain(space, tables) : nil
    legacy = isLegacy ? try LegacyInformationGain(space, settings.convention) : nil
    addsEntropies = settings.takesInformationGain && !isJoint
    results = FixedBuffer(zeros: tables.resultCount)
    let model = space.compiled.model
    let widest = max(
      model.factors.map(\.size).max() ?? 1, model.modalities.map(\.size).max() ?? 1)
    weighted = FixedBuffer(zeros: widest)
    var sparse = 0
    for index in 0..<tables.sparseModalities.count {
      sparse = max(sparse, model.modalities[tables.sparseModalities.base[index]].size)
    }
    logs = FixedBuffer(zeros: max(tables.resultCount, 2 * sparse))
    sums = FixedBuffer(zeros: (0..<planCount).map { tables.plans.base[$0].width }.max() ?? 0)
    outcomes = FixedBuffer(zeros: sparse)
    outcomeList = FixedBuffer(zeros: sparse)
    reached = MarkSet(bound: sparse)
  }

  /// Values a block of beliefs that a policy can arrive at in its `planningStep`-th step.
  ///
  /// - Parameter nodes: the lanes that hold a node, of which some terms are taken one by one.
  func evaluate(
    _ block: Belief<Lanes>, nodes: Int, planningStep: Int,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>,
    inductive: InductivePreference<Arithmetic>?, into terms: NodeTerms, at index: Int
  ) throws(PlanningFailure) {
    for plan in 0..<planCount { contract(plan, block) }
    let linear = linearTerms(row: min(planningStep, tables.preferenceRows - 1))
    var gain = Lanes.zero
    if addsEntropies {
      gain = outcomeEntropy() - linear.ambiguity
      for modality in 0..<tables.sparseModalities.count {
        gain += sparseEntropy(
          of: predictSparsely(tables.sparseModalities.base[modality], block, likelihoods))
      }
    } else if let joint {
      for lane in 0..<nodes {
        gain[lane] = try joint.gain(block, lane: lane, likelihoods, results.base)
      }
    } else if let legacy {
      let marginals = dynamics.marginals(of: block)
      for lane in 0..<nodes { gain[lane] = legacy.gain(marginals, lane: lane, likelihoods) }
    }

    var novelty = linear.novelty
    if settings.convention != .standard {
      novelty =
        tables.hasLikelihoodNovelty ? productNovelty(block, likelihoods) : .zero
    }
    let nearer = inductive?.value(block, marginals: dynamics.marginals(of: block)) ?? .zero
    store(linear.utility, gain, novelty, nearer: nearer, terms, index)
  }

  /// Notes the terms of a block.
  @inline(__always)
  func store(
    _ utility: Lanes, _ information: Lanes, _ novelty: Lanes, nearer: Lanes, _ terms: NodeTerms,
    _ index: Int
  ) {
    let gain = settings.avoidsInformation ? .zero - information : information
    terms.utility.base[index] = utility
    terms.stateInformationGain.base[index] = gain
    terms.parameterInformationGain.base[index] = novelty
    terms.inductive.base[index] = nearer
    terms.total.base[index] = ((utility + gain) + novelty) + nearer
  }

  /// Takes everything that is linear in a belief and belongs to one scope.
  @inline(__always)
  private func contract(_ index: Int, _ block: Belief<Lanes>) {
    let plan = plans[index]
    Nodes.expect(
      RunTable(
        count: plan.columns, length: plan.width, cells: tables.folded.base + plan.table),
      first: 0, dynamics.distribution(of: planScopes[index], in: block),
      into: results.base + plan.result)
  }

  /// What the scopes give together.
  @inline(__always)
  func linearTerms(row: Int) -> (utility: Lanes, ambiguity: Lanes, novelty: Lanes) {
    var utility = Lanes.zero
    var ambiguity = Lanes.zero
    var novelty = Lanes.zero
    for index in 0..<planCount {
      let plan = plans[index]
      let run = results.base + plan.result
      utility += run[plan.utility + row]
      ambiguity += run[plan.ambiguity]
      if tables.hasLikelihoodNovelty { novelty += run[plan.novelty] }
    }
    if settings.addsAmbiguity { utility += ambiguity }
    if !settings.utility { utility = .zero }
    return (utility, ambiguity, novelty)
  }

  /// The sum of H[q(o_m)] over the modalities whose outcomes are among the results.
  func outcomeEntropy() -> Lanes {
    var entropy = Lanes.zero
    for index in 0..<planCount {
      let plan = plans[index]
      let run = results.base + plan.result
      entropy =
        entropy
        - Lanes.negentropy(
          run, atLeast: tables.entropyFloor, count: plan.outcomes, scratch: logs.base)
    }
    return entropy
  }

  // MARK: - Sparse likelihoods

  /// Fills the first half of `logs` with q(o) of the outcomes that some lane can lead to, and returns how
  /// many they are; `outcomeList` has them in order.
  private func predictSparsely(
    _ modality: Int, _ block: Belief<Lanes>,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) -> Int {
    let table = likelihoods[modality]
    let states = dynamics.distribution(
      of: space.compiled.modalities.base[modality].scope, in: block)
    for index in 0..<states.count where states.weights[index].isAnyNonzero {
      let column = states.column(index)
      for cell in table.cells(of: column) {
        let outcome = table.place(cell, in: column)
        outcomes.base[outcome] += states.weights[index] * Nodes.widened(table.cells[cell])
        reached.insert(outcome)
      }
    }
    return drainOutcomes()
  }

  /// Moves the outcomes that some lane can lead to, to the first half of `logs`, and returns how many they
  /// are.
  func drainOutcomes() -> Int {
    let count = reached.drain(into: outcomeList.base)
    for index in 0..<count {
      let outcome = Int(outcomeList.base[index])
      logs.base[index] = outcomes.base[outcome]
      outcomes.base[outcome] = .zero
    }
    return count
  }

  /// H[q(o_m)] of a modality with a sparse likelihood that leads to so many outcomes.
  ///
  /// One outcome after the other: those that a lane cannot lead to add nothing to it, whatever the lanes
  /// beside it lead to.
  func sparseEntropy(of count: Int) -> Lanes {
    let logarithms = logs.base + outcomes.count
    VectorMath.log(logs.base, atLeast: tables.entropyFloor, into: logarithms, count: count)
    var entropy = Lanes.zero
    for index in 0..<count { entropy -= logs.base[index] * logarithms[index] }
    return entropy
  }

  // MARK: - Novelty

  /// sum_m sum_o q(o_m) sum_s v(o_m, s) q(s): outcomes and states averaged apart, as in pymdp
  /// (`control.calc_pA_info_gain`).
  private func productNovelty(
    _ block: Belief<Lanes>, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) -> Lanes {
    var sum = Lanes.zero
    for modality in 0..<space.compiled.modalities.count {
      addProductNovelty(of: modality, block, likelihoods, to: &sum)
    }
    return sum
  }

  /// Adds what one modality gives of that; what is linear in the block has been contracted.
  @inline(__always)
  func addProductNovelty(
    of modality: Int, _ block: Belief<Lanes>,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>, to sum: inout Lanes
  ) {
    let plan = space.compiled.modalities.base[modality]
    let weights = tables.likelihoodWeights.base[modality]
    let start = tables.outcomeResults.base[modality]
    guard start < 0 else {
      let states = dynamics.distribution(of: plan.scope, in: block)
      Nodes.expect(weights, first: 0, states, into: weighted.base)
      sum += Lanes.dot(weighted.base, results.base + start, count: plan.outcomes)
      return
    }
    let count = predictSparsely(modality, block, likelihoods)
    let states = dynamics.distribution(of: plan.scope, in: block)
    Nodes.expect(weights, first: 0, states, into: weighted.base)
    for index in 0..<count {
      sum += weighted.base[Int(outcomeList.base[index])] * logs.base[index]
    }
  }

  /// What taking an action from the beliefs of a block teaches about the transitions, in nats.
  func transitionNovelty(
    _ block: Belief<Lanes>, action: UnsafePointer<Int>, next: Belief<Lanes>
  ) -> Lanes {
    var sum = Lanes.zero
    let marginals = settings.convention == .standard ? next : dynamics.marginals(of: next)
    for factor in 0..<space.compiled.factors.count {
      addTransitionNovelty(
        of: factor, block, action: action[factor], marginals: marginals, to: &sum)
    }
    return sum
  }

  /// Adds what one factor gives of that.
  ///
  /// - Parameter marginals: of the next states; read under the pymdp presets alone.
  @inline(__always)
  func addTransitionNovelty(
    of factor: Int, _ block: Belief<Lanes>, action: Int, marginals: Belief<Lanes>,
    to sum: inout Lanes
  ) {
    let plan = space.compiled.factors.base[factor]
    let parents = dynamics.distribution(of: plan.scope, in: block)
    let first = action * plan.columns
    if settings.convention == .standard {
      let row = tables.transitionNovelty.base + tables.noveltyOffsets.base[factor] + first
      for index in 0..<parents.count {
        sum += Nodes.widened(row[parents.column(index)]) * parents.weights[index]
      }
    } else {
      Nodes.expect(
        tables.transitionWeights.base[factor], first: first, parents, into: weighted.base)
      sum += Lanes.dot(
        weighted.base, marginals.base + plan.stateOffset, count: plan.states)
    }
  }
}
