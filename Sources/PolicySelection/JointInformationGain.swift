import GenerativeModel
import Inference
import Kernels

/// The largest number of joint outcomes of a group of modalities.
let largestOutcomeGroup = 1 << 20

/// The information that the joint outcome of all modalities would give about the hidden states.
///
///     I(o_1..o_M; s) = H[q(o_1..o_M)] - sum_m E_q(s) H[P(o_m | s)]
///
/// Exact, by groups of modalities that share uncertain parents: modalities whose parents are certain
/// tell nothing, and groups that share nothing add. (The sum over single modalities, which pymdp 1.x
/// takes, counts what two of them tell alike twice.)
final class JointInformationGain<Parameter: StepNumber> {
  let space: BeliefSpace
  let tables: PlanningTables<Parameter>
  /// The node's belief and lane: a number for each state, or joint state, a stride apart.
  @exclusivity(unchecked) var belief: Belief<Lanes>
  let nothing = FixedBuffer<Lanes>(zeros: 1)
  @exclusivity(unchecked) var lane = 0
  /// By modality: whether its outcome is observed.
  let isObserved: FixedBuffer<Bool>
  /// What of the belief is in play: weights of joint states, and each modality's column there.
  @exclusivity(unchecked) var weights: FixedBuffer<Double>
  @exclusivity(unchecked) var columns: FixedBuffer<Int32>
  /// `[modality in the group][state in play]`: what is left of the weights after some outcomes, and
  /// which states are left.
  @exclusivity(unchecked) var remaining: FixedBuffer<Double>
  @exclusivity(unchecked) var states: FixedBuffer<Int32>
  /// The states in play that there is memory for; grows on the first step that needs more.
  @exclusivity(unchecked) var capacity: Int
  /// Probabilities of joint outcomes whose logarithms are still to be taken.
  let leaves: FixedBuffer<Double>
  let logs: FixedBuffer<Double>
  @exclusivity(unchecked) var leafCount = 0
  @exclusivity(unchecked) var entropy = 0.0
  /// The group being evaluated: modalities in order.
  let group: FixedBuffer<Int>
  @exclusivity(unchecked) var groupCount = 0
  /// By modality: the group it belongs to, or -1.
  let groupOf: FixedBuffer<Int>
  /// By plan of a scope: whether its modalities are in some group.
  let isInformative: FixedBuffer<Bool>
  /// By factor: whether more than one state is possible, and under mean-field beliefs the first.
  let uncertain: FixedBuffer<Bool>
  let firstState: FixedBuffer<Int>
  let possibleStates: FixedBuffer<Int>
  /// The possible states of one factor and their probabilities.
  let marginal: FixedBuffer<Double>
  let marginalStates: FixedBuffer<Int32>
  /// Outcomes of sparse likelihoods: what has been reached, and in which order to read it.
  let outcomeWeights: FixedBuffer<Double>
  let outcomes: FixedBuffer<Int32>
  @exclusivity(unchecked) var reached: MarkSet

  init(_ space: BeliefSpace, _ tables: PlanningTables<Parameter>) {
    belief = Belief(nothing.base)
    self.space = space
    self.tables = tables
    let compiled = space.compiled
    let modalities = compiled.modalities.count
    capacity =
      space.isJoint ? space.size : min(JointInformationGain.largestSupport(compiled), 4096)
    weights = FixedBuffer(zeros: capacity)
    columns = FixedBuffer(zeros: capacity * modalities)
    remaining = FixedBuffer(zeros: capacity * modalities)
    states = FixedBuffer(zeros: capacity * modalities)
    var widest = 1
    for modality in 0..<modalities {
      widest = max(widest, compiled.modalities.base[modality].outcomes)
    }
    leaves = FixedBuffer(zeros: 256 + widest)
    logs = FixedBuffer(zeros: 256 + widest)
    group = FixedBuffer(repeating: 0, count: modalities)
    groupOf = FixedBuffer(repeating: -1, count: modalities)
    isObserved = FixedBuffer(repeating: true, count: modalities)
    isInformative = FixedBuffer(repeating: false, count: tables.plans.count)
    uncertain = FixedBuffer(repeating: false, count: compiled.factors.count)
    firstState = FixedBuffer(repeating: 0, count: compiled.factors.count)
    possibleStates = FixedBuffer(repeating: 0, count: compiled.factors.count)
    let states = compiled.model.factors.map(\.size).max() ?? 0
    marginal = FixedBuffer(zeros: space.isJoint ? 0 : states)
    marginalStates = FixedBuffer(zeros: space.isJoint ? 0 : states)
    var sparse = 0
    for modality in 0..<modalities where compiled.modalities.base[modality].isSparse {
      sparse = max(sparse, compiled.modalities.base[modality].outcomes)
    }
    outcomeWeights = FixedBuffer(zeros: sparse)
    self.outcomes = FixedBuffer(zeros: sparse * modalities)
    reached = MarkSet(bound: sparse)
  }

