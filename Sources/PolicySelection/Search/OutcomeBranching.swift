import GenerativeModel
import Inference
import Kernels

/// The joint outcomes that a predicted belief may lead to, and the beliefs that follow them.
///
/// Goes through one modality after the other and leaves what is impossible, or too improbable, as soon as it
/// is; states that the prediction rules out are never looked at. What follows an outcome has the bits that
/// the agent itself would believe.
final class OutcomeBranching {
  /// The most outcomes of one action that are followed, and joint states of modalities with common parents.
  static let largestCount = 1 << 16

  private let context: PlannerContext
  private let space: BeliefSpace
  private let inference: StateInference<SingleArithmetic>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let threshold: Double
  /// Whether Bayes' rule on joint states is all there is to inference.
  private let isDirect: Bool
  private let modalities: Int
  /// By modality its group: modalities that no group has in common depend on nothing in common.
  private let groupOf: [Int]
  /// By group, the factors that its modalities depend on.
  private let members: [[Int]]
  private let groups: [Group]
  /// By modality: the column of each state in play, and what is left of the weights after its outcome.
  @exclusivity(unchecked) private var columns: FixedBuffer<Int32>
  @exclusivity(unchecked) private var remaining: FixedBuffer<Double>
  @exclusivity(unchecked) private var capacity: Int
  /// One number a joint state, zero where it is not in play.
  private let dense: FixedBuffer<Double>
  private let prior: BeliefBuffer<Double>
  private let posterior: BeliefBuffer<Double>
  private let outcomes: FixedBuffer<Int>
  /// Outcomes of sparse likelihoods that can be.
  private let possible: [FixedBuffer<Int32>]
  @exclusivity(unchecked) private var reached: MarkSet
  @exclusivity(unchecked) private var row = 0
  private let store: SearchStore

  /// What the last prediction leads to, and the probability of what was left out.
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private(set) var probabilities = FixedBuffer<Double>(zeros: 64)
  @exclusivity(unchecked) private(set) var beliefs = FixedBuffer<Int32>(zeros: 64)
  @exclusivity(unchecked) private(set) var leftOut = 0.0

  /// The states in play of one group.
  private final class Group {
    @exclusivity(unchecked) var count = 0
    @exclusivity(unchecked) var weights = FixedBuffer<Double>(zeros: 0)
    @exclusivity(unchecked) var states = FixedBuffer<Int32>(zeros: 0)
    /// What is left of the weights after the outcomes so far.
    @exclusivity(unchecked) var current: UnsafeMutablePointer<Double>

    init() { current = weights.base }

    /// Makes room for so many states; those that are there stay.
    func reserve(_ needed: Int) {
      guard needed > weights.count else { return }
      let (old, known) = (weights, states)
      weights = FixedBuffer(zeros: 2 * needed)
      states = FixedBuffer(zeros: 2 * needed)
      weights.base.update(from: old.base, count: count)
      states.base.update(from: known.base, count: count)
    }
  }

  init(
    _ context: PlannerContext, _ dynamics: BeliefDynamics<SingleArithmetic>, _ store: SearchStore
  ) {
    self.context = context
    self.store = store
    self.dynamics = dynamics
    space = context.space
    inference = StateInference(space, context.inference, dynamics)
    threshold = context.settings.sophisticated.outcomeThreshold
    isDirect = space.isJoint && context.inference.impossible != .floored
    let model = space.compiled.model
    let modalities = model.modalities.count
    self.modalities = modalities
    if space.isJoint {
      groupOf = model.modalities.map { _ in 0 }
      members = [Array(model.factors.indices)]
    } else {
      (groupOf, members) = OutcomeBranching.groups(model)
    }
    groups = members.map { _ in Group() }
    capacity = 64
    columns = FixedBuffer(zeros: capacity * modalities)
    remaining = FixedBuffer(zeros: capacity * modalities)
    dense = FixedBuffer(zeros: space.isJoint ? space.size : 0)
    prior = BeliefBuffer(space)
    posterior = BeliefBuffer(space)
    outcomes = FixedBuffer(repeating: 0, count: modalities)
    let widths = (0..<modalities).map { modality in
      let table = context.tables.likelihoodColumns.base[modality]
      return table.isSparse ? table.length : 0
    }
    possible = widths.map { FixedBuffer(zeros: $0) }
    reached = MarkSet(bound: widths.max() ?? 0)
  }