  /// The joint states of the factors that a group of modalities can depend on.
  private static func largestSupport(_ compiled: CompiledModel) -> Int {
    var sizes: [Int: Int] = [:]
    var seen: Set<Int> = []
    for likelihood in compiled.model.likelihoods {
      for factor in likelihood.given where seen.insert(factor).inserted {
        let component = compiled.components[factor]
        let product = (sizes[component] ?? 1).multipliedReportingOverflow(
          by: compiled.factors.base[factor].states)
        sizes[component] = product.overflow ? Int.max : product.partialValue
      }
    }
    return sizes.values.max() ?? 1
  }

  /// The information gain in nats at the node in a lane.
  ///
  /// - Parameter results: what is linear in the beliefs, by scope.
  /// - Throws: ``PlanningFailure/jointOutcomes(modalities:count:)`` where a group has more than 2^20
  ///   joint outcomes, or its states do not fit.
  func gain(
    _ belief: Belief<Lanes>, lane: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>,
    _ results: UnsafePointer<Lanes>
  ) throws(PlanningFailure) -> Double {
    try findEntropy(belief, lane: lane, likelihoods)
    var ambiguity = 0.0
    for index in 0..<tables.plans.count where isInformative.base[index] {
      let plan = tables.plans.base[index]
      ambiguity += results[plan.result + plan.ambiguity][lane]
    }
    return entropy - ambiguity
  }

  /// Finds the entropy of the joint outcome of the modalities that are observed, but for those whose parents
  /// are certain: they belong to no group and tell nothing.
  func findEntropy(
    _ belief: Belief<Lanes>, lane: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) throws(PlanningFailure) {
    self.belief = belief
    self.lane = lane
    entropy = 0
    for index in 0..<isInformative.count { isInformative.base[index] = false }
    if space.isJoint {
      try gainOfJointBelief(likelihoods)
    } else {
      try gainOfMarginals(likelihoods)
    }
  }

  /// The node's probability of a state, or joint state.
  @inline(__always)
  func probability(_ state: Int) -> Double {
    numbers(belief.base)[state * Lanes.laneCount + lane]
  }

  // MARK: - Groups

  func gainOfJointBelief(
    _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) throws(PlanningFailure) {
    let compiled = space.compiled
    var count = 0
    for state in 0..<space.size where probability(state) > 0 {
      weights.base[count] = probability(state)
      states.base[count] = Int32(state)
      count += 1
    }
    for modality in 0..<compiled.modalities.count {
      let map = space.columns(ofScope: compiled.modalities.base[modality].scope)
      let target = columns.base + modality * capacity
      var varies = false
      for index in 0..<count {
        let state = states.base[index]
        target[index] = map?[Int(state)] ?? state
        varies = varies || target[index] != target[0]
      }
      groupOf.base[modality] =
        varies && isObserved.base[modality] ? compiled.components[parents(modality)[0]] : -1
    }
    for component in 0..<compiled.factors.count {
      try addGroup(component, count, likelihoods)
    }
  }

  func gainOfMarginals(
    _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) throws(PlanningFailure) {
    let compiled = space.compiled
    for factor in 0..<compiled.factors.count {
      var possible = 0
      forEachPossibleState(factor) { state, _ in
        if possible == 0 { firstState.base[factor] = state }
        possible += 1
      }
      uncertain.base[factor] = possible > 1
      possibleStates.base[factor] = possible
    }
    groupByUncertainParents()
    for leader in 0..<compiled.modalities.count {
      guard groupOf.base[leader] == leader else { continue }
      let count = try spread(over: leader)
      try addGroup(leader, count, likelihoods)
    }
  }

  /// Calls `body` with every state of a factor that is possible, in order, and its probability.
  @inline(__always)
  func forEachPossibleState(_ factor: Int, _ body: (Int, Double) -> Void) {
    let plan = space.compiled.factors.base[factor]
    if space.isWide.base[factor], let support = belief.supports?[factor] {
      for index in 0..<support.count {
        let state = Int(support.states[index])
        let p = probability(plan.stateOffset + state)
        if p > 0 { body(state, p) }
      }
      return
    }
    for state in 0..<plan.states {
      let p = probability(plan.stateOffset + state)
      if p > 0 { body(state, p) }
    }
  }