  /// Modalities that have a factor in common are of one group.
  private static func groups(_ model: GenerativeModel) -> (of: [Int], members: [[Int]]) {
    var groupOf = Array(model.modalities.indices)
    for one in groupOf.indices {
      for other in 0..<one
      where !Set(model.likelihoods[one].given).isDisjoint(with: model.likelihoods[other].given) {
        let (old, new) = (groupOf[one], groupOf[other])
        for index in groupOf.indices where groupOf[index] == old { groupOf[index] = new }
      }
    }
    let numbers = Set(groupOf).sorted()
    let members = numbers.map { number in
      Set(groupOf.indices.filter { groupOf[$0] == number }.flatMap { model.likelihoods[$0].given })
        .sorted()
    }
    return (groupOf.map { numbers.firstIndex(of: $0) ?? 0 }, members)
  }

  /// Makes room for what each modality leaves of so many states.
  private func reserve(_ states: Int) {
    guard states > capacity else { return }
    capacity = 2 * states
    columns = FixedBuffer(zeros: capacity * modalities)
    remaining = FixedBuffer(zeros: capacity * modalities)
  }

  // MARK: - Following

  /// Finds what a predicted belief leads to, in the order of the outcomes, the last modality varying fastest.
  ///
  /// - Parameter row: the preferences that hold for the step that follows.
  func follow(_ prediction: UnsafePointer<Double>, row: Int) throws(SearchStop) {
    count = 0
    leftOut = 0
    self.row = row
    for group in groups.indices {
      try play(group, prediction)
      reserve(groups[group].count)
    }
    for modality in 0..<modalities { placeColumns(modality) }
    if !isDirect {
      prior.base.update(from: prediction, count: space.size)
      dynamics.noteSupports(prior.belief)
    }
    defer { clear() }
    try descend(0, 1)
  }

  /// Lists the states of a group that are possible.
  private func play(_ index: Int, _ prediction: UnsafePointer<Double>) throws(SearchStop) {
    let group = groups[index]
    group.count = 0
    if space.isJoint {
      group.reserve(space.size)
      for state in 0..<space.size where prediction[state] > 0 {
        group.weights.base[group.count] = prediction[state]
        group.states.base[group.count] = Int32(state)
        group.count += 1
      }
    } else {
      group.reserve(1)
      group.weights.base[0] = 1
      group.states.base[0] = 0
      group.count = 1
      for factor in members[index] { try multiply(group, factor, prediction) }
    }
    group.current = group.weights.base
  }

  /// Joins the possible states of a factor to those of a group, the factor varying fastest.
  private func multiply(
    _ group: Group, _ factor: Int, _ prediction: UnsafePointer<Double>
  ) throws(SearchStop) {
    let plan = space.compiled.factors.base[factor]
    let marginal = prediction + plan.stateOffset
    var possible = 0
    for state in 0..<plan.states where marginal[state] > 0 { possible += 1 }
    let needed = group.count * possible
    if needed > OutcomeBranching.largestCount {
      throw .failure(.jointStates(most: OutcomeBranching.largestCount))
    }
    group.reserve(needed)
    var index = group.count - 1
    while index >= 0 {
      let (weight, joint) = (group.weights.base[index], Int(group.states.base[index]))
      var target = (index + 1) * possible
      var state = plan.states - 1
      while state >= 0 {
        if marginal[state] > 0 {
          target -= 1
          group.weights.base[target] = weight * marginal[state]
          group.states.base[target] = Int32(joint * plan.states + state)
        }
        state -= 1
      }
      index -= 1
    }
    group.count = needed
  }