  /// Modalities that are connected by uncertain parents get the number of the first of them.
  func groupByUncertainParents() {
    let compiled = space.compiled
    for modality in 0..<compiled.modalities.count {
      groupOf.base[modality] =
        isObserved.base[modality] && hasUncertainParent(modality) ? modality : -1
    }
    var changed = true
    while changed {
      changed = false
      for one in 0..<compiled.modalities.count where groupOf.base[one] >= 0 {
        for other in 0..<one where groupOf.base[other] >= 0 {
          guard groupOf.base[one] != groupOf.base[other], sharesUncertainParent(one, other) else {
            continue
          }
          let lowest = min(groupOf.base[one], groupOf.base[other])
          groupOf.base[one] = lowest
          groupOf.base[other] = lowest
          changed = true
        }
      }
    }
  }

  func parents(_ modality: Int) -> [Int] {
    space.compiled.scopes[space.compiled.modalities.base[modality].scope].factors
  }

  func hasUncertainParent(_ modality: Int) -> Bool {
    for factor in parents(modality) where uncertain.base[factor] { return true }
    return false
  }

  func sharesUncertainParent(_ one: Int, _ other: Int) -> Bool {
    for factor in parents(one) where uncertain.base[factor] {
      for second in parents(other) where second == factor { return true }
    }
    return false
  }

  /// Lists the joint states of a group's uncertain factors with their probabilities, and each
  /// modality's column there.
  func spread(over leader: Int) throws(PlanningFailure) -> Int {
    let compiled = space.compiled
    try reserve(leader)
    weights.base[0] = 1
    var count = 1
    for modality in 0..<compiled.modalities.count where groupOf.base[modality] == leader {
      columns.base[modality * capacity] = Int32(columnOfFirstStates(modality))
    }
    for factor in 0..<compiled.factors.count where uncertain.base[factor] {
      guard isParent(factor, ofGroup: leader) else { continue }
      count = multiply(by: factor, count, leader)
    }
    return count
  }

  func isParent(_ factor: Int, ofGroup leader: Int) -> Bool {
    for modality in 0..<space.compiled.modalities.count where groupOf.base[modality] == leader {
      for parent in parents(modality) where parent == factor { return true }
    }
    return false
  }

  /// The column where every uncertain parent is in its state 0 and every certain one where it is.
  func columnOfFirstStates(_ modality: Int) -> Int {
    let scope = space.compiled.scopes[space.compiled.modalities.base[modality].scope]
    var column = 0
    for axis in scope.factors.indices {
      let factor = scope.factors[axis]
      column = column * scope.sizes[axis] + (uncertain.base[factor] ? 0 : firstState.base[factor])
    }
    return column
  }

  /// Makes room for the joint states of a group's uncertain factors.
  func reserve(_ leader: Int) throws(PlanningFailure) {
    var needed = 1
    for factor in 0..<space.compiled.factors.count where uncertain.base[factor] {
      guard isParent(factor, ofGroup: leader) else { continue }
      needed *= possibleStates.base[factor]
      if needed > largestOutcomeGroup { throw groupFailure(leader) }
    }
    guard needed > capacity else { return }
    capacity = needed
    let cells = capacity * space.compiled.modalities.count
    weights = FixedBuffer(zeros: capacity)
    columns = FixedBuffer(zeros: cells)
    remaining = FixedBuffer(zeros: cells)
    states = FixedBuffer(zeros: cells)
  }

  func multiply(by factor: Int, _ count: Int, _ leader: Int) -> Int {
    let compiled = space.compiled
    let possible = possibleStates.base[factor]
    var other = 0
    forEachPossibleState(factor) { state, p in
      marginal.base[other] = p
      marginalStates.base[other] = Int32(state)
      other += 1
    }
    // From the end, so that what is read has not been written over.
    var index = count - 1
    while index >= 0 {
      let weight = weights.base[index]
      other = possible - 1
      while other >= 0 {
        let target = index * possible + other
        let state = Int(marginalStates.base[other])
        for modality in 0..<compiled.modalities.count where groupOf.base[modality] == leader {
          let run = columns.base + modality * capacity
          // The run's own entry is overwritten last, when target reaches it.
          run[target] = run[index] + Int32(state * stride(of: factor, in: modality))
        }
        weights.base[target] = weight * marginal.base[other]
        other -= 1
      }
      index -= 1
    }
    return count * possible
  }

  func stride(of factor: Int, in modality: Int) -> Int {
    let scope = space.compiled.scopes[space.compiled.modalities.base[modality].scope]
    var stride = 1
    var axis = scope.factors.count - 1
    while axis >= 0 {
      if scope.factors[axis] == factor { return stride }
      stride *= scope.sizes[axis]
      axis -= 1
    }
    return 0
  }

  func groupFailure(_ number: Int) -> PlanningFailure {
    let compiled = space.compiled
    var names: [String] = []
    var outcomes = 1.0
    for modality in 0..<compiled.modalities.count where groupOf.base[modality] == number {
      names.append(compiled.model.modalities[modality].name)
      outcomes *= Double(compiled.modalities.base[modality].outcomes)
    }
    return .jointOutcomes(modalities: names, count: outcomes)
  }
}