  /// Finds the column of each state in play.
  private func placeColumns(_ modality: Int) {
    let group = groups[groupOf[modality]]
    let scope = space.compiled.modalities.base[modality].scope
    let target = columns.base + modality * capacity
    if space.isJoint {
      let map = space.columns(ofScope: scope)
      for index in 0..<group.count {
        let state = Int(group.states.base[index])
        target[index] = map?[state] ?? Int32(state)
      }
      return
    }
    let parents = space.compiled.scopes[scope]
    let all = members[groupOf[modality]]
    for index in 0..<group.count {
      var column = 0
      for (axis, factor) in parents.factors.enumerated() {
        // The factor's own state within the joint state of the group.
        var rest = Int(group.states.base[index])
        for other in all.reversed() {
          let size = space.compiled.factors.base[other].states
          if other == factor {
            column = column * parents.sizes[axis] + rest % size
            break
          }
          rest /= size
        }
      }
      target[index] = Int32(column)
    }
  }

  private func clear() {
    guard isDirect, let group = groups.first else { return }
    for index in 0..<group.count {
      dense.base[Int(group.states.base[index])] = 0
      posterior.base[Int(group.states.base[index])] = 0
    }
  }

  private func descend(_ modality: Int, _ probability: Double) throws(SearchStop) {
    if modality == modalities {
      try add(probability)
      return
    }
    let table = context.tables.likelihoodColumns.base[modality]
    guard table.isSparse else {
      for outcome in 0..<table.length { try see(outcome, modality, table, probability) }
      return
    }
    let group = groups[groupOf[modality]]
    for index in 0..<group.count where group.current[index] > 0 {
      let column = Int(columns.base[modality * capacity + index])
      for cell in table.cells(of: column) where table.cells[cell] > 0 {
        reached.insert(table.place(cell, in: column))
      }
    }
    let outcomes = possible[modality].base
    let count = reached.drain(into: outcomes)
    for index in 0..<count { try see(Int(outcomes[index]), modality, table, probability) }
  }

  /// Goes on from an outcome of a modality, given those before.
  private func see(
    _ outcome: Int, _ modality: Int, _ table: RunTable<Double>, _ probability: Double
  ) throws(SearchStop) {
    let group = groups[groupOf[modality]]
    let before = group.current
    let after = remaining.base + modality * capacity
    let column = columns.base + modality * capacity
    var total = 0.0
    for index in 0..<group.count {
      let run = Int(column[index])
      let likelihood =
        table.isSparse
        ? table.cell(of: run, at: outcome).map { table.cells[$0] } ?? 0
        : table.cells[run * table.length + outcome]
      after[index] = before[index] * likelihood
      total += after[index]
    }
    guard total > 0 else { return }
    if isDirect {
      // The sum that the agent itself divides by.
      for index in 0..<group.count { dense.base[Int(group.states.base[index])] = after[index] }
      total = Double.sum(dense.base, count: space.size)
    }
    let joint = probability * total
    guard joint > 0 else { return }
    if joint < threshold {
      leftOut += joint
      return
    }
    for index in 0..<group.count { after[index] = after[index] / total }
    outcomes.base[modality] = outcome
    group.current = after
    defer { group.current = before }
    try descend(modality + 1, joint)
  }

  /// Adds what is believed after a joint outcome.
  private func add(_ probability: Double) throws(SearchStop) {
    if isDirect {
      let group = groups[0]
      for index in 0..<group.count {
        posterior.base[Int(group.states.base[index])] = group.current[index]
      }
    } else {
      do throws(ImpossibleObservation) {
        try inference.infer(
          prior: prior.belief, .outcomes(outcomes.base), context.tables, context.logs,
          into: posterior.belief)
      } catch {
        // So improbable that it is lost to rounding.
        leftOut += probability
        return
      }
    }
    if count == OutcomeBranching.largestCount {
      throw .failure(.outcomes(most: OutcomeBranching.largestCount))
    }
    if count == beliefs.count {
      let (old, known) = (probabilities, beliefs)
      probabilities = FixedBuffer(zeros: 2 * count)
      beliefs = FixedBuffer(zeros: 2 * count)
      probabilities.base.update(from: old.base, count: count)
      beliefs.base.update(from: known.base, count: count)
    }
    probabilities.base[count] = probability
    beliefs.base[count] =
      try store.record(
        posterior.base, stride: 1, hash: store.hash(of: posterior.base), row: row,
        isPrediction: false
      ).place
    count += 1
  }
}
